import type { Charge, PendingRefund } from "../domain/charge.ts";
import type { PaymentFacts } from "../domain/decision.ts";
import { money } from "../domain/money.ts";
import type { GatewayEvent, PaymentId, PaymentOrder, PaymentState } from "../domain/payment.ts";
import { type Instant, instant } from "../domain/time.ts";
import { balancesOf, reservesOf } from "./ledger.ts";
import type { Queries } from "./orm.ts";
import { orderColumns, orderOf } from "./payments.ts";
import type { LockedSubscription } from "./time-lots.ts";

/** A payment whose customer, subscription and own row this transaction has locked. */
export interface LockedPayment {
  readonly order: PaymentOrder;
  readonly state: PaymentState;
  readonly invoiceReference: string | undefined;
  readonly mayGrant: PaymentFacts["mayGrant"];
  readonly subscription: LockedSubscription;
  /** Until when access ran before this transaction. */
  readonly paidUntil: Instant | undefined;
  /** Whether the subscription ever had a device. */
  readonly hasDevice: boolean;
}

/**
 * Locks customer, subscription and payment, in this order, as everybody does who writes to them. What else is
 * known is read after it, by other statements, so that it is as new as the locks. Undefined: no such payment.
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
      "s.revokedAt",
      "s.paidUntil",
      "s.plan as hasPlan",
      "s.planVersion as hasPlanVersion",
      "s.deviceLimit as hasDeviceLimit",
      "s.trafficLimitBytes",
      "s.trafficBaseBytes",
      "s.movedBytes",
    ])
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
    hasDevice: Boolean(row.hasDevice),
  };
}

export interface KnownFacts {
  readonly facts: PaymentFacts;
  /** Which of the events' charges another payment has, or nobody's money is. */
  readonly taken: ReadonlySet<string>;
}

/** What the books know of a payment, read under its locks. */
export async function paymentFacts(
  db: Queries,
  { order, state, invoiceReference, mayGrant }: LockedPayment,
  events: readonly GatewayEvent[],
): Promise<KnownFacts> {
  const references = events.flatMap(({ report }) =>
    "reference" in report ? [report.reference] : [],
  );
  const charges = await chargesOf(db, order, references);
  const pending = charges.length === 0 ? [] : await pendingRefunds(db, order.id);
  const facts = {
    state,
    invoiceReference,
    mayGrant,
    charges: charges.filter(({ paymentId }) => paymentId === order.id).map(chargeOf),
    pending,
    balances: await balancesOf(db, order.customerId),
  };
  const elsewhere = charges.filter(({ paymentId }) => paymentId !== order.id);
  return { facts, taken: new Set(elsewhere.map(({ reference }) => reference)) };
}

/** The payment's charges, and whatever else has these references. */
async function chargesOf(
  db: Queries,
  { id, gateway }: PaymentOrder,
  references: readonly string[],
) {
  const columns = [
    "reference",
    "paidMinor",
    "currency",
    "returnedMinor",
    "priceMinor",
    "use",
    "paymentId",
  ] as const;
  const charges = db
    .selectFrom("charges")
    .select(columns)
    .where((row) => {
      const own = row("paymentId", "=", id as string);
      if (references.length === 0) return own;
      const named = row.and([
        row("gateway", "=", gateway as string),
        row("reference", "in", [...references]),
      ]);
      return row.or([own, named]);
    })
    .orderBy("recordedAt")
    .orderBy("reference");
  if (references.length === 0) return charges.execute();
  const unmatched = await db
    .selectFrom("unmatched")
    .select("reference")
    .where("gateway", "=", gateway as string)
    .where("reference", "in", [...references])
    .execute();
  const nobodys = unmatched.map(({ reference }) => ({
    reference,
    paidMinor: null,
    currency: "RUB" as const,
    returnedMinor: 0,
    priceMinor: 0,
    use: "none" as const,
    paymentId: "",
  }));
  return [...(await charges.execute()), ...nobodys];
}

type ChargeRow = Awaited<ReturnType<typeof chargesOf>>[number];

export const chargeOf = (row: Omit<ChargeRow, "paymentId">): Charge => ({
  reference: row.reference,
  paid: row.paidMinor === null ? undefined : money(row.paidMinor, row.currency),
  returnedMinor: row.returnedMinor,
  priceMinor: row.priceMinor,
  use: row.use,
});

/** Refunds of a payment that are under way, with what is still set aside for them. */
export async function pendingRefunds(db: Queries, id: PaymentId): Promise<PendingRefund[]> {
  const rows = await db
    .selectFrom("refunds")
    .select(["requestId", "reference", "upToMinor"])
    .where("paymentId", "=", id as string)
    .where("state", "in", ["asked", "approved"])
    .execute();
  if (rows.length === 0) return [];
  const reserves = await reservesOf(
    db,
    rows.map(({ requestId }) => requestId),
  );
  return rows.map((row) => ({ ...row, reservedMinor: reserves.get(row.requestId) ?? 0 }));
}
