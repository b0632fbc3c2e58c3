import { randomBytes } from "node:crypto";
import { customerId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { invoiceChanged, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { money } from "../../domain/money.ts";
import { memoOf } from "../../domain/payments/memo.ts";
import { type Offer, offerOf } from "../../domain/payments/offer.ts";
import type {
  GatewayName,
  NotOpened,
  PaymentId,
  PaymentOrder,
  PaymentState,
  Purchase,
  StoredOrder,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { Language } from "../../domain/people/customer.ts";
import { addMs, type Instant, instant } from "../../domain/time.ts";
import { enqueue, messageWrites } from "../messaging/messages.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { type Write, writeTogether } from "../together.ts";
import { PlanVersions } from "./plans.ts";

export type Opened =
  | { readonly kind: "opened"; readonly known: StoredOrder }
  | { readonly kind: "notOpened"; readonly why: NotOpened; readonly instead?: PaymentId };

const alreadyOpen = { kind: "notOpened", why: "alreadyOpen" } as const;

export class Payments {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Makes the order of a purchase, once. One order is open per customer, plan, gateway and currency: a second
   * is answered with the first. An order that was made stays made, whatever would speak against it now.
   */
  async openOnce(id: PaymentId, purchase: Purchase, now: Instant): Promise<Opened> {
    const opened = await this.#open(id, purchase, now);
    if (opened.kind === "opened") return opened;
    const before = await this.find(id);
    return before === undefined ? opened : { kind: "opened", known: before };
  }

  async #open(id: PaymentId, purchase: Purchase, now: Instant): Promise<Opened> {
    const db = queriesOf(this.#em);
    const seen = await lookUp(db, purchase);
    if (seen === undefined) return { kind: "notOpened", why: "notCustomer" };
    if (seen.waiting !== null) return { ...alreadyOpen, instead: seen.waiting as PaymentId };
    const offer = await this.#offer(db, seen, purchase);
    if (offer.kind === "refused") return { kind: "notOpened", why: offer.why };
    const opened = await insertOrder(db, { id, purchase, seen, offer, now });
    if (opened !== undefined) return { kind: "opened", known: opened };
    // Another one came first, or this very order is over already.
    const instead = (await lookUp(db, purchase))?.waiting;
    if (instead) return { ...alreadyOpen, instead: instead as PaymentId };
    const known = await this.find(id);
    if (known === undefined) throw new Error(`what kept order ${id} from being made is gone`);
    return { kind: "opened", known };
  }

  async #offer(db: Queries, seen: LoadedPayment, purchase: Purchase): Promise<Offer> {
    const { newest, retired, currencies, invoiceTtlMs } = seen;
    const isForSale = newest !== null && retired !== true;
    const plan = isForSale ? await this.#versions.find(db, purchase.plan, newest) : undefined;
    const gateway = currencies && invoiceTtlMs ? { currencies, invoiceTtlMs } : undefined;
    const subscription =
      seen.had === null ? undefined : { plan: seen.had, isRevoked: seen.revokedAt !== null };
    return offerOf({ status: seen.status, subscription, plan, gateway }, purchase);
  }

  find(id: PaymentId): Promise<StoredOrder | undefined> {
    return findOrder(queriesOf(this.#em), id);
  }

  /** The payment that a transfer names, however its memo was typed. */
  async ofMemo(typed: string): Promise<PaymentId | undefined> {
    const memo = memoOf(typed);
    if (memo === undefined) return undefined;
    const row = await queriesOf(this.#em)
      .selectFrom("payments")
      .select("id")
      .where("memo", "=", memo)
      .executeTakeFirst();
    return row && (row.id as PaymentId);
  }

  /** Notes that the gateway is about to be asked for the invoice. `isFirst`: nobody ever did before. */
  async askOnce(id: PaymentId): Promise<{ isFirst: boolean; language: Language }> {
    const { language, isFirst } = await queriesOf(this.#em)
      .with("asked", (db) =>
        db
          .updateTable("payments")
          .set({ askedAt: new Date() })
          .where("id", "=", id as string)
          .where("askedAt", "is", null)
          .returning("id"),
      )
      .selectFrom("payments as p")
      .innerJoin("customers as c", "c.id", "p.customerId")
      .select("c.language")
      .select((of) => of.exists(of.selectFrom("asked").select("asked.id")).as("isFirst"))
      .where("p.id", "=", id as string)
      .executeTakeFirstOrThrow();
    return { language, isFirst: Boolean(isFirst) };
  }

  /** Keeps the gateway's invoice, and what shows it to the customer. */
  async showInvoice(
    { id }: Pick<PaymentOrder, "id">,
    invoice: Readonly<Record<string, string>>,
    messages: readonly OutgoingMessage[],
  ): Promise<void> {
    const query: Write["query"] = (db) =>
      db
        .updateTable("payments")
        .set({ invoice, invoiceReference: invoice["reference"] ?? null })
        .where("id", "=", id as string);
    await writeTogether(queriesOf(this.#em), [{ query }, ...messageWrites(messages)]);
  }

  /** Writes messages that go with no change of the books. */
  async tell(messages: readonly OutgoingMessage[]): Promise<void> {
    await enqueue(queriesOf(this.#em), messages);
  }

  /** Closes an order that is open, and has its message say so. One that money has settled stays so. Undefined: unknown. */
  async closeOnce(
    order: PaymentOrder,
    state: "lapsed" | "cancelled" | "refused",
    { now, notices }: { readonly now: Instant; readonly notices?: readonly OutgoingMessage[] },
  ): Promise<PaymentState | undefined> {
    const { id } = order;
    return inTransaction(this.#em, async (db) => {
      const row = await db
        .selectFrom("payments")
        .select("state")
        .where("id", "=", id)
        .forUpdate()
        .executeTakeFirst();
      if (row?.state !== "open") return row?.state;
      const closed = { state, closedAt: new Date(now) };
      await db.updateTable("payments").set(closed).where("id", "=", id).execute();
      await enqueue(db, [...(notices ?? []), invoiceChanged(order.telegramId, id, state)]);
      return state;
    });
  }
}

/** What decides over a purchase, as one statement sees it. */
async function lookUp(db: Queries, { telegramId: of, plan, gateway, currency }: Purchase) {
  return db
    .selectFrom("customers as c")
    .leftJoin("subscriptions as s", "s.customerId", "c.id")
    .leftJoin("gateways as g", (join) =>
      join.on("g.name", "=", gateway as string).on("g.active", "=", true),
    )
    .leftJoinLateral(
      (of) =>
        of
          .selectFrom("plans")
          .select(["version", "retired"])
          .where("code", "=", plan as string)
          .orderBy("version", "desc")
          .limit(1)
          .as("p"),
      (join) => join.onTrue(),
    )
    .leftJoin("payments as o", (join) =>
      join
        .onRef("o.customerId", "=", "c.id")
        .on("o.plan", "=", plan as string)
        .on("o.gateway", "=", gateway as string)
        .on("o.currency", "=", currency)
        .on("o.state", "=", "open"),
    )
    .select([
      "c.id as customerId",
      "c.status",
      "s.id as subscriptionId",
      "s.plan as had",
      "s.revokedAt",
      "p.version as newest",
      "p.retired",
      "g.currencies",
      "g.invoiceTtlMs",
      "o.id as waiting",
    ])
    .where("c.telegramId", "=", of as number)
    .executeTakeFirst();
}

type LoadedPayment = NonNullable<Awaited<ReturnType<typeof lookUp>>>;

interface Opening {
  readonly id: PaymentId;
  readonly purchase: Purchase;
  readonly seen: LoadedPayment;
  readonly offer: Extract<Offer, { kind: "offered" }>;
  readonly now: Instant;
}

/** Undefined: there is such an order already, or another open one of the same kind. */
async function insertOrder(db: Queries, opening: Opening): Promise<StoredOrder | undefined> {
  const { id, purchase, seen, now } = opening;
  const { plan, price, ttlMs } = opening.offer;
  if (seen.subscriptionId === null) return undefined;
  const row = {
    id: id as string,
    customerId: seen.customerId,
    subscriptionId: seen.subscriptionId,
    plan: plan.code as string,
    planVersion: plan.version,
    days: plan.days,
    deviceLimit: plan.deviceLimit,
    priceMinor: price.minor,
    currency: price.currency,
    gateway: purchase.gateway as string,
    memo: newMemo(),
    state: "open" as const,
    openedAt: new Date(now),
    lapsesAt: new Date(addMs(now, ttlMs)),
    nextLookupAt: new Date(now),
  };
  const made = await db
    .insertInto("payments")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows !== 1n) return undefined;
  const order = orderOf({ ...row, telegramId: purchase.telegramId });
  return { order, state: "open", invoice: undefined };
}

/** Without letters that look alike; 60 bits that nobody guesses. */
const memoAlphabet = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

const newMemo = (): string =>
  [...randomBytes(12)].map((byte) => memoAlphabet[byte % memoAlphabet.length]).join("");

/** The columns of an order with its customer: what it was made with never changes. */
export const orderColumns = [
  "p.id",
  "p.customerId",
  "p.subscriptionId",
  "p.gateway",
  "p.plan",
  "p.planVersion",
  "p.days",
  "p.deviceLimit",
  "p.priceMinor",
  "p.currency",
  "p.memo",
  "p.openedAt",
  "p.lapsesAt",
  "c.telegramId",
] as const;

export const selectOrders = (db: Queries) =>
  db
    .selectFrom("payments as p")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .select([...orderColumns, "p.state", "p.invoice", "p.invoiceReference"]);

type OrderRow = Awaited<ReturnType<ReturnType<typeof selectOrders>["execute"]>>[number];

export async function findOrder(db: Queries, id: PaymentId): Promise<StoredOrder | undefined> {
  const row = await selectOrders(db)
    .where("p.id", "=", id as string)
    .executeTakeFirst();
  return row && { order: orderOf(row), state: row.state, invoice: row.invoice ?? undefined };
}

export function orderOf(
  row: Omit<OrderRow, "state" | "invoice" | "invoiceReference">,
): PaymentOrder {
  return {
    id: row.id as PaymentId,
    customerId: customerId(row.customerId),
    telegramId: telegramId(row.telegramId),
    subscriptionId: subscriptionId(row.subscriptionId),
    gateway: row.gateway as GatewayName,
    terms: {
      code: row.plan as PlanCode,
      version: row.planVersion,
      days: row.days,
      deviceLimit: row.deviceLimit,
    },
    price: money(row.priceMinor, row.currency),
    memo: row.memo,
    openedAt: instant(row.openedAt),
    lapsesAt: instant(row.lapsesAt),
  };
}
