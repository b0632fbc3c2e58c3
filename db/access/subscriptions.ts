import { deviceLimitAt } from "../../domain/access/device-rights.ts";
import {
  type SubscriptionRef,
  type SubscriptionState,
  trialPlan,
} from "../../domain/access/subscription.ts";
import { subscriptionIdOf } from "../../domain/derived-ids.ts";
import {
  customerId,
  type SubscriptionId,
  subscriptionId,
  type TelegramId,
  telegramId,
} from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { listNewestPlans } from "../payments/plans.ts";
import { lockCustomer } from "../people/customers.ts";
import { stateAt } from "../queries/access/access-rights.ts";
import { allowanceColumns } from "./allowances.ts";
import { listExtraDevices } from "./device-rights.ts";
import type { LockedSubscription } from "./time-lots.ts";

/** A customer's first subscription, found or just created. */
export interface OpenedSubscription {
  readonly ref: SubscriptionRef;
  readonly isNew: boolean;
  /** The question whose answer, now undone, had opened it before; undefined: none had. */
  readonly restoredAfter: string | undefined;
  readonly locked: LockedSubscription;
}

/**
 * The customer's first subscription, created by the first call, which also makes the customer active.
 * `trialDevices`: how many devices it begins with; undefined: as many as the newcomers' plan has.
 * Undefined: the customer is blocked.
 * @throws Error when the customer does not exist.
 */
export async function openSubscription(
  db: Queries,
  of: TelegramId,
  trialDevices?: number,
): Promise<OpenedSubscription | undefined> {
  const customer = await lockCustomer(db, of);
  if (customer === undefined) throw new Error(`customer ${of} is not in the database`);
  if (customer.status === "blocked") return undefined;
  if (customer.status !== "active") {
    const active = { status: "active", rejectedAt: null } as const;
    await db.updateTable("customers").set(active).where("id", "=", customer.id).execute();
  }
  const id = subscriptionIdOf(customerId(customer.id));
  const trial = (await listNewestPlans(db)).find(({ plan, isRetired }) => plan.trial && !isRetired);
  const { code, deviceLimit } = trial?.plan ?? trialPlan;
  const made = await db
    .insertInto("subscriptions")
    .values({
      id: id as string,
      customerId: customer.id,
      number: 1,
      plan: code as string,
      planVersion: trial?.plan.version ?? null,
      deviceLimit: trialDevices ?? deviceLimit,
    })
    .onConflict((row) => row.column("id").doNothing())
    .executeTakeFirst();
  const locked = await lockSubscription(db, id);
  if (locked === undefined) throw new Error(`the first subscription of customer ${of} is gone`);
  const ref = { id, customerId: customerId(customer.id), telegramId: of };
  const restoredAfter = customer.status === "active" ? undefined : await restore(db, ref);
  return { ref, isNew: made.numInsertedOrUpdatedRows === 1n, locked, restoredAfter };
}

/** Lets a subscription count again that was revoked because its approval was undone. */
async function restore(db: Queries, { id, customerId: of }: SubscriptionRef) {
  const row = await db
    .selectFrom("approvals")
    .select("ask")
    .where("customerId", "=", of as string)
    .where("kind", "=", "signup")
    .where("undoneAt", "is not", null)
    .orderBy("undoneAt", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await restoreSubscription(db, id);
  return row.ask;
}

/** Lets a subscription count again that was revoked; nothing changes for another. */
export async function restoreSubscription(db: Queries, id: SubscriptionId): Promise<void> {
  await db
    .updateTable("subscriptions")
    .set({ revokedAt: null })
    .where("id", "=", id as string)
    .where("revokedAt", "is not", null)
    .execute();
}

/** Locks a subscription until the transaction ends. Lock its customer before it. */
export function lockSubscription(
  db: Queries,
  id: SubscriptionId,
): Promise<LockedSubscription | undefined> {
  return db
    .selectFrom("subscriptions")
    .select(["id", "plan", "planVersion", "deviceLimit"])
    .select(allowanceColumns)
    .where("id", "=", id as string)
    .forUpdate()
    .executeTakeFirst();
}

/** The subscription with its owner's ids; undefined: it does not exist. */
export async function findSubscription(
  db: Queries,
  id: SubscriptionId,
): Promise<SubscriptionRef | undefined> {
  const row = await db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["c.id", "c.telegramId"])
    .where("s.id", "=", id as string)
    .executeTakeFirst();
  return row && { id, customerId: customerId(row.id), telegramId: telegramId(row.telegramId) };
}

/**
 * Every subscription that is not revoked, with its state; each of them has a calendar. One that was
 * ordered and never paid has none.
 */
export async function listSubscriptions(
  db: Queries,
  now: Instant,
): Promise<(SubscriptionRef & { readonly state: SubscriptionState })[]> {
  const rows = await db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["s.id", "s.customerId", "c.telegramId"])
    .select(stateAt(now).as("state"))
    .where("s.revokedAt", "is", null)
    .where("s.number", "is not", null)
    .execute();
  return rows.map((row) => ({
    id: subscriptionId(row.id),
    customerId: customerId(row.customerId),
    telegramId: telegramId(row.telegramId),
    state: row.state,
  }));
}

/** Whether a subscription was revoked; false also when it does not exist. */
export async function isRevoked(db: Queries, id: SubscriptionId): Promise<boolean> {
  const row = await db
    .selectFrom("subscriptions")
    .select("id")
    .where("id", "=", id as string)
    .where("revokedAt", "is not", null)
    .executeTakeFirst();
  return row !== undefined;
}

/** How many devices a subscription may use at a moment. */
export async function findDeviceLimit(
  db: Queries,
  id: SubscriptionId,
  now: Instant,
): Promise<number> {
  const { deviceLimit } = await db
    .selectFrom("subscriptions")
    .select("deviceLimit")
    .where("id", "=", id as string)
    .executeTakeFirstOrThrow();
  return deviceLimitAt(deviceLimit, await listExtraDevices(db, id), now);
}

/** Of a subscription and its customer, what says why there is no access. */
export interface AccessNow {
  readonly state: SubscriptionState;
  /** The customer's request is open: also again, after its approval was undone. */
  readonly isWaiting: boolean;
  readonly paidUntil: Instant | undefined;
  /** When the plan's traffic begins anew; undefined: with a purchase. */
  readonly periodEndsAt: Instant | undefined;
}

/** Undefined where there is no such subscription. */
export async function findAccessNow(
  db: Queries,
  id: SubscriptionId,
  now: Instant,
): Promise<AccessNow | undefined> {
  const row = await db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select(["c.status", "s.paidUntil", "s.trafficPeriodEndsAt"])
    .select(stateAt(now).as("state"))
    .where("s.id", "=", id as string)
    .executeTakeFirst();
  return (
    row && {
      state: row.state,
      isWaiting: row.status === "pending",
      paidUntil: row.paidUntil ? instant(row.paidUntil) : undefined,
      periodEndsAt: row.trafficPeriodEndsAt ? instant(row.trafficPeriodEndsAt) : undefined,
    }
  );
}
