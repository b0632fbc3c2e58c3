import { Telegram } from "telegraf";
import { expect } from "vitest";
import type { PaymentId } from "../../domain/payments/payment.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import { StarsGateway } from "../../gateways/payments/stars/adapter.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { type TestApp, type TestAppOptions, token } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** A till that takes roubles and tethers: what the tests pay by where it is not Stars. */
export const till = () => new MemoryPaymentGateway({ currencies: ["RUB", "USDT"] });

/** Stars as the emulated Telegram has them, beside a till. */
export const starsAnd =
  (memory: MemoryPaymentGateway): NonNullable<TestAppOptions["gateways"]> =>
  ({ emulatorUrl: apiRoot }) => [new StarsGateway(new Telegram(token, { apiRoot })), memory];

interface Bought {
  readonly id: PaymentId;
  readonly state: string;
}

/** A person with money, in front of the bot. */
export class BotCustomer {
  readonly person: Person;
  readonly #app: TestApp;

  constructor(stage: TestApp, person: Person) {
    this.#app = stage;
    this.person = person;
  }

  /** Opens /plans and presses a plan; answers the message that then shows it. */
  async pickPlan(plan: string): Promise<Message> {
    const before = (await this.person.chat()).length;
    await this.person.send("/plans");
    const messageId = await eventually(async () => {
      const fresh = (await this.person.chat()).slice(before + 1);
      const page = fresh.find(
        ({ reply_markup: keys }) => keys && JSON.stringify(keys).includes("plan:"),
      );
      if (page === undefined) throw new Error(`no plans: ${fresh.map(({ text }) => text).join()}`);
      return page.message_id;
    });
    await this.person.press(messageId, `plan:${plan}`);
    return eventually(async () => {
      const page = (await this.person.chat()).find(({ message_id: id }) => id === messageId);
      if (!JSON.stringify(page?.reply_markup ?? {}).includes("buy:")) throw new Error("no page");
      return page!;
    });
  }

  /** From /plans to an order in the books. */
  async buy(plan: string, gateway: string, currency: string): Promise<PaymentId> {
    const known = new Set((await this.listOrders()).map(({ id }) => id));
    const { message_id: messageId } = await this.pickPlan(plan);
    const { data } = await this.person.button(
      new RegExp(`^buy:${plan}:\\d+:${gateway}:${currency}$`, "u"),
    );
    await this.person.press(messageId, data);
    return eventually(async () => {
      const fresh = (await this.listOrders()).find(({ id }) => !known.has(id));
      if (fresh === undefined) throw new Error("no order yet");
      return fresh.id;
    });
  }

  /** In the books, oldest first. */
  listOrders(): Promise<Bought[]> {
    return this.#app.rows<Bought>(
      `select p.id, p.state from payments p join customers c on c.id = p.customer_id
        where c.telegram_id = ? order by p.opened_at`,
      [this.person.id],
    );
  }

  /** The newest bill in Stars, as soon as it can be paid. */
  waitForBill(): Promise<number> {
    return eventually(async () => {
      const bill = (await this.person.chat()).findLast(({ invoice }) => invoice);
      const order = (await this.listOrders()).at(-1);
      if (bill === undefined || order === undefined) throw new Error("no bill yet");
      expect(order.state).toBe("open");
      return bill.message_id;
    });
  }

  /** Presses "Pay" on a bill: why the bot declined, or undefined when the Stars are gone. */
  async pay(messageId: number): Promise<string | undefined> {
    const { emulatorUrl } = this.#app;
    const response = await fetch(`${emulatorUrl}/person/${this.person.id}/pay`, {
      method: "POST",
      body: JSON.stringify({ message_id: messageId }),
    });
    return response.ok ? undefined : response.text();
  }

  async payBill(): Promise<void> {
    expect(await this.pay(await this.waitForBill())).toBeUndefined();
  }

  /** Pays at the till, which tells the payment as a webhook would; answers the charge. */
  async settle(memory: MemoryPaymentGateway, id: PaymentId): Promise<string> {
    const buyer = new TestCustomer(this.#app, this.person);
    const order = await buyer.waitForInvoice(id);
    const line = memory.settle(order);
    await buyer.report(id, line);
    return (line.report as { reference: string }).reference;
  }

  async paidUntil(): Promise<number> {
    const [row] = await this.#app.rows<{ until: string }>(
      `select s.paid_until as until from subscriptions s join customers c on c.id = s.customer_id
        where c.telegram_id = ?`,
      [this.person.id],
    );
    return Date.parse(row?.until ?? "");
  }
}

/** A call of the Bot API that the product did not make. */
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
