import * as z from "zod";
import { type Currency, decimalOf } from "../../../domain/money.ts";
import { asPaymentId, gatewayName, type PaymentOrder } from "../../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../../domain/payments/refund.ts";
import { dayMs, hourMs, instant, secondMs, toMs } from "../../../domain/time.ts";
import { Refused } from "../../refused.ts";
import { checkRefund } from "../check-refund.ts";
import type {
  GatewayCapabilities,
  Invoice,
  InvoiceText,
  IssueOptions,
  PaymentGateway,
  RefundRequest,
  Statement,
  StatementLine,
  UnreadableRow,
} from "../port.ts";
import { SingleFlight } from "../single-flight.ts";
import { unreadableRow } from "../wire.ts";
import { type CryptoPayAccess, CryptoPayApi } from "./api.ts";
import {
  type CryptoBotReading,
  type ReadCryptoBotInvoice,
  readCryptoBotInvoice,
} from "./invoice.ts";
import { type CoinCode, cryptoBotCode, cryptoBotReport, isFiat } from "./protocol.ts";
import { afterPage, isLast, type Page, readSweep } from "./sweep.ts";

/** How the gateway reaches Crypto Pay, and what it sells for. */
export interface CryptoBotSettings extends CryptoPayAccess {
  readonly currencies: readonly Currency[];
  readonly coin: CoinCode;
  /** Whether money may be paid out, which the app's owner must first allow in Crypto Pay. */
  readonly refunds: boolean;
  /** How many invoices one call lists. */
  readonly pageSize?: number;
}

/** Each row is read on its own, so that an unreadable one concerns that row only. */
const list = z.object({ items: z.array(z.unknown()) });
const payLink = z.object({ bot_invoice_url: z.url({ protocol: /^https?$/u }) });
const transfers = z.object({ items: z.array(z.looseObject({ spend_id: z.unknown() })) });

/** A row of the list of invoices: as it was sent, and as it was read. */
interface Row {
  readonly verbatim: unknown;
  readonly reading: CryptoBotReading;
}

interface ReadRow {
  readonly verbatim: unknown;
  readonly invoice: ReadCryptoBotInvoice;
}

const invoiceTtlMs = dayMs;
const mostPerPage = 1_000;

/**
 * Crypto Pay, the service of @CryptoBot. It has no idempotency key: an invoice is found again by
 * the payment's id in its payload, a transfer by its `spend_id`.
 */
export class CryptoBotGateway implements PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  readonly #api: CryptoPayApi;
  readonly #coin: CoinCode;
  readonly #pageSize: number;
  readonly #issuing = new SingleFlight();

  constructor(settings: CryptoBotSettings) {
    const { currencies, coin, refunds, pageSize = mostPerPage } = settings;
    this.#api = new CryptoPayApi(settings);
    this.#coin = coin;
    this.#pageSize = pageSize;
    this.capabilities = {
      name: gatewayName("cryptobot"),
      // The token begins with the app's id.
      account: `cryptobot/${settings.token.split(":", 1)[0]}`,
      currencies,
      refunds: refunds ? "partial" : "none",
      invoiceTtlMs,
      icon: "🪙",
      notifies: true,
      hasStatement: true,
      pagesMove: true,
    };
  }

  async issueInvoice(
    order: PaymentOrder,
    text: InvoiceText,
    options?: IssueOptions,
  ): Promise<Invoice> {
    if (!this.capabilities.currencies.includes(order.price.currency)) {
      throw new Refused(`Crypto Pay is not set up for ${order.price.currency}`);
    }
    return this.#issuing.issueOnce(order.id, async () => {
      const existing = options?.isFirst ? undefined : await this.#find(order);
      const { verbatim, invoice } = existing ?? (await this.#create(order, text));
      const link = payLink.safeParse(verbatim);
      if (!link.success) throw new Error("Crypto Pay gave an invoice without a link to pay it");
      const reference = String(invoice.invoice_id);
      return { kind: "page", reference, url: link.data.bot_invoice_url };
    });
  }

  /** Deletes the invoice; it is not in the list of invoices afterwards. */
  async cancelInvoice(_order: PaymentOrder, invoiceReference: string): Promise<void> {
    const [row] = await this.#list({ invoice_ids: invoiceReference });
    if (row === undefined || asRead(row).invoice.status !== "active") return;
    await this.#api.call("deleteInvoice", { invoice_id: Number(invoiceReference) }, z.unknown());
  }

  async lookup(_order: PaymentOrder, invoiceReference: string): Promise<readonly StatementLine[]> {
    const found = await this.#list({ invoice_ids: invoiceReference });
    return found.map(asRead).flatMap((row) => this.#lineOf(row) ?? []);
  }

  async refund(request: RefundRequest): Promise<RefundAnswer> {
    const { key, payer, amount } = request;
    if (this.capabilities.refunds === "none")
      throw new Refused("Crypto Pay: set CRYPTOBOT_REFUNDS first");
    if (isFiat(amount.currency)) throw new Refused("paid in fiat: Crypto Pay returns coins only");
    checkRefund(request);
    if (payer === undefined) throw new Refused("Crypto Pay does not say who paid");
    if (await this.#hasTransferred(key)) return "returned";
    const transfer = {
      user_id: payer,
      asset: cryptoBotCode(amount.currency, this.#coin),
      amount: decimalOf(amount),
      spend_id: key,
    };
    await this.#api.call("transfer", transfer, z.unknown()).catch(async (error: unknown) => {
      // A parallel call with the same key may have been faster; then this one is refused.
      if (!(error instanceof Refused) || !(await this.#hasTransferred(key))) throw error;
    });
    return "returned";
  }

  /** Oldest first within a page; pages come in the order of Crypto Pay's list. */
  async statement(cursor: string): Promise<Statement> {
    const sweep = readSweep(cursor, Date.now());
    const count = this.#pageSize;
    const found = await this.#list({ status: "paid", offset: sweep.offset, count });
    const { read, unreadable } = partition(found);
    const paid = read
      .filter(({ invoice }) => paidMs(invoice) >= sweep.fromMs)
      .toSorted((one, other) => paidMs(one.invoice) - paidMs(other.invoice));
    const lines: StatementLine[] = [];
    for (const row of paid) {
      const line = this.#lineOf(row);
      if (line?.report.kind === "paid") lines.push(line);
      // An unknown currency matters only on our own invoices.
      else if (line?.about.kind === "payment") unreadable.push(uncountable(row));
    }
    return { lines, unreadable, ...afterPage(sweep, pageOf(found, count)) };
  }

  /**
   * Finds the invoice of an order whose first answer was lost:
   * the paid one of several, or else the first.
   */
  async #find(order: PaymentOrder): Promise<ReadRow | undefined> {
    // Their clock may be behind ours.
    const borderMs = toMs(order.openedAt) - hourMs;
    const count = this.#pageSize;
    const own: ReadRow[] = [];
    for (let offset = 0; ; offset += count) {
      const found = await this.#list({ ...this.#moneyOf(order), offset, count });
      const ofOrder = found.filter(
        ({ verbatim }) => (verbatim as Named | null)?.payload === order.id,
      );
      own.push(...ofOrder.map(asRead));
      if (isLast(pageOf(found, count), borderMs)) break;
    }
    const rank = ({ invoice: { status } }: ReadRow) => ({ paid: 0, active: 1 })[status] ?? 2;
    const idOf = ({ invoice }: ReadRow) => invoice.invoice_id;
    return own.toSorted((a, b) => rank(a) - rank(b) || idOf(a) - idOf(b))[0];
  }

  async #create(order: PaymentOrder, { title, description }: InvoiceText): Promise<ReadRow> {
    const { currency } = order.price;
    const { result, verbatim } = await this.#api.callVerbatim(
      "createInvoice",
      {
        ...this.#moneyOf(order),
        currency_type: isFiat(currency) ? "fiat" : "crypto",
        amount: decimalOf(order.price),
        description: `${title}\n${description}`.slice(0, 1_024).toWellFormed(),
        payload: order.id,
        allow_comments: false,
        expires_in: Math.round(invoiceTtlMs / secondMs),
      },
      z.unknown(),
    );
    return asRead({ verbatim, reading: readCryptoBotInvoice(result) });
  }

  #moneyOf({ price: { currency } }: PaymentOrder) {
    const code = cryptoBotCode(currency, this.#coin);
    return isFiat(currency) ? { fiat: code } : { asset: code };
  }

  async #list(filter: Readonly<Record<string, unknown>>): Promise<Row[]> {
    const { result, verbatim } = await this.#api.callVerbatim("getInvoices", filter, list);
    const { items } = verbatim as z.output<typeof list>;
    return result.items.map((one, at) => ({
      verbatim: items[at],
      reading: readCryptoBotInvoice(one),
    }));
  }

  /** Checks the keys again here: a server that does not know the filter lists all transfers. */
  async #hasTransferred(key: string): Promise<boolean> {
    const { items } = await this.#api.call("getTransfers", { spend_id: key }, transfers);
    return items.some(({ spend_id: id }) => id === key);
  }

  #lineOf({ verbatim, invoice }: ReadRow): StatementLine | undefined {
    const report = cryptoBotReport(invoice, this.#coin, instant(paidMs(invoice)));
    if (report === undefined) return undefined;
    const id = asPaymentId(invoice.payload ?? "");
    const about =
      id === undefined ? ({ kind: "nobody" } as const) : ({ kind: "payment", id } as const);
    return { about, report, evidence: JSON.stringify(verbatim) };
  }
}

interface Named {
  readonly payload?: unknown;
}

/** A paid order of ours that could otherwise go unnoticed. */
function uncountable({ verbatim, invoice }: ReadRow): UnreadableRow {
  const { invoice_id: id, asset, fiat, amount } = invoice;
  const what = `${amount} ${fiat ?? asset ?? "of no currency"}`;
  const hint = "compare CRYPTOBOT_COIN with what Crypto Pay calls its coin";
  return unreadableRow(verbatim, `invoice ${id} was paid, and ${what} cannot be counted: ${hint}`);
}

/** The row, read. @throws Error that names the field which cannot be read. */
function asRead({ verbatim, reading }: Row): ReadRow {
  if (reading.kind === "unreadable") throw new Error(reading.reason);
  return { verbatim, invoice: reading.invoice };
}

function partition(rows: readonly Row[]) {
  const read: ReadRow[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const { verbatim, reading } of rows) {
    if (reading.kind === "read") read.push({ verbatim, invoice: reading.invoice });
    else unreadable.push(unreadableRow(verbatim, reading.reason));
  }
  return { read, unreadable };
}

/**
 * An invoice without the time of its payment was paid after it was created; one without either time
 * may have been paid now.
 */
const paidMs = ({ paidMs: paid, createdMs }: ReadCryptoBotInvoice): number =>
  paid ?? createdMs ?? Date.now();

/** A row that is unreadable or has no time counts as created with the row before it. */
function pageOf(found: readonly Row[], count: number): Page {
  let createdMs = Date.now();
  const rows = found.map(({ reading }) => {
    if (reading.kind === "unreadable") return { createdMs: createdMs, paidMs: 0 };
    createdMs = reading.invoice.createdMs ?? createdMs;
    return { createdMs: createdMs, paidMs: paidMs(reading.invoice) };
  });
  return { rows, count };
}
