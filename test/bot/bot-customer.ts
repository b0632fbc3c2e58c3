import { Telegram } from "telegraf";
import { expect } from "vitest";
import type { PaymentId } from "../../domain/payments/payment.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import { StarsGateway } from "../../gateways/payments/stars/adapter.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import type { TestAppOptions } from "../drivers/test-app-options.ts";
import { type TestApp, token } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** A gateway in memory that takes roubles and USDT, for tests that do not pay by Stars. */
export const memoryGateway = () => new MemoryPaymentGateway({ currencies: ["RUB", "USDT"] });

/** Stars of the emulated Telegram, beside a gateway in memory. */
export const starsAnd =
  (memory: MemoryPaymentGateway): NonNullable<TestAppOptions["gateways"]> =>
  ({ emulatorUrl: apiRoot }) => [new StarsGateway(new Telegram(token, { apiRoot })), memory];

interface Bought {
  readonly id: PaymentId;
  readonly state: string;
}

/** The data of the button on a plan's page that orders it by `method`, e.g. `stars:XTR`. */
export function buyDataIn(page: Message, plan: string, method: string): string {
  const wanted = new RegExp(`^buy:${plan}:\\d+:${method}:[0-9a-f]{8}(?:~\\d+)?$`, "u");
  return dataIn(page, wanted);
}

/** The data of the page's first button like this. @throws Error where it has none. */
function dataIn(page: Message, wanted: RegExp): string {
  const buttons = (page.reply_markup?.inline_keyboard ?? []).flat();
  const found = buttons.find(({ callback_data: data }) => wanted.test(data ?? ""));
  if (found?.callback_data === undefined) throw new Error(`no button ${wanted}`);
  return found.callback_data;
}

/** A person with money, in front of the bot. */
export class BotCustomer {
  readonly person: Person;
  readonly #app: TestApp;
  readonly #customer: TestCustomer;

  constructor(app: TestApp, person: Person) {
    this.#app = app;
    this.#customer = new TestCustomer(app, person);
    this.person = person;
  }

  /**
   * Opens /plans and presses a plan; resolves with the message that then shows it. Whoever has time
   * extends it, unless they begin a new subscription.
   */
  async pickPlan(plan: string, isNew = false): Promise<Message> {
    const before = (await this.person.chat()).length;
    await this.person.send("/plans");
    const messageId = await eventually(async () => {
      const fresh = (await this.person.chat()).slice(before + 1);
      const page = fresh.find(
        ({ reply_markup: keys }) => keys && /"plan(?:s~\d|:)/u.test(JSON.stringify(keys)),
      );
      if (page === undefined) throw new Error(`no plans: ${fresh.map(({ text }) => text).join()}`);
      return page.message_id;
    });
    const first = await this.#waitForButton(messageId, /"plan(?:s~\d|:)/u);
    if (/"plans~\d/u.test(JSON.stringify(first.reply_markup))) {
      await this.person.press(messageId, dataIn(first, isNew ? /^plans~0$/u : /^plans~[1-9]$/u));
    }
    const plans = await this.#waitForButton(messageId, /"plan:/u);
    await this.person.press(messageId, dataIn(plans, new RegExp(`^plan:${plan}(?:~\\d+)?$`, "u")));
    return this.#waitForButton(messageId, /"(?:buy:|plan:[a-z]+:sure)/u);
  }

  /** Opens a plan with its payment methods, also where changing to it costs days. */
  async choosePlan(plan: string, isNew = false): Promise<Message> {
    const page = await this.pickPlan(plan, isNew);
    if (!JSON.stringify(page.reply_markup).includes(":sure")) return page;
    await this.person.press(page.message_id, dataIn(page, /^plan:.*:sure(?:~\d+)?$/u));
    return this.#waitForButton(page.message_id, /"buy:/u);
  }

  #waitForButton(messageId: number, wanted: RegExp): Promise<Message> {
    return eventually(async () => {
      const page = (await this.person.chat()).find(({ message_id: id }) => id === messageId);
      if (!wanted.test(JSON.stringify(page?.reply_markup ?? {}))) throw new Error("no page");
      return page!;
    });
  }

  /** Goes from /plans to an order in the database. */
  async buy(plan: string, gateway: string, currency: string, isNew = false): Promise<PaymentId> {
    const known = new Set((await this.listOrders()).map(({ id }) => id));
    const page = await this.choosePlan(plan, isNew);
    await this.person.press(page.message_id, buyDataIn(page, plan, `${gateway}:${currency}`));
    return eventually(async () => {
      const fresh = (await this.listOrders()).find(({ id }) => !known.has(id));
      if (fresh === undefined) throw new Error("no order yet");
      return fresh.id;
    });
  }

  /** The orders in the database, oldest first. */
  listOrders(): Promise<Bought[]> {
    return this.#app.rows<Bought>(
      `select p.id, p.state from payments p join customers c on c.id = p.customer_id
        where c.telegram_id = ? order by p.opened_at`,
      [this.person.id],
    );
  }

  /** Waits until the newest invoice in Stars can be paid; resolves with its link. */
  waitForStarsInvoice(): Promise<string> {
    return eventually(async () => {
      const buttons = (await this.person.chat()).flatMap(({ reply_markup: keys }) =>
        (keys?.inline_keyboard ?? []).flat(),
      );
      const link = buttons.findLast(({ url }) => url?.startsWith("https://t.me/$"))?.url;
      const order = (await this.listOrders()).at(-1);
      if (link === undefined || order === undefined) throw new Error("no invoice yet");
      expect(order.state).toBe("open");
      return link;
    });
  }

  /** Opens an invoice and pays: why the bot declined, or undefined when the Stars are spent. */
  async pay(invoice: string | number): Promise<string | undefined> {
    const { emulatorUrl } = this.#app;
    const which = typeof invoice === "string" ? { link: invoice } : { message_id: invoice };
    const response = await fetch(`${emulatorUrl}/person/${this.person.id}/pay`, {
      method: "POST",
      body: JSON.stringify(which),
    });
    return response.ok ? undefined : response.text();
  }

  /** Pays the newest invoice in Stars. */
  async payStarsInvoice(): Promise<void> {
    expect(await this.pay(await this.waitForStarsInvoice())).toBeUndefined();
  }

  /** Buys a month in Stars; resolves once its time is given. */
  async buyByStars(): Promise<{ id: PaymentId; reference: string }> {
    const id = await this.buy("month", "stars", "XTR");
    await this.payStarsInvoice();
    return eventually(async () => {
      const [charge] = await this.#app.rows<{ reference: string }>(
        `select c.reference from charges c join payments p on p.id = c.payment_id
          where p.id = ? and p.state = 'settled'
            and exists (select from time_lots where cause = 'payment/' || p.id)`,
        [id],
      );
      if (charge === undefined) throw new Error("not paid yet");
      return { id, reference: charge.reference };
    });
  }

  /** Pays by `memory` and reports it as a webhook would; resolves with the charge's reference. */
  async settle(memory: MemoryPaymentGateway, id: PaymentId): Promise<string> {
    const order = await this.#customer.waitForInvoice(id);
    const line = memory.settle(order);
    await this.#customer.report(id, line);
    return (line.report as { reference: string }).reference;
  }

  /** Until when the customer's access is paid for, in milliseconds; NaN where it never was. */
  paidUntil(): Promise<number> {
    return this.#customer.paidUntil();
  }
}

/**
 * Makes a call of the Bot API that the product did not make.
 * @throws Error when Telegram refuses it.
 */
export async function askTelegram(url: string, method: string, payload: object): Promise<unknown> {
  const response = await fetch(`${url}/bot${token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  const answer = (await response.json()) as { ok: boolean; result: unknown };
  if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer)}`);
  return answer.result;
}
