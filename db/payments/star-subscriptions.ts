import type { Effect } from "../../domain/payments/effect.ts";
import { termsOf } from "../../domain/payments/payment.ts";
import {
  type GatewayReport,
  type PaymentId,
  type PaymentOrder,
  starsGateway,
} from "../../domain/payments/payment.ts";
import { addMs, type Instant, instant } from "../../domain/time.ts";
import type { SubscriptionId } from "../../domain/ids.ts";
import type { Queries } from "../orm.ts";
import { type StarChange, starPeriodMs, type StarState } from "../../domain/payments/renewal.ts";
import { storeConsent } from "./consents.ts";

/** A charge of a subscription in Stars, and what was decided about it. */
export interface StarCharge {
  /** The order with which the subscription began. */
  readonly begun: PaymentOrder;
  readonly report: GatewayReport;
  readonly effects: readonly Effect[];
  readonly now: Instant;
}

/**
 * Records what a charge that has bought time means for its subscription in Stars: the first one
 * begins it, and each lasts for a period. It is the only one that renews from then on.
 */
export async function followCharge(db: Queries, charge: StarCharge): Promise<void> {
  const { begun, report, effects, now } = charge;
  if (report.kind !== "paid" || !effects.some(({ kind }) => kind === "granted")) return;
  const known = await db
    .selectFrom("star_subscriptions")
    .select(["since", "until"])
    .where("orderId", "=", begun.id as string)
    .executeTakeFirst();
  const since = new Date(report.at);
  const until = new Date(addMs(report.at, starPeriodMs));
  if (known !== undefined) {
    // Telegram knows it by its first charge, which may be reported after a later one.
    const first = since < known.since ? { since, reference: report.reference } : {};
    const last = until > known.until ? { until, state: "active" as const } : {};
    if (Object.keys({ ...first, ...last }).length === 0) return;
    await db
      .updateTable("star_subscriptions")
      .set({ ...first, ...last })
      .where("orderId", "=", begun.id as string)
      .execute();
    return;
  }
  await stopStars(db, begun.subscriptionId);
  await db
    .insertInto("star_subscriptions")
    .values({
      orderId: begun.id as string,
      subscriptionId: begun.subscriptionId as string,
      reference: report.reference,
      since,
      until,
      state: "active",
    })
    .execute();
  await storeConsent(db, begun.subscriptionId, {
    kind: "stars",
    isOn: true,
    plan: termsOf(begun).code,
    priceMinor: begun.price.minor,
    currency: begun.price.currency,
    deviceLimit: termsOf(begun).deviceLimit,
    agreedAt: new Date(now),
  });
}

/** All subscriptions in Stars shall end: their customer's calendar makes Telegram follow. */
export async function stopStars(db: Queries, of: SubscriptionId): Promise<void> {
  const stopped = await db
    .updateTable("star_subscriptions")
    .set({ isUnwanted: true })
    .where("subscriptionId", "=", of as string)
    .where("isUnwanted", "=", false)
    .executeTakeFirst();
  if (stopped.numUpdatedRows === 0n) return;
  await db
    .updateTable("renewals")
    .set({ isOn: false })
    .where("subscriptionId", "=", of as string)
    .where("kind", "=", "stars")
    .execute();
}

/** Whether an order begins a subscription in Stars, whose later charges are payments of their own. */
export const beginsStars = ({ recurs, gateway }: Pick<PaymentOrder, "recurs" | "gateway">) =>
  recurs === "begins" && gateway === starsGateway;

/** Whether an order is a charge of a subscription in Stars. */
export const isOfStars = ({ recurs, gateway }: Pick<PaymentOrder, "recurs" | "gateway">) =>
  recurs !== undefined && gateway === starsGateway;

/** The next of a customer's subscriptions in Stars that is not at Telegram what it shall be. */
export async function findStarChange(
  db: Queries,
  of: SubscriptionId,
): Promise<StarChange | undefined> {
  const row = await db
    .selectFrom("star_subscriptions")
    .select(["orderId", "reference", "isUnwanted"])
    .where("subscriptionId", "=", of as string)
    .whereRef("isUnwanted", "<>", "isCanceled")
    .orderBy("since")
    .limit(1)
    .executeTakeFirst();
  return (
    row && {
      orderId: row.orderId as PaymentId,
      reference: row.reference,
      isCanceled: row.isUnwanted,
    }
  );
}

/** Records that Telegram was told. */
export async function recordStarChange(
  db: Queries,
  { orderId, isCanceled }: StarChange,
): Promise<void> {
  await db
    .updateTable("star_subscriptions")
    .set({ isCanceled })
    .where("orderId", "=", orderId as string)
    .execute();
}

/** What Telegram reports of a subscription in Stars. */
export interface StarReport {
  readonly order: PaymentId;
  readonly state: StarState;
  readonly at: Instant;
}

/**
 * Records what Telegram reports. A later report outweighs an earlier one, in whichever order
 * they are booked.
 * @returns whether it was news.
 */
export async function recordStarState(
  db: Queries,
  of: SubscriptionId,
  { order, state, at }: StarReport,
): Promise<boolean> {
  const changed = await db
    .updateTable("star_subscriptions")
    .set({ state, reportedAt: new Date(at) })
    .where("orderId", "=", order as string)
    .where("subscriptionId", "=", of as string)
    .where((row) => row.or([row("reportedAt", "is", null), row("reportedAt", "<", new Date(at))]))
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return false;
  await db
    .updateTable("renewals")
    .set({ isOn: state !== "canceled" })
    .where("subscriptionId", "=", of as string)
    .where("kind", "=", "stars")
    .execute();
  return true;
}

/** A cancelled subscription that is still paid may be taken up again; returns until when. */
export async function allowStars(
  db: Queries,
  of: SubscriptionId,
  now: Instant,
): Promise<Instant | undefined> {
  const row = await db
    .selectFrom("star_subscriptions")
    .select(["orderId", "until"])
    .where("subscriptionId", "=", of as string)
    .where("until", ">", new Date(now))
    .orderBy("since", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await db
    .updateTable("star_subscriptions")
    .set({ isUnwanted: false })
    .where("orderId", "=", row.orderId)
    .execute();
  return instant(row.until);
}
