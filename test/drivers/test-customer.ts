import { randomUUID } from "node:crypto";
import { DurableClient } from "../../client/durable.ts";
import { reportEvents, startPurchase } from "../../client/payments.ts";
import { Payments } from "../../db/payments/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { PaymentTimelines } from "../../db/queries/payments/payment-timelines.ts";
import { PlanQueries } from "../../db/queries/payments/plans.ts";
import { type SubscriptionId, telegramId } from "../../domain/ids.ts";
import { invoiceSlot } from "../../domain/messaging/message.ts";
import type { Currency, Money } from "../../domain/money.ts";
import { addOnPrice, offerAddOn } from "../../domain/payments/add-on.ts";
import {
  type AddOn,
  type GatewayEvent,
  gatewayName,
  grantCause,
  type PaymentId,
  type PaymentOrder,
  type Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { instant } from "../../domain/time.ts";
import type { StatementLine } from "../../gateways/payments/port.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { payment } from "../../workflows/index.ts";
import { eventually } from "./eventually.ts";
import type { Person } from "./person.ts";
import { firstSubscriptionOf } from "./subscriptions.ts";
import type { TestApp } from "./test-app.ts";

/** What a customer buys; by default a month in rubles at the memory gateway. */
export interface PurchaseChoice {
  readonly plan?: string;
  readonly gateway?: string;
  readonly currency?: Currency;
  /** Undefined: the customer's first. */
  readonly subscription?: SubscriptionId | "new";
}

/** Does what the entry points do when a customer buys, and reads the result from the books. */
export class TestCustomer {
  readonly person: Person;
  readonly #app: TestApp;

  constructor(app: TestApp, person: Person) {
    this.#app = app;
    this.person = person;
  }

  /** Starts a payment, like the button "buy". */
  async buy({
    plan = "month",
    gateway = "memory",
    currency = "RUB",
    subscription,
  }: PurchaseChoice = {}): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const offered = await new PlanQueries(this.#app.books.em).listOffered();
    const planVersion = offered.find(({ code }) => code === plan)?.version ?? 1;
    const purchase: Purchase = {
      telegramId: telegramId(this.person.id),
      plan: plan as PlanCode,
      planVersion,
      gateway: gatewayName(gateway),
      currency,
      ...(subscription === undefined ? {} : { subscription }),
    };
    const customer = await new Customers(this.#app.books.em).find(purchase.telegramId);
    if (customer === undefined) throw new Error(`${this.person.id} is not a customer`);
    await startPurchase(new DurableClient(this.#app.client), id, purchase, {
      customerId: customer.id,
    });
    return id;
  }

  /** Starts a top-up of the balance, like its button. */
  async topUp(price: Money, gateway = "memory"): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const purchase: Purchase = {
      telegramId: telegramId(this.person.id),
      extra: { kind: "topUp" },
      minor: price.minor,
      gateway: gatewayName(gateway),
      currency: price.currency,
    };
    const customer = await new Customers(this.#app.books.em).find(purchase.telegramId);
    if (customer === undefined) throw new Error(`${this.person.id} is not a customer`);
    const from = { customerId: customer.id, price };
    await startPurchase(new DurableClient(this.#app.client), id, purchase, from);
    return id;
  }

  /** Starts the purchase of what this customer is offered to add to their plan, like its button. */
  async buyAddOn(
    kind: AddOn["kind"],
    {
      gateway = "memory",
      subscription,
    }: { readonly gateway?: string; readonly subscription?: SubscriptionId } = {},
  ): Promise<PaymentId> {
    const id = randomUUID() as PaymentId;
    const to = telegramId(this.person.id);
    const now = instant(new Date());
    const { em } = this.#app.books;
    const of = subscription ?? (await firstSubscriptionOf(em, to));
    const facts = await new PlanQueries(em).findAddOnFacts(of, now);
    const offer = facts && offerAddOn(kind, facts, now);
    const price = offer && addOnPrice(offer, "RUB");
    const customer = await new Customers(this.#app.books.em).find(to);
    if (!offer || !price || !customer) throw new Error(`${to} is offered nothing of ${kind}`);
    const purchase: Purchase = {
      telegramId: to,
      extra: offer.addOn,
      minor: price.minor,
      gateway: gatewayName(gateway),
      currency: price.currency,
      ...(subscription === undefined ? {} : { subscription }),
    };
    const from = { customerId: customer.id, price };
    await startPurchase(new DurableClient(this.#app.client), id, purchase, from);
    return id;
  }

  /** Starts a payment and waits until its invoice has been sent. */
  async order(choice: PurchaseChoice = {}): Promise<PaymentOrder> {
    return this.waitForInvoice(await this.buy(choice));
  }

  /** Waits until the invoice of this payment has been sent. */
  async waitForInvoice(id: PaymentId): Promise<PaymentOrder> {
    const payments = new Payments(this.#app.books.em);
    return eventually(async () => {
      const known = await payments.find(id);
      if (known === undefined || !(await this.#isInvoiceSent(id))) {
        throw new Error(`${id} has no invoice yet`);
      }
      return known.order;
    });
  }

  async #isInvoiceSent(id: PaymentId): Promise<boolean> {
    const sent = await this.#app.rows(
      `select 1 from messages
        where slot = ? and action <> 'edit' and state = 'sent' and key not like '%/in/%'`,
      [invoiceSlot(id)],
    );
    return sent.length > 0;
  }

  /** Reports an event, as a webhook does. */
  async report(
    id: PaymentId,
    line: Pick<StatementLine, "report" | "evidence">,
    gateway = "memory",
  ): Promise<void> {
    const event: GatewayEvent = { gateway: gatewayName(gateway), source: "gateway", ...line };
    await reportEvents(new DurableClient(this.#app.client), id, [event]);
  }

  /** Pays at the memory gateway, which reports it at once. */
  async pay(order: PaymentOrder, amount: Money = order.price): Promise<StatementLine> {
    const line = this.#app.memory.settle(order, amount);
    await this.report(order.id, line);
    return line;
  }

  /** Waits for the payment's workflow. Returns its outcome. */
  waitForEnd(id: PaymentId): Promise<Awaited<ReturnType<typeof payment>>> {
    return this.#app.client.workflow.getHandle<typeof payment>(workflowIds.payment(id)).result();
  }

  /** When the customer's access ends, in milliseconds since 1970. */
  async paidUntil(): Promise<number> {
    const [row] = await this.#app.rows<{ paid_until: string }>(
      `select s.paid_until from subscriptions s join customers c on c.id = s.customer_id
        where c.telegram_id = ?`,
      [this.person.id],
    );
    return Date.parse(row?.paid_until ?? "");
  }

  /** The customer's balance in minor units, by currency. */
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
   * What the payment's time lot gave, took or gave again, in days of access, and how much of the
   * price had been returned by then.
   */
  async listGrants(
    id: PaymentId,
  ): Promise<{ cause: string; days: number; returned: number | null }[]> {
    const causes = await this.#app.rows<{ cause: string; returned: string | null }>(
      "select cause, returned_minor as returned from time_lots where lot = ? order by seq",
      [grantCause(id)],
    );
    const { lots } = await new PaymentTimelines(this.#app.books.em).read(id);
    return causes.map(({ cause, returned }, place) => {
      const days = Math.round((lots[place]?.days ?? 0) * 100) / 100;
      return { cause, days, returned: returned === null ? null : Number(returned) };
    });
  }

  /** The ledger's sums for one payment, by account. */
  async listAccounts(id: PaymentId): Promise<Record<string, number>> {
    const rows = await this.#app.rows<{ account: string; sum: string }>(
      `select regexp_replace(account, '^(customer|reserved):.*', '\\1') as account, sum(minor) as sum
         from ledger_entries where payment_id = ? group by 1 having sum(minor) <> 0`,
      [id],
    );
    return Object.fromEntries(rows.map(({ account, sum }) => [account, Number(sum)]));
  }
}
