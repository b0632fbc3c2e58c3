import * as fc from "fast-check";
import { money } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import type { StarTransaction } from "../../../emulators/telegram/stars.ts";
import { ask, readRecords } from "./control.ts";
import type {
  GatewayAction,
  GatewayCharge,
  GatewayDriver,
  GatewayDriverKind,
  ShownInvoice,
  DriverOptions,
} from "./gateway-driver.ts";
import { callTroubles } from "./troubles.ts";

export const botToken = "123456:TEST";

/** How often a person tries to pay when they are asked to try again. */
const tries = 3;

/**
 * Telegram Stars: paid by a link after the bot has agreed,
 * possibly by two presses at once; refunded whole.
 */
export const stars: GatewayDriverKind = {
  name: "stars",
  currencies: ["XTR"],
  refunds: "whole",
  subscribes: "byGateway",
  actions: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("pay" as const),
        tenths: fc.constant(10),
        by: fc.constantFrom("once", "once", "twice"),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "giveBack" as const, tenths: 10 }) },
    { weight: 2, arbitrary: fc.constant({ kind: "renew" as const }) },
  ),
  troubles: fc.oneof(
    callTroubles(["createInvoiceLink", "refundStarPayment", "getStarTransactions"]),
    fc.record({
      updates: fc.constantFrom("duplicate", "reorder", "delay", "drop"),
      about: fc.constantFrom("successful_payment", "refunded_payment"),
      delay_ms: fc.constantFrom(100, 2_000),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  open: async (options) => new StarsDriver(options),
};

class StarsDriver implements GatewayDriver {
  readonly kind = stars;
  readonly variables = {};
  readonly #url: string;
  /** What was read so far; rows are only ever added. */
  readonly #account: StarTransaction[] = [];

  constructor({ telegramUrl }: DriverOptions) {
    this.#url = telegramUrl;
  }

  async perform(action: GatewayAction, { order, invoice }: ShownInvoice): Promise<void> {
    if (action.kind === "giveBack") return this.#giveBack(order);
    if (action.kind === "renew") return this.#renew(order);
    if (action.kind !== "pay" || invoice.kind !== "page") return;
    const { url } = invoice;
    const presses = action.by === "twice" ? 2 : 1;
    await Promise.all(Array.from({ length: presses }, () => this.#pay(order, url)));
  }

  async makeTrouble(trouble: object): Promise<void> {
    await ask(`${this.#url}/control/faults`, trouble);
  }

  async chargesOf({ id }: PaymentOrder) {
    const all = await this.#readAccount();
    const mine = all.filter((line) => (line.source ?? line.receiver)?.invoice_payload === id);
    const returned = new Set(mine.filter(({ receiver }) => receiver).map((line) => line.id));
    return mine
      .filter(({ source }) => source)
      .map(({ id: reference, amount }) => ({
        reference,
        paid: money(amount, "XTR"),
        returned: money(returned.has(reference) ? amount : 0, "XTR"),
      }));
  }

  /** Stars are paid only by invoice. */
  async unmatched(): Promise<readonly GatewayCharge[]> {
    return [];
  }

  async close(): Promise<void> {}

  /**
   * Retries when the bot is away or asks to try again; an invoice that has expired stays unpaid.
   */
  async #pay({ telegramId }: PaymentOrder, link: string): Promise<void> {
    for (let left = tries; left > 0; left -= 1) {
      const paid = await ask(this.#personUrl(telegramId, "pay"), { link }).catch((error: unknown) =>
        String(error),
      );
      if (typeof paid !== "string" || !/within 10 s|again|moment/u.test(paid)) return;
    }
  }

  /** A month has passed for Telegram: it charges the order's subscription, if that is active. */
  async #renew({ telegramId, id }: PaymentOrder): Promise<void> {
    const url = this.#personUrl(telegramId, "subscriptions");
    const all = await ask<{ id: string; payload: string }[]>(url, undefined, "GET");
    const mine = all.findLast(({ payload }) => payload === id);
    if (mine === undefined) return;
    const renewal = { telegram_payment_charge_id: mine.id, act: "renew" };
    await ask(url, renewal).catch(() => undefined);
  }

  /** Refunds as the bot's owner can: by another client of the same bot. */
  async #giveBack(order: PaymentOrder): Promise<void> {
    const charge = (await this.chargesOf(order)).find(({ returned }) => returned.minor === 0);
    if (charge === undefined) return;
    const { telegramId: user_id } = order;
    const refund = { user_id, telegram_payment_charge_id: charge.reference };
    await ask(`${this.#url}/bot${botToken}/refundStarPayment`, refund).catch(() => undefined);
  }

  /** All transactions of the bot's account, the oldest first. */
  async #readAccount(): Promise<readonly StarTransaction[]> {
    const limit = 100;
    const offset = this.#account.length;
    const page = await readRecords(async () => {
      const url = `${this.#url}/bot${botToken}/getStarTransactions`;
      const { result } = await ask<{ result: { transactions: StarTransaction[] } }>(url, {
        offset,
        limit,
      });
      return result.transactions;
    });
    // Another reader may have added the same rows meanwhile.
    this.#account.push(...page.slice(this.#account.length - offset));
    return page.length < limit ? this.#account : this.#readAccount();
  }

  #personUrl(id: number, what: string): string {
    return `${this.#url}/person/${id}/${what}`;
  }
}
