import { randomUUID } from "node:crypto";
import { startCalendar } from "../../client/subscriptions.ts";
import { Customers } from "../../db/customers.ts";
import { inTransaction } from "../../db/orm.ts";
import { PlanQueries } from "../../db/queries/plans.ts";
import { openSubscription } from "../../db/subscriptions.ts";
import { type CustomerId, telegramId } from "../../domain/ids.ts";
import type { GatewayName, PaymentId, Purchase } from "../../domain/payment.ts";
import type { PlanCode } from "../../domain/plan.ts";
import { instant } from "../../domain/time.ts";
import { Person } from "../../test/support/person.ts";
import { purchaseOf, workflowIds } from "../../workflows/contract.ts";
import type { payment } from "../../workflows/index.ts";
import type { Plant } from "./plant.ts";
import type { Paid, Side } from "./side.ts";
import { nowMs } from "./told.ts";

const plan = "month" as PlanCode;
const gateway = "cryptobot" as GatewayName;
const firstPerson = 2_000_000;

interface Customer {
  readonly person: Person;
  readonly customerId: CustomerId;
  readonly subscriptionId: string;
  /** The newest message they have read: a long chat costs nothing then. */
  lastSeen: number;
}

/** A payment whose invoice the customer has before them. */
interface Open {
  readonly id: PaymentId;
  readonly result: () => Promise<unknown>;
}

/** Side B: payments of the product, paid at the gateway's emulated page by customers with active access. */
export class Shop implements Side {
  readonly name = "B";
  readonly subscriptions: readonly string[];
  /** How many payments were made in all. */
  paid = 0;
  readonly #plant: Plant;
  readonly #customers: readonly Customer[];
  readonly #planVersion: number;

  private constructor(plant: Plant, customers: readonly Customer[], planVersion: number) {
    this.#plant = plant;
    this.#customers = customers;
    this.#planVersion = planVersion;
    this.subscriptions = customers.map(({ subscriptionId }) => subscriptionId);
  }

  /** Lets people in, as signup does. */
  static async open(plant: Plant, people: number): Promise<Shop> {
    const places = Array.from({ length: people }, (_, place) => firstPerson + place);
    const customers = await Promise.all(places.map((id) => letIn(plant, id)));
    const offered = await new PlanQueries(plant.books.em).offered();
    const version = offered.find(({ code }) => code === plan)?.version;
    if (version === undefined) throw new Error(`plans.json does not sell "${plan}" any more`);
    return new Shop(plant, customers, version);
  }

  /** The gateway has no invoices: a tick reads its whole list. */
  async prepare(): Promise<void> {
    await asked(`${this.#plant.cryptoBotUrl}/control/reset`, "POST");
  }

  async pay(place: number): Promise<Paid> {
    const { ear, relay } = this.#plant;
    const open = await this.#order(place);
    const given = ear.timeGiven(this.#customer(place).subscriptionId);
    await this.#settle(place);
    const [{ bookedMs, toldMs }] = await Promise.all([given, open.result()]);
    const calledMs = relay.calledMs(open.id);
    if (calledMs === undefined) throw new Error(`${open.id}: the gateway has not called`);
    this.paid += 1;
    const workflowId = workflowIds.payment(open.id);
    return { workflowId, bookedMs: bookedMs - calledMs, toldMs: toldMs - calledMs };
  }

  /** Pays while the gateway tells nobody, and answers how long `repair` took until the time was given. */
  async payUnheard(place: number, repair: () => Promise<void>): Promise<Omit<Paid, "workflowId">> {
    await this.#announceTo(null);
    const open = await this.#order(place);
    await this.#settle(place);
    const given = this.#plant.ear.timeGiven(this.#customer(place).subscriptionId);
    const calledMs = nowMs();
    await repair();
    const [{ bookedMs, toldMs }] = await Promise.all([given, open.result()]);
    await this.#announceTo(this.#plant.relay.url);
    this.paid += 1;
    return { bookedMs: bookedMs - calledMs, toldMs: toldMs - calledMs };
  }

  /** @throws Error when not every payment has brought its time, once. */
  async check(): Promise<void> {
    const [found]: { lots: string; settled: string }[] = await this.#plant.books.em.fork()
      .execute(`select (select count(*) from time_lots where kind = 'payment') as lots,
                       (select count(*) from payments where state = 'settled') as settled`);
    const { lots, settled } = found ?? { lots: "0", settled: "0" };
    if (Number(lots) === this.paid && Number(settled) === this.paid) return;
    const told = `${this.paid} payments were made, ${settled} are settled, ${lots} gave time`;
    throw new Error(`${told}: no figure counts before that is understood`);
  }

  /** Begins a payment, and waits until it waits for its money. */
  async #order(place: number): Promise<Open> {
    const { client, ear } = this.#plant;
    const id = randomUUID() as PaymentId;
    const workflowId = workflowIds.payment(id);
    const purchase: Purchase = {
      telegramId: telegramId(this.#customer(place).person.id),
      plan,
      planVersion: this.#planVersion,
      gateway,
      currency: "USDT",
    };
    const waiting = ear.waiting(workflowId);
    const { customerId } = this.#customer(place);
    const start = purchaseOf(id, purchase, customerId);
    const handle = await client.workflow.start<typeof payment>("payment", start);
    await waiting;
    return { id, result: () => handle.result() };
  }

  /** The customer opens the link in the chat and pays. */
  async #settle(place: number): Promise<void> {
    const customer = this.#customer(place);
    const { person } = customer;
    const news = await person.chat(customer.lastSeen);
    customer.lastSeen = news.at(-1)?.message_id ?? customer.lastSeen;
    const buttons = news.flatMap((message) => message.reply_markup?.inline_keyboard?.flat() ?? []);
    const link = buttons.findLast(({ url }) => url?.includes("/pay/"))?.url;
    if (link === undefined) throw new Error(`person ${person.id} was shown no invoice`);
    const { status } = await asked(link, "POST");
    if (status !== 303) throw new Error(`the gateway's page answered ${status} to a payment`);
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

async function letIn({ books, client, telegramUrl }: Plant, id: number): Promise<Customer> {
  const person = new Person(telegramUrl, id);
  await person.say("/start");
  const known = { telegramId: telegramId(id), firstName: "Ann", languageCode: "en" };
  const arrival = { admin: false, referrer: undefined, now: instant(new Date()) };
  await new Customers(books.em).register(known, arrival);
  const opened = await inTransaction(books.em, (db) => openSubscription(db, known.telegramId));
  if (opened === undefined) throw new Error(`customer ${id} is blocked`);
  const { ref } = opened;
  const subscriptionId = workflowIds.subscription(ref.id);
  await startCalendar(client, ref);
  return { person, customerId: ref.customerId, subscriptionId, lastSeen: 0 };
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
