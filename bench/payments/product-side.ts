import { randomUUID } from "node:crypto";
import { PlanQueries } from "../../db/queries/payments/plans.ts";
import { gatewayName, type PaymentId, type Purchase } from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { purchaseOf } from "../../workflows/contract/payments.ts";
import type { payment } from "../../workflows/index.ts";
import type { CompletedPayment, Contender } from "./contender.ts";
import type { Environment } from "./environment.ts";
import { admitCustomers, type Customer } from "./people.ts";
import { chatOf, nowMs } from "./step.ts";

const plan = "month" as PlanCode;
const gateway = gatewayName("cryptobot");

/** A payment whose invoice the customer has received. */
interface OpenPayment {
  readonly id: PaymentId;
  readonly customer: Customer;
  readonly payUrl: string;
  readonly result: () => Promise<unknown>;
}

/**
 * Side B: the product's payments, paid on the emulated gateway's page by customers
 * with active access.
 */
export class ProductSide implements Contender {
  readonly name = "B";
  readonly people: number;
  /** The number of payments made so far. */
  paid = 0;
  readonly #environment: Environment;
  readonly #customers: readonly Customer[];
  readonly #planVersion: number;

  private constructor(
    environment: Environment,
    customers: readonly Customer[],
    planVersion: number,
  ) {
    this.people = customers.length;
    this.#environment = environment;
    this.#customers = customers;
    this.#planVersion = planVersion;
  }

  /**
   * Admits this many customers and returns the side.
   * @throws Error when plans.json does not offer the plan.
   */
  static async open(environment: Environment, people: number): Promise<ProductSide> {
    const customers = await admitCustomers(environment, people);
    const offered = await new PlanQueries(environment.books.em).listOffered();
    const version = offered.find(({ code }) => code === plan)?.version;
    if (version === undefined) throw new Error(`plans.json does not sell "${plan}" any more`);
    return new ProductSide(environment, customers, version);
  }

  /** Removes all invoices from the gateway: its reconciler reads the whole list. */
  async prepare(): Promise<void> {
    await request(`${this.#environment.cryptoBotUrl}/control/reset`, "POST");
  }

  calendar(place: number): string {
    return this.#customer(place).calendar;
  }

  async pay(place: number): Promise<CompletedPayment> {
    const open = await this.#openPayment(place);
    const completed = this.#waitUntilComplete(open);
    await payInvoice(open);
    const { bookedMs, notifiedMs } = await completed;
    const calledMs = this.#environment.relay.calledMs(open.id);
    if (calledMs === undefined) throw new Error(`${open.id}: the gateway has not called`);
    const workflowId = workflowIds.payment(open.id);
    return { workflowId, bookedMs: bookedMs - calledMs, notifiedMs: notifiedMs - calledMs };
  }

  /**
   * Pays without a webhook, and measures how long it takes from `repair` until it is booked and the
   * customer has the message.
   */
  async payWithoutWebhook(
    place: number,
    repair: () => Promise<void>,
  ): Promise<Omit<CompletedPayment, "workflowId">> {
    await this.#setWebhook(null);
    const open = await this.#openPayment(place);
    await payInvoice(open);
    const done = this.#waitUntilComplete(open);
    const calledMs = nowMs();
    await repair();
    const { bookedMs, notifiedMs } = await done;
    await this.#setWebhook(this.#environment.relay.url);
    return { bookedMs: bookedMs - calledMs, notifiedMs: notifiedMs - calledMs };
  }

  /** @throws Error unless every payment has given its time and its revenue exactly once. */
  async check(): Promise<void> {
    const [found]: Record<"settled" | "lots" | "revenue", number>[] =
      await this.#environment.books.em.fork().execute(
        `select (select count(*)::int from payments where state = 'settled') as settled,
                (select count(*)::int from time_lots where kind = 'payment') as lots,
                (select count(*)::int from ledger_entries where account = 'revenue') as revenue`,
      );
    if (found !== undefined && Object.values(found).every((count) => count === this.paid)) return;
    const { settled = 0, lots = 0, revenue = 0 } = found ?? {};
    const booked = `${settled} are settled, ${lots} gave time, ${revenue} are in the ledger`;
    throw new Error(
      `${this.paid} payments were made, ${booked}: find out why before trusting any figure`,
    );
  }

  /**
   * Waits until a payment is complete. Returns when it was decided
   * and when its customer got the message.
   */
  async #waitUntilComplete({
    id,
    customer,
    result,
  }: OpenPayment): Promise<{ bookedMs: number; notifiedMs: number }> {
    const { stepLog } = this.#environment;
    const [bookedMs, notifiedMs] = await Promise.all([
      stepLog.waitForStep(workflowIds.payment(id), "decideEvents"),
      stepLog.waitForStep(chatOf(customer.telegramId), "send"),
      result(),
    ]);
    this.paid += 1;
    return { bookedMs, notifiedMs };
  }

  /** Starts a payment. Resolves when it waits for its money and the customer has its invoice. */
  async #openPayment(place: number): Promise<OpenPayment> {
    const { client, stepLog } = this.#environment;
    const customer = this.#customer(place);
    const id = randomUUID() as PaymentId;
    const workflowId = workflowIds.payment(id);
    const { telegramId, customerId } = customer;
    const planVersion = this.#planVersion;
    const purchase: Purchase = { telegramId, plan, planVersion, gateway, currency: "USDT" };
    const invoiceSent = stepLog.waitForStep(chatOf(telegramId), "send");
    const waiting = stepLog.waitUntilWaiting(workflowId);
    const start = purchaseOf(id, purchase, { customerId });
    const handle = await client.workflow.start<typeof payment>("payment", start);
    await Promise.all([waiting, invoiceSent]);
    return { id, customer, payUrl: await findPayUrl(customer), result: () => handle.result() };
  }

  async #setWebhook(url: string | null): Promise<void> {
    await request(`${this.#environment.cryptoBotUrl}/control/webhook`, "PUT", { url });
  }

  #customer(place: number): Customer {
    const customer = this.#customers[place];
    if (customer === undefined) throw new Error(`there is no customer in place ${place}`);
    return customer;
  }
}

/** Finds the link of the newest invoice in the chat. */
async function findPayUrl(customer: Customer): Promise<string> {
  const { person } = customer;
  const messages = await person.chat(customer.lastMessageId);
  customer.lastMessageId = messages.at(-1)?.message_id ?? customer.lastMessageId;
  const buttons = messages.flatMap(
    (message) => message.reply_markup?.inline_keyboard?.flat() ?? [],
  );
  const url = buttons.findLast((button) => button.url?.includes("/pay/"))?.url;
  if (url === undefined) throw new Error(`person ${person.id} has received no invoice`);
  return url;
}

/** Opens the link and pays, as the customer does. */
async function payInvoice({ payUrl }: OpenPayment): Promise<void> {
  const { status } = await request(payUrl, "POST");
  if (status !== 303) throw new Error(`the gateway's page answered ${status} to a payment`);
}

async function request(url: string, method: string, body?: object): Promise<Response> {
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  if (response.status >= 400) throw new Error(`${method} ${url}: ${response.status}`);
  return response;
}
