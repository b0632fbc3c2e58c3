import { sql } from "kysely";
import type { TelegramId } from "../../../domain/ids.ts";
import { type Money, money } from "../../../domain/money.ts";
import {
  addOnOf,
  type Extra,
  type GatewayName,
  gatewayName,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { type Instant, instant, toMs } from "../../../domain/time.ts";
import type { Queries } from "../../orm.ts";
import { extraOf } from "../../payments/orders.ts";
import { numberAmongSeveral } from "../payments/subscription-number.ts";
import { nameOf } from "../people/customers.ts";

/** What was bought, as admins are told of it. */
export interface Sale {
  readonly paymentId: PaymentId;
  readonly customer: TelegramId;
  readonly name: string;
  readonly username: string | undefined;
  /** A plan, by its names, or what else was bought. */
  readonly item: Readonly<Record<Language, string>> | Extra;
  /** The number of its subscription, where its customer has others. */
  readonly subscription: number | undefined;
  readonly price: Money;
  readonly gateway: GatewayName;
  /** When it was given; of a top-up, when it was paid. */
  readonly at: Instant;
  /** When access ended after that; undefined: no time was bought. */
  readonly until: Instant | undefined;
}

const selectSales = (db: Queries) =>
  db
    .selectFrom("time_lots as t")
    .innerJoin("payments as p", (join) =>
      // The cause of bought time is its payment: see `grantCause`.
      join.on("p.id", "=", sql<string>`substr(t.cause, 9)::uuid`),
    )
    .innerJoin("customers as c", "c.id", "p.customerId")
    .innerJoin("plans as n", (join) =>
      join.onRef("n.code", "=", "p.plan").onRef("n.version", "=", "p.planVersion"),
    )
    .select(["p.id", "c.telegramId", "c.firstName", "c.lastName", "c.username", "n.names"])
    .select(["p.priceMinor", "p.currency", "p.gateway", "t.at", "t.paidUntil"])
    .select(numberAmongSeveral.as("subscription"))
    .where("t.kind", "=", "payment");

type Row = Awaited<ReturnType<ReturnType<typeof selectSales>["execute"]>>[number];

/** Who has paid how much, as the rows of all these queries have it. */
type PaidRow = Pick<
  Row,
  "telegramId" | "firstName" | "lastName" | "username" | "priceMinor" | "currency" | "gateway"
>;

/** A balance that was topped up, as admins are told of it. */
export type ToppedUp = Pick<Sale, "customer" | "name" | "username" | "price" | "gateway">;

const paidBy = (row: PaidRow): ToppedUp => {
  const { telegramId: customer, name } = nameOf(row);
  return {
    customer,
    name,
    username: row.username ?? undefined,
    price: money(row.priceMinor, row.currency),
    gateway: gatewayName(row.gateway),
  };
};

const saleOf = (row: Row): Sale => ({
  ...paidBy(row),
  paymentId: row.id as PaymentId,
  item: row.names,
  subscription: row.subscription ?? undefined,
  at: instant(row.at),
  until: instant(row.paidUntil),
});

const selectAddOns = (db: Queries) =>
  db
    .selectFrom("add_ons as o")
    .innerJoin("payments as p", "p.id", "o.paymentId")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .select(["p.id", "c.telegramId", "c.firstName", "c.lastName", "c.username"])
    .select(["p.priceMinor", "p.currency", "p.gateway", "o.at"])
    .select(["p.extra", "p.extraBytes", "p.extraUntil"])
    .select(numberAmongSeveral.as("subscription"));

type AddOnRow = Awaited<ReturnType<ReturnType<typeof selectAddOns>["execute"]>>[number];

function addOnSaleOf(row: AddOnRow): Sale {
  const item = addOnOf({ extra: extraOf(row) });
  if (item === undefined) throw new Error(`payment ${row.id} adds nothing`);
  const paymentId = row.id as PaymentId;
  const subscription = row.subscription ?? undefined;
  return { ...paidBy(row), paymentId, item, subscription, at: instant(row.at), until: undefined };
}

/** Each charge of a top-up: all of its money is the customer's balance. */
const selectTopUps = (db: Queries) =>
  db
    .selectFrom("charges as h")
    .innerJoin("payments as p", "p.id", "h.paymentId")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .select(["p.id", "c.telegramId", "c.firstName", "c.lastName", "c.username"])
    .select(["h.paidMinor", "h.currency", "h.gateway", "h.paidAt"])
    .where("p.extra", "=", "topUp")
    .where("h.paidMinor", "is not", null)
    .where("h.paidAt", "is not", null)
    .$narrowType<{ paidMinor: number; paidAt: Date }>();

type TopUpRow = Awaited<ReturnType<ReturnType<typeof selectTopUps>["execute"]>>[number];

const topUpOf = (row: TopUpRow): Sale => ({
  ...paidBy({ ...row, priceMinor: row.paidMinor }),
  paymentId: row.id as PaymentId,
  item: { kind: "topUp" },
  subscription: undefined,
  at: instant(row.paidAt),
  until: undefined,
});

/** What a payment has sold; undefined: nothing yet. */
export async function findSale(db: Queries, id: PaymentId): Promise<Sale | undefined> {
  const row = await selectSales(db).where("t.cause", "=", `payment/${id}`).executeTakeFirst();
  if (row !== undefined) return saleOf(row);
  const added = await selectAddOns(db)
    .where("o.paymentId", "=", id as string)
    .executeTakeFirst();
  return added && addOnSaleOf(added);
}

/** Who has topped up by a payment; undefined: it is for something else, or not paid. */
export async function findToppedUp(db: Queries, id: PaymentId): Promise<ToppedUp | undefined> {
  const row = await db
    .selectFrom("payments as p")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .select(["c.telegramId", "c.firstName", "c.lastName", "c.username"])
    .select(["p.priceMinor", "p.currency", "p.gateway"])
    .where("p.id", "=", id as string)
    .where("p.extra", "=", "topUp")
    .where("p.state", "in", ["settled", "refunded"])
    .executeTakeFirst();
  return row && paidBy(row);
}

/** The first `limit` sales and top-ups from `since` to `until`, the oldest first. */
export async function listSales(
  db: Queries,
  {
    since,
    until,
    limit,
  }: { readonly since: Instant; readonly until: Instant; readonly limit: number },
): Promise<Sale[]> {
  const rows = await selectSales(db)
    .where("t.at", ">=", new Date(since))
    .where("t.at", "<", new Date(until))
    .orderBy("t.at")
    .limit(limit)
    .execute();
  const added = await selectAddOns(db)
    .where("o.at", ">=", new Date(since))
    .where("o.at", "<", new Date(until))
    .orderBy("o.at")
    .limit(limit)
    .execute();
  const toppedUp = await selectTopUps(db)
    .where("h.paidAt", ">=", new Date(since))
    .where("h.paidAt", "<", new Date(until))
    .orderBy("h.paidAt")
    .limit(limit)
    .execute();
  return [...rows.map(saleOf), ...added.map(addOnSaleOf), ...toppedUp.map(topUpOf)]
    .toSorted((a, b) => toMs(a.at) - toMs(b.at))
    .slice(0, limit);
}
