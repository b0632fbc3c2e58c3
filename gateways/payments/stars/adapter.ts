import { type Telegram, TelegramError } from "telegraf";
import * as z from "zod";
import { telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { asPaymentId, gatewayName, type PaymentOrder } from "../../../domain/payments/payment.ts";
import { starPeriodMs } from "../../../domain/payments/renewal.ts";
import type { RefundAnswer } from "../../../domain/payments/refund.ts";
import { dayMs, instant, secondMs } from "../../../domain/time.ts";
import { callTelegram, refusal } from "../../messenger/telegram-call.ts";
import { Refused } from "../../refused.ts";
import type {
  GatewayCapabilities,
  Invoice,
  InvoiceText,
  PaymentGateway,
  PaymentSubject,
  RecurringChange,
  RefundRequest,
  Statement,
  StatementLine,
  UnreadableRow,
} from "../port.ts";
import { SingleFlight } from "../single-flight.ts";
import { unreadableRow, wire } from "../wire.ts";
import { fitInvoice } from "./fit-invoice.ts";

const partner = z.object({
  type: z.string(),
  transaction_type: wire.maybeText(),
  invoice_payload: wire.maybeText(),
  user: z
    .object({ id: wire.whole() })
    .nullish()
    .transform((user) => user ?? undefined),
});
const maybePartner = partner.nullish().transform((who) => who ?? undefined);
const transaction = z.object({
  id: z.string().min(1),
  amount: wire.whole(),
  date: wire.whole(),
  source: maybePartner,
  receiver: maybePartner,
});
/** Each row is read on its own, so that an unreadable one concerns that row only. */
const link = z.url({ protocol: /^https$/u });
const page = z.object({ transactions: z.array(z.unknown()) });

type Transaction = z.infer<typeof transaction>;

const pageRows = 100;

/**
 * Telegram Stars: the invoice is a link that opens Telegram's own payment form, and the bot's Star
 * account is the statement. Anybody who has the link can open the form; the bot declines everybody
 * but the customer, and everything after the order's end, before money moves.
 */
export class StarsGateway implements PaymentGateway {
  readonly capabilities: GatewayCapabilities;
  readonly #telegram: Telegram;
  readonly #issuing = new SingleFlight();

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
    this.capabilities = {
      name: gatewayName("stars"),
      // The token begins with the bot's id.
      account: `stars/${telegram.token.split(":", 1)[0]}`,
      currencies: ["XTR"],
      refunds: "whole",
      invoiceTtlMs: dayMs,
      icon: "⭐",
      notifies: true,
      hasStatement: true,
      recurring: "stars",
    };
  }

  /** A payment names the order, which is the link's payload; the link itself is told once. */
  async issueInvoice({ id, price, recurs }: PaymentOrder, text: InvoiceText): Promise<Invoice> {
    if (price.currency !== "XTR" || price.minor < 1) {
      throw new Refused(
        `Stars are paid in XTR, one at least, not ${price.minor} ${price.currency}`,
      );
    }
    return this.#issuing.issueOnce(id, async () => {
      const { title, description } = fitInvoice(text);
      // Stars need no payment provider, and have exactly one price.
      const prices = [{ label: title, amount: price.minor }];
      const money = { currency: "XTR", provider_token: "", prices };
      const period = recurs === "begins" ? { subscription_period: starPeriodMs / secondMs } : {};
      const asked = { title, description, payload: id, ...money, ...period };
      const url = link.safeParse(await this.#call("createInvoiceLink", asked));
      if (!url.success) throw new Error("Telegram gave an invoice without a link");
      return { kind: "page", reference: id, url: url.data };
    });
  }

  /** The Bot API cannot find a payment by its invoice: the statement has them all. */
  async lookup(): Promise<readonly StatementLine[]> {
    return [];
  }

  /** Telegram refunds a charge once, whole, and says when it did so before: no key is needed. */
  async refund({ payer, reference, paid, amount }: RefundRequest): Promise<RefundAnswer> {
    if (amount.currency !== paid.currency || amount.minor !== paid.minor) {
      throw new Refused("Stars are given back whole or not at all");
    }
    if (payer === undefined) throw new Refused("Telegram did not say who paid");
    const charge = { user_id: payer, telegram_payment_charge_id: reference };
    await this.#call("refundStarPayment", charge).catch((error: unknown) => {
      if (!isReturnedAlready(error)) throw error;
    });
    return "returned";
  }

  /** Telegram stops the next charge only: what is paid stays paid. */
  async changeRecurring({ payer, reference, isCanceled }: RecurringChange): Promise<void> {
    await this.#call("editUserStarSubscription", {
      user_id: payer,
      telegram_payment_charge_id: reference,
      is_canceled: isCanceled,
    });
  }

  /**
   * The account only grows, oldest first, so the cursor is the number of rows that were read. The
   * last of them is read again: where it is missing, the cursor belongs to another account.
   */
  async statement(cursor: string): Promise<Statement> {
    const readRows = offsetOf(cursor);
    const offset = Math.max(0, readRows - 1);
    const answer = await this.#call("getStarTransactions", { offset, limit: pageRows });
    const read = page.safeParse(answer);
    if (!read.success) {
      const [issue] = read.error.issues;
      const place = `${issue?.path.join(".")}: ${issue?.message}`;
      throw new Error(`Telegram's account of Stars has another form: ${place}`);
    }
    const { transactions } = read.data;
    if (readRows > 0 && transactions.length === 0) return reportMissingRow(readRows);
    const lines: StatementLine[] = [];
    const unreadable: UnreadableRow[] = [];
    for (const verbatim of transactions.slice(readRows - offset)) {
      const row = transaction.safeParse(verbatim);
      if (row.success) lines.push(...linesOf(row.data, JSON.stringify(verbatim)));
      else unreadable.push(unreadableRow(verbatim, row.error));
    }
    return {
      lines,
      unreadable,
      cursor: String(offset + transactions.length),
      more: transactions.length >= pageRows,
    };
  }

  async #call(method: string, payload: object): Promise<unknown> {
    try {
      return await callTelegram(this.#telegram, method, payload);
    } catch (error) {
      throw error instanceof TelegramError ? refusal(error) : error;
    }
  }
}

/** Such an account would never show anything new, so people must be told. */
const reportMissingRow = (rows: number): Statement => ({
  lines: [],
  unreadable: [
    {
      evidence: `row ${rows} is missing`,
      reason: `Telegram's account of Stars has fewer rows than the ${rows} that were read: compare BOT_TOKEN with the bot of this database`,
    },
  ],
  cursor: String(rows),
  more: false,
});

const isReturnedAlready = (error: unknown): boolean =>
  error instanceof Refused && error.message.includes("CHARGE_ALREADY_REFUNDED");

function offsetOf(cursor: string): number {
  const offset = Number(cursor);
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new Error("the cursor of stars is not readable: delete its row to read from the beginning");
}

/** Gifts, withdrawals and commissions are not payments. */
function linesOf(transaction: Transaction, evidence: string): StatementLine[] {
  const { id: reference, amount, date, source, receiver } = transaction;
  const stars = money(amount, "XTR");
  const at = instant(date * 1_000);
  if (isInvoice(source)) {
    const who = source.user === undefined ? {} : { payer: telegramId(source.user.id) };
    const report = { kind: "paid", reference, paid: stars, at, ...who } as const;
    return [{ about: aboutOf(source), report, evidence }];
  }
  // A refund repeats the id of its charge. There are no partial refunds.
  if (!isInvoice(receiver)) return [];
  const report = { kind: "refunded", reference, returned: stars } as const;
  return [{ about: aboutOf(receiver), report, evidence, at }];
}

const isInvoice = (who: Transaction["source"]): who is z.infer<typeof partner> =>
  who?.type === "user" && who.transaction_type === "invoice_payment";

function aboutOf({ invoice_payload: payload = "" }: z.infer<typeof partner>): PaymentSubject {
  const id = asPaymentId(payload);
  return id === undefined ? { kind: "nobody" } : { kind: "payment", id };
}
