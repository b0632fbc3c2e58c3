import type { TimeEntry } from "../../domain/access/time-lots.ts";
import { money } from "../../domain/money.ts";
import type { Charge } from "../../domain/payments/charge.ts";
import type { Effect } from "../../domain/payments/effect.ts";
import type { PaymentFacts } from "../../domain/payments/payment-facts.ts";
import type {
  GatewayEvent,
  PaymentId,
  PaymentOrder,
  PaymentState,
} from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { allowanceOfS } from "../access/allowances.ts";
import { entryOf, type LockedSubscription, selectTime } from "../access/time-lots.ts";
import type { Queries } from "../orm.ts";
import { anyOf } from "../prepared.ts";
import { readTogether } from "../together.ts";
import { balancesIn, reservesIn, selectBalances, selectReserves } from "./ledger.ts";
import { orderColumns, orderOf } from "./orders.ts";

/** A payment whose customer, subscription and own row the current transaction has locked. */
export interface LockedPayment {
  readonly order: PaymentOrder;
  readonly state: PaymentState;
  readonly invoiceReference: string | undefined;
  readonly mayGrant: PaymentFacts["mayGrant"];
  readonly subscription: LockedSubscription;
  /** When access ended before this transaction. */
  readonly paidUntil: Instant | undefined;
  /** The customer has left a channel that the shop requires, and may be suspended for it. */
  readonly hasLeftChannels: boolean;
  /** Whether the subscription ever had a device. */
  readonly hasDevice: boolean;
}

/**
 * Locks customer, subscription and payment, in the order that every writer keeps. Other facts are
 * read afterwards, by other statements, so that they are as new as the locks. Undefined: the
 * payment does not exist.
 */
export async function lockPayment(db: Queries, id: PaymentId): Promise<LockedPayment | undefined> {
  const row = await db
    .selectFrom("payments as p")
    .innerJoin("subscriptions as s", "s.id", "p.subscriptionId")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .select([
      ...orderColumns,
      "p.state",
      "p.invoiceReference",
      "c.status",
      "c.leftChannelsAt",
      "s.revokedAt",
      "s.paidUntil",
      "s.plan as hasPlan",
      "s.planVersion as hasPlanVersion",
      "s.deviceLimit as hasDeviceLimit",
    ])
    .select(allowanceOfS)
    .select((of) =>
      of
        .exists(
          of.selectFrom("devices").select("id").whereRef("devices.subscriptionId", "=", "s.id"),
        )
        .as("hasDevice"),
    )
    .where("p.id", "=", id as string)
    .forUpdate(["c", "s", "p"])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const subscription = {
    id: row.subscriptionId,
    plan: row.hasPlan,
    planVersion: row.hasPlanVersion,
    deviceLimit: row.hasDeviceLimit,
    trafficLimitBytes: row.trafficLimitBytes,
    trafficBaseBytes: row.trafficBaseBytes,
    trafficPackBytes: row.trafficPackBytes,
    trafficPeriod: row.trafficPeriod,
    trafficPeriodBytes: row.trafficPeriodBytes,
    trafficPeriodEndsAt: row.trafficPeriodEndsAt,
    trafficPacksEnd: row.trafficPacksEnd,
    movedBytes: row.movedBytes,
  };
  const isRevoked = row.revokedAt !== null;
  return {
    order: orderOf(row),
    state: row.state,
    invoiceReference: row.invoiceReference ?? undefined,
    mayGrant: row.status === "blocked" ? "blocked" : isRevoked ? "noAccess" : "yes",
    subscription,
    paidUntil: row.paidUntil === null ? undefined : instant(row.paidUntil),
    hasLeftChannels: row.leftChannelsAt !== null,
    hasDevice: Boolean(row.hasDevice),
  };
}

/** Everything that the books know before events of a payment are decided. */
export interface LoadedFacts {
  readonly facts: PaymentFacts;
  /** References of the events' charges that are booked for another payment or as unmatched. */
  readonly taken: ReadonlySet<string>;
  /** Earlier decisions about these events, by event key. */
  readonly decided: ReadonlyMap<string, readonly Effect[]>;
  /** The subscription's time. */
  readonly time: readonly TimeEntry[];
}

/** Reads the facts of a locked payment with one statement. `keyed`: the events by their keys. */
export async function loadPaymentFacts(
  db: Queries,
  { order, state, invoiceReference, mayGrant, subscription }: LockedPayment,
  keyed: ReadonlyMap<string, GatewayEvent> = new Map(),
): Promise<LoadedFacts> {
  const references = [...keyed.values()].flatMap(({ report }) =>
    "reference" in report ? [report.reference] : [],
  );
  const read = await readTogether(db, (bare) => ({
    charges: selectCharges(bare, order, references),
    unmatched: selectUnmatched(bare, order, references),
    pending: selectPending(bare, order.id),
    reserves: selectReserves(bare, order.id),
    balances: selectBalances(bare, order.customerId),
    decided: selectDecided(bare, [...keyed.keys()]),
    time: selectTime(bare, subscription.id),
  }));
  // Not joined to the refunds: with thousands that are newer than the planner's statistics, the sum
  // would be computed again for each.
  const reserves = reservesIn(read.reserves);
  const facts = {
    state,
    invoiceReference,
    mayGrant,
    charges: read.charges.filter(({ paymentId }) => paymentId === order.id).map(chargeOf),
    pending: read.pending.map((refund) => {
      return { ...refund, reservedMinor: reserves.get(refund.requestId) ?? 0 };
    }),
    balances: balancesIn(read.balances),
  };
  const elsewhere = read.charges.filter(({ paymentId }) => paymentId !== order.id);
  return {
    facts,
    taken: new Set([...elsewhere, ...read.unmatched].map(({ reference }) => reference)),
    decided: new Map(read.decided.map(({ key, effects }) => [key, effects])),
    time: read.time.map(entryOf),
  };
}

const selectDecided = (db: Queries, keys: readonly string[]) =>
  db.selectFrom("decisions").select(["key", "effects"]).where("key", "=", anyOf(keys));

/** Unmatched payments with one of these references. */
const selectUnmatched = (db: Queries, { gateway }: PaymentOrder, references: readonly string[]) =>
  db
    .selectFrom("unmatched")
    .select("reference")
    .where("gateway", "=", gateway as string)
    .where("reference", "=", anyOf(references));

/** The payment's charges, and other payments' charges with these references. */
const selectCharges = (db: Queries, { id, gateway }: PaymentOrder, references: readonly string[]) =>
  db
    .selectFrom("charges")
    .select(["reference", "paidMinor", "currency", "returnedMinor", "priceMinor", "use"])
    .select("returnedBeforeMinor")
    .select("paymentId")
    .where((row) => {
      const named = row.and([
        row("gateway", "=", gateway as string),
        row("reference", "=", anyOf(references)),
      ]);
      return row.or([row("paymentId", "=", id as string), named]);
    })
    .orderBy("recordedAt")
    .orderBy("reference");

type ChargeRow = Awaited<ReturnType<ReturnType<typeof selectCharges>["execute"]>>[number];

/** A row as the domain's charge. */
export const chargeOf = (row: Omit<ChargeRow, "paymentId">): Charge => ({
  reference: row.reference,
  paid: row.paidMinor === null ? undefined : money(row.paidMinor, row.currency),
  returnedMinor: row.returnedMinor,
  priceMinor: row.priceMinor,
  returnedBeforeMinor: row.returnedBeforeMinor,
  use: row.use,
});

/** Refunds of a payment that are under way. */
const selectPending = (db: Queries, id: PaymentId) =>
  db
    .selectFrom("refunds")
    .select(["requestId", "reference", "upToMinor"])
    .where("paymentId", "=", id as string)
    .where("state", "in", ["asked", "approved"]);
