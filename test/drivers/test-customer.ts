import { randomUUID } from "node:crypto";
import { DurableClient } from "../../client/durable.ts";
import { reportEvents, startPurchase } from "../../client/payments.ts";
import { Payments } from "../../db/payments/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { PaymentTimelines } from "../../db/queries/payments/payment-timelines.ts";
import { PlanQueries } from "../../db/queries/payments/plans.ts";
import { telegramId } from "../../domain/ids.ts";
import { invoiceSlot } from "../../domain/messaging/message.ts";
import type { Currency, Money } from "../../domain/money.ts";
import {
  type GatewayEvent,
  type GatewayName,
  grantCause,
  type PaymentId,
  type PaymentOrder,
  type Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { StatementLine } from "../../gateways/payments/port.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { payment } from "../../workflows/index.ts";
import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";
import type { TestApp } from "./test-app.ts";

export interface PurchaseChoice {
  readonly plan?: string;
  readonly gateway?: string;
  readonly currency?: Currency;
}

/** What the entry points do when somebody buys, and what the books say of it afterwards. */
export class TestCustomer {
  readonly person: Person;
  readonly #app: TestApp;

  constructor(stage: TestApp, person: Person) {
    this.#app = stage;
    this.person = person;
  }

  /** Presses "buy": the payment's workflow has begun. */
  async buy({
    plan = "month",
    gateway = "memory",
    currency = "RUB",
  }: PurchaseChoice = {}): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const offered = await new PlanQueries(this.#app.books.em).listOffered();
    const planVersion = offered.find(({ code }) => code === plan)?.version ?? 1;
    const purchase: Purchase = {
      telegramId: telegramId(this.person.id),
      plan: plan as PlanCode,
      planVersion,
      gateway: gateway as GatewayName,
      currency,
    };
    const customer = await new Customers(this.#app.books.em).find(purchase.telegramId);
    if (customer === undefined) throw new Error(`${this.person.id} is no customer`);
    await startPurchase(new DurableClient(this.#app.client), id, purchase, customer.id);
    return id;
  }

  /** An order whose invoice has been shown. */
  async order(wish: PurchaseChoice = {}): Promise<PaymentOrder> {
    return this.waitForInvoice(await this.buy(wish));
  }

  /** Waits until the invoice of this payment has been shown. */
  async waitForInvoice(id: PaymentId): Promise<PaymentOrder> {
    const payments = new Payments(this.#app.books.em);
    return eventually(async () => {
      const known = await payments.find(id);
      if (known === undefined || !(await this.#isShown(id))) {
        throw new Error(`${id} has no invoice yet`);
      }
      return known.order;
    });
  }

  async #isShown(id: PaymentId): Promise<boolean> {
    const sent = await this.#app.rows(
      "select 1 from messages where slot = ? and action = 'send' and state = 'sent'",
      [invoiceSlot(id)],
    );
    return sent.length > 0;
  }

  /** What a webhook does with what the gateway reported. */
  async report(
    id: PaymentId,
    line: Pick<StatementLine, "report" | "evidence">,
    gateway = "memory",
  ): Promise<void> {
    const event: GatewayEvent = { gateway: gateway as GatewayName, source: "gateway", ...line };
    await reportEvents(new DurableClient(this.#app.client), id, [event]);
  }

  /** Pays the memory gateway, which tells us at once. */
  async pay(order: PaymentOrder, amount: Money = order.price): Promise<StatementLine> {
    const line = this.#app.memory.settle(order, amount);
    await this.report(order.id, line);
    return line;
  }

  waitForEnd(id: PaymentId): Promise<Awaited<ReturnType<typeof payment>>> {
    return this.#app.client.workflow.getHandle<typeof payment>(workflowIds.payment(id)).result();
  }

  async paidUntil(): Promise<number> {
    const [row] = await this.#app.rows<{ paid_until: string }>(
      `select s.paid_until from subscriptions s join customers c on c.id = s.customer_id
        where c.telegram_id = ?`,
      [this.person.id],
    );
    return Date.parse(row?.paid_until ?? "");
  }

  /** What the customer has with us, in minor units by currency. */
  async balance(): Promise<Record<string, number>> {
    const rows = await this.#app.rows<{ currency: string; sum: string }>(
      `select currency, -sum(minor) as sum from ledger_entries
        where account = (select 'customer:' || id from customers where telegram_id = ?)
        group by currency having sum(minor) <> 0`,
      [this.person.id],
    );
    return Object.fromEntries(rows.map(({ currency, sum }) => [currency, Number(sum)]));
  }

  /**
   * What the payment's time lot gave, and what was taken of it or given again, in days of access; with how much of
   * the price was back then.
   */
  async listGrants(
    id: PaymentId,
  ): Promise<{ cause: string; days: number; returned: number | null }[]> {
    const causes = await this.#app.rows<{ cause: string; returned: string | null }>(
      "select cause, returned_minor as returned from time_lots where lot = ? order by seq",
      [grantCause(id)],
    );
    const { lots } = await new PaymentTimelines(this.#app.books.em).of(id);
    return causes.map(({ cause, returned }, place) => {
      const days = Math.round((lots[place]?.days ?? 0) * 100) / 100;
      return { cause, days, returned: returned === null ? null : Number(returned) };
    });
  }

  /** The ledger's sums of one payment, by account. */
  async listAccounts(id: PaymentId): Promise<Record<string, number>> {
    const rows = await this.#app.rows<{ account: string; sum: string }>(
      `select regexp_replace(account, '^(customer|reserved):.*', '\\1') as account, sum(minor) as sum
         from ledger_entries where payment_id = ? group by 1 having sum(minor) <> 0`,
      [id],
    );
    return Object.fromEntries(rows.map(({ account, sum }) => [account, Number(sum)]));
  }
}
