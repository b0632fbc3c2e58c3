import { randomUUID } from "node:crypto";
import { PlanQueries } from "../../db/queries/payments/plans.ts";
import type { GatewayName, PaymentId, Purchase } from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { purchaseOf } from "../../workflows/contract/payments.ts";
import type { payment } from "../../workflows/index.ts";
import type { Contender, Paid } from "./contender.ts";
import type { Environment } from "./environment.ts";
import { type Customer, letIn } from "./people.ts";
import { chatOf, nowMs } from "./told.ts";

const plan = "month" as PlanCode;
const gateway = "cryptobot" as GatewayName;

/** A payment whose invoice the customer has before them. */
interface Open {
  readonly id: PaymentId;
  readonly customer: Customer;
  readonly payUrl: string;
  readonly result: () => Promise<unknown>;
}

/** Side B: payments of the product, paid at the gateway's emulated page by customers with active access. */
export class Shop implements Contender {
  readonly name = "B";
  readonly people: number;
  /** How many payments were made in all. */
  paid = 0;
  readonly #plant: Environment;
  readonly #customers: readonly Customer[];
  readonly #planVersion: number;

  private constructor(plant: Environment, customers: readonly Customer[], planVersion: number) {
    this.people = customers.length;
    this.#plant = plant;
    this.#customers = customers;
    this.#planVersion = planVersion;
  }

  static async open(plant: Environment, people: number): Promise<Shop> {
    const customers = await letIn(plant, people);
    const offered = await new PlanQueries(plant.books.em).listOffered();
    const version = offered.find(({ code }) => code === plan)?.version;
    if (version === undefined) throw new Error(`plans.json does not sell "${plan}" any more`);
    return new Shop(plant, customers, version);
  }

  /** The gateway has no invoices: its reconciler reads the whole list. */
  async prepare(): Promise<void> {
    await asked(`${this.#plant.cryptoBotUrl}/control/reset`, "POST");
  }

  calendar(place: number): string {
    return this.#customer(place).calendar;
  }

  async pay(place: number): Promise<Paid> {
    const open = await this.#order(place);
    const done = this.#done(open);
    await settle(open);
    const { bookedMs, toldMs } = await done;
    const calledMs = this.#plant.relay.calledMs(open.id);
    if (calledMs === undefined) throw new Error(`${open.id}: the gateway has not called`);
    const workflowId = workflowIds.payment(open.id);
    return { workflowId, bookedMs: bookedMs - calledMs, toldMs: toldMs - calledMs };
  }

  /** Pays while the gateway tells nobody, and answers how long `repair` took until it was booked and told. */
  async payUnheard(place: number, repair: () => Promise<void>): Promise<Omit<Paid, "workflowId">> {
    await this.#announceTo(null);
    const open = await this.#order(place);
    await settle(open);
    const done = this.#done(open);
    const calledMs = nowMs();
    await repair();
    const { bookedMs, toldMs } = await done;
    await this.#announceTo(this.#plant.relay.url);
    return { bookedMs: bookedMs - calledMs, toldMs: toldMs - calledMs };
  }

  /** @throws Error when not every payment has brought its time and its revenue, once. */
  async check(): Promise<void> {
    const [found]: Record<"settled" | "lots" | "revenue", number>[] = await this.#plant.books.em
      .fork()
      .execute(
        `select (select count(*)::int from payments where state = 'settled') as settled,
                (select count(*)::int from time_lots where kind = 'payment') as lots,
                (select count(*)::int from ledger_entries where account = 'revenue') as revenue`,
      );
    if (found !== undefined && Object.values(found).every((count) => count === this.paid)) return;
    const { settled = 0, lots = 0, revenue = 0 } = found ?? {};
    const told = `${settled} are settled, ${lots} gave time, ${revenue} are in the ledger`;
    throw new Error(
      `${this.paid} payments were made, ${told}: no figure counts before that is understood`,
    );
  }

  /** Resolves when a payment is complete, with when it was decided and when its customer was told. */
  async #done({ id, customer, result }: Open): Promise<{ bookedMs: number; toldMs: number }> {
    const { ear } = this.#plant;
    const [bookedMs, toldMs] = await Promise.all([
      ear.step(workflowIds.payment(id), "decideEvents"),
      ear.step(chatOf(customer.telegramId), "send"),
      result(),
    ]);
    this.paid += 1;
    return { bookedMs, toldMs };
  }

  /** Begins a payment, and waits until it waits for its money and the customer has its invoice. */
  async #order(place: number): Promise<Open> {
    const { client, ear } = this.#plant;
    const customer = this.#customer(place);
    const id = randomUUID() as PaymentId;
    const workflowId = workflowIds.payment(id);
    const { telegramId, customerId } = customer;
    const planVersion = this.#planVersion;
    const purchase: Purchase = { telegramId, plan, planVersion, gateway, currency: "USDT" };
    const shown = ear.step(chatOf(telegramId), "send");
    const waiting = ear.waiting(workflowId);
    const start = purchaseOf(id, purchase, customerId);
    const handle = await client.workflow.start<typeof payment>("payment", start);
    await Promise.all([waiting, shown]);
    return { id, customer, payUrl: await payUrlFor(customer), result: () => handle.result() };
  }

  async #announceTo(url: string | null): Promise<void> {
    await asked(`${this.#plant.cryptoBotUrl}/control/webhook`, "PUT", { url });
  }

  #customer(place: number): Customer {
    const customer = this.#customers[place];
    if (customer === undefined) throw new Error(`there is no customer in place ${place}`);
    return customer;
  }
}

/** The link of the newest invoice in the chat. */
async function payUrlFor(customer: Customer): Promise<string> {
  const { person } = customer;
  const news = await person.chat(customer.lastSeen);
  customer.lastSeen = news.at(-1)?.message_id ?? customer.lastSeen;
  const buttons = news.flatMap((message) => message.reply_markup?.inline_keyboard?.flat() ?? []);
  const url = buttons.findLast((button) => button.url?.includes("/pay/"))?.url;
  if (url === undefined) throw new Error(`person ${person.id} was shown no invoice`);
  return url;
}

/** The customer opens the link and pays. */
async function settle({ payUrl }: Open): Promise<void> {
  const { status } = await asked(payUrl, "POST");
  if (status !== 303) throw new Error(`the gateway's page answered ${status} to a payment`);
}

async function asked(url: string, method: string, body?: object): Promise<Response> {
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
