import { randomBytes } from "node:crypto";
import type { Table } from "../kit/journal.ts";

/** An invoice as it is kept. Optional fields follow the wire's names. */
export interface Invoice {
  readonly invoice_id: number;
  readonly hash: string;
  readonly currency_type: "crypto" | "fiat";
  readonly asset?: string | undefined;
  readonly fiat?: string | undefined;
  readonly amount: string;
  readonly accepted_assets?: readonly string[] | undefined;
  readonly status: "active" | "paid" | "expired";
  readonly created_at: string;
  readonly expiration_date?: string | undefined;
  readonly description?: string | undefined;
  readonly hidden_message?: string | undefined;
  readonly paid_btn_name?: string | undefined;
  readonly paid_btn_url?: string | undefined;
  readonly payload?: string | undefined;
  readonly allow_comments: boolean;
  readonly allow_anonymous: boolean;
  readonly swap_to?: string | undefined;
  readonly paid?: Paid | undefined;
}

/** What is known of an invoice once it is paid. */
export interface Paid {
  readonly paid_at: string;
  readonly paid_asset: string;
  readonly paid_amount: string;
  readonly paid_usd_rate: string;
  readonly paid_fiat_rate?: string | undefined;
  readonly paid_anonymously: boolean;
  readonly comment?: string | undefined;
  readonly fee_asset: string;
  readonly fee_amount: string;
  readonly fee_in_usd: string;
  readonly is_swapped?: boolean | undefined;
  readonly swapped_to?: string | undefined;
  readonly swapped_rate?: string | undefined;
  readonly swapped_output?: string | undefined;
  readonly swapped_usd_rate?: string | undefined;
  readonly swapped_usd_amount?: string | undefined;
  readonly swapped_uid?: string | undefined;
}

/** An invoice before it is created. */
export type Draft = Omit<Invoice, "invoice_id" | "hash" | "status" | "created_at" | "paid"> & {
  /** Seconds from now until it expires; without it, never. */
  readonly expires_in?: number | undefined;
};

/** All invoices of the one app. An invoice whose time is over reads as expired. */
export class Invoices {
  readonly #rows: Table<Invoice>;
  readonly #now: () => number;
  #last: number;

  constructor(rows: Table<Invoice>, now: () => number) {
    this.#rows = rows;
    this.#now = now;
    // A restarted server that kept nothing does not reuse its earlier ids.
    const ids = [...rows.values()].map(({ invoice_id }) => invoice_id);
    this.#last = Math.max(Math.floor(now() / 1_000), ...ids);
  }

  /** Opens an invoice. */
  create({ expires_in, ...draft }: Draft): Invoice {
    this.#last += 1;
    const createdMs = this.#now();
    const invoice: Invoice = {
      ...draft,
      invoice_id: this.#last,
      hash: `IV${randomBytes(9).toString("base64url").replace(/[-_]/gu, "x")}`,
      status: "active",
      created_at: new Date(createdMs).toISOString(),
      ...(expires_in === undefined
        ? {}
        : { expiration_date: new Date(createdMs + expires_in * 1_000).toISOString() }),
    };
    this.#rows.set(invoice.invoice_id, invoice);
    return invoice;
  }

  find(id: number): Invoice | undefined {
    const invoice = this.#rows.get(id);
    return invoice && this.#asOfNow(invoice);
  }

  /** The invoice behind a link. */
  findByHash(hash: string): Invoice | undefined {
    const invoice = [...this.#rows.values()].find((row) => row.hash === hash);
    return invoice && this.#asOfNow(invoice);
  }

  /** The order in which `getInvoices` pages; which one Crypto Pay keeps is unverified. */
  listNewestFirst(): Invoice[] {
    return [...this.#rows.values()].toReversed().map((invoice) => this.#asOfNow(invoice));
  }

  /** Marks an invoice as paid. */
  settle(invoice: Invoice, paid: Paid): Invoice {
    const settled: Invoice = { ...invoice, status: "paid", paid };
    this.#rows.set(invoice.invoice_id, settled);
    return settled;
  }

  /** Expires it now. */
  expire(invoice: Invoice): Invoice {
    const expiration_date = new Date(this.#now()).toISOString();
    const expired: Invoice = { ...invoice, status: "expired", expiration_date };
    this.#rows.set(invoice.invoice_id, expired);
    return expired;
  }

  delete(id: number): void {
    this.#rows.delete(id);
  }

  clear(): void {
    this.#rows.clear();
  }

  #asOfNow(invoice: Invoice): Invoice {
    const { status, expiration_date } = invoice;
    const over = expiration_date !== undefined && Date.parse(expiration_date) <= this.#now();
    return status === "active" && over ? { ...invoice, status: "expired" } : invoice;
  }
}
