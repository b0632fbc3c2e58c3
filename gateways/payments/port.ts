import type { TelegramId } from "../../domain/ids.ts";
import type { Currency, Money } from "../../domain/money.ts";
import type {
  GatewayName,
  GatewayReport,
  PaymentId,
  PaymentOrder,
} from "../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../domain/payments/refund.ts";
import type { Instant } from "../../domain/time.ts";

/** How a person pays; `reference` is the gateway's own name of the invoice. */
export type Invoice =
  /** On a page of the gateway. */
  | { readonly kind: "page"; readonly reference: string; readonly url: string }
  /** By a wallet: to this address, with exactly this comment. `url` opens one with all of it filled in. */
  | {
      readonly kind: "transfer";
      readonly reference: string;
      readonly address: string;
      readonly comment: string;
      readonly url: string;
    }
  /** In the chat: the messenger sends an invoice that carries `payload`. */
  | { readonly kind: "chat"; readonly reference: string; readonly payload: string };

export interface IssueOptions {
  /** The gateway was never asked for this order: it has no invoice that could be found again. */
  readonly isFirst: boolean;
}

/** What an invoice says of itself to the person who pays it. */
export interface InvoiceText {
  readonly title: string;
  readonly description: string;
}

/** Whose money a line of the gateway is about, as far as the gateway can say. */
export type PaymentSubject =
  | { readonly kind: "payment"; readonly id: PaymentId }
  | { readonly kind: "memo"; readonly memo: string }
  | { readonly kind: "nobody" };

/** A report with what the gateway said, word for word. */
export interface StatementLine {
  readonly about: PaymentSubject;
  readonly report: GatewayReport;
  readonly evidence: string;
  /** When it happened, where the report itself does not say. */
  readonly at?: Instant;
}

/** A row of a statement that cannot be read: kept for people, while the others go on. */
export interface UnreadableRow {
  /** The row as the gateway gave it. */
  readonly evidence: string;
  /** What is wrong with it, without its content. */
  readonly reason: string;
}

/** A row of a statement that cannot be read: kept for people, while the others go on. */
export interface UnreadableRow {
  /** The row as the gateway gave it. */
  readonly evidence: string;
  /** What is wrong with it, without its content. */
  readonly reason: string;
}

export interface Statement {
  /** Oldest first; a line may come twice. */
  readonly lines: readonly StatementLine[];
  /** What could not be read; the cursor goes on past it, so it has to be kept. May come twice. */
  readonly unreadable: readonly UnreadableRow[];
  /** Where the next call goes on. */
  readonly cursor: string;
  /** True: there is more right now. */
  readonly more: boolean;
}

/** Gives back `amount` of a charge of `paid`; `alreadyReturned` is what the books know to be back already. */
export interface RefundRequest {
  /** The same key is the same refund, however often it is asked for: at most 64 letters, digits and -. */
  readonly key: string;
  /** What the money was paid for; undefined: nobody was asked for it. */
  readonly order?: Pick<PaymentOrder, "id" | "terms">;
  /** Who paid, where that is known. */
  readonly payer?: TelegramId;
  /** The charge. */
  readonly reference: string;
  readonly paid: Money;
  readonly alreadyReturned: Money;
  readonly amount: Money;
}

export interface GatewayCapabilities {
  readonly name: GatewayName;
  /** Whose statement it is, e.g. `stars/<bot id>`: another account is read from its own beginning. Never a secret. */
  readonly account: string;
  readonly currencies: readonly Currency[];
  readonly refunds: "none" | "whole" | "partial";
  /** How long an invoice stays open. */
  readonly invoiceTtlMs: number;
  /** `pushes`: it tells us of money by itself. `pulls`: nobody does, so that open invoices are watched. */
  readonly delivery: "pushes" | "pulls";
  /** How long to rest from one look at open invoices to the next, where nobody tells us. */
  readonly pollIntervalMs?: number;
  /** False: there is no statement, each invoice has to be looked up. */
  readonly hasStatement: boolean;
  /** Its pages are not fixed: newer rows move older ones to later pages. */
  readonly pagesMove?: true;
  /** How many invoices may be looked up in a minute, where there is no statement. */
  readonly lookupsPerPass?: number;
}

/**
 * A company, or a chain, that takes money for us. It throws `Refused` when it said no and `SlowDown` when it
 * asks us to wait; anything else thrown is an outage. Amounts are never converted.
 */
export interface PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  /** Asks for the money. The same order twice gives the same invoice, unless it is said to be the first time. */
  issueInvoice(order: PaymentOrder, wording: InvoiceText, asking?: IssueOptions): Promise<Invoice>;
  /** All that the gateway knows of this invoice now; empty while nobody has paid, or where it cannot say. */
  lookup(order: PaymentOrder, invoiceReference: string): Promise<readonly StatementLine[]>;
  /**
   * Gives money back. The same key never moves money twice, also when the first answer was lost: the adapter
   * looks before it repeats. Only where `facts.refunds` says so.
   */
  refund(request: RefundRequest): Promise<RefundAnswer>;
  /** What moved after the cursor ("" is the beginning). Only where `facts.hasStatement`. */
  statement(cursor: string): Promise<Statement>;
}
