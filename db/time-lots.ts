import { allowanceAfter } from "../domain/allowance.ts";
import { type Money, money } from "../domain/money.ts";
import { grantCause, type PaymentOrder } from "../domain/payment.ts";
import type { Plan } from "../domain/plan.ts";
import { type Instant, instant } from "../domain/time.ts";
import {
  enter,
  leftMs,
  replay,
  type TimeAccount,
  type TimeEntry,
  type TimeGiven,
} from "../domain/time-lots.ts";
import type { Queries } from "./orm.ts";

/** A subscription whose row this transaction has locked. */
export interface LockedSubscription {
  readonly id: string;
  readonly plan: string;
  readonly planVersion: number | null;
  readonly deviceLimit: number;
  readonly trafficLimitBytes: number | null;
  readonly trafficBaseBytes: number;
  readonly movedBytes: number;
}

/** What became of the time: the account after the entries, and which of them are new. */
export interface TimeBooked {
  readonly account: TimeAccount;
  readonly added: readonly TimeEntry[];
  /** How much more access there is than before; negative where time was taken. */
  readonly changedMs: number;
}

/** A subscription's time, in the order in which it was booked. */
export async function timeEntries(db: Queries, subscriptionId: string): Promise<TimeEntry[]> {
  const rows = await db
    .selectFrom("time_lots")
    .select([
      "cause",
      "kind",
      "lot",
      "ms",
      "priceMinor",
      "currency",
      "terms",
      "returnedMinor",
      "at",
    ])
    .where("subscriptionId", "=", subscriptionId)
    .orderBy("seq")
    .execute();
  return rows.map(entryOf);
}

export interface TimeRow {
  readonly cause: string;
  readonly kind: TimeEntry["kind"];
  readonly lot: string;
  readonly ms: number;
  readonly priceMinor: number | null;
  readonly currency: Money["currency"] | null;
  readonly terms: TimeGiven["terms"] | null;
  readonly returnedMinor: number | null;
  readonly at: Date;
}

export function entryOf(row: TimeRow): TimeEntry {
  const { cause, kind, lot, ms, priceMinor, currency, terms, returnedMinor } = row;
  const at = instant(row.at);
  if (kind === "refund") return { kind, cause, lot, returnedMinor: returnedMinor ?? 0, at };
  const given: TimeGiven = { kind, cause, ms, at };
  if (priceMinor === null || currency === null || !terms) return given;
  return { ...given, price: money(priceMinor, currency), terms };
}

/**
 * Books time, each cause once, and what follows of it: until when access runs, which plan holds, what traffic
 * there is. `plan` is the plan that new time brings with it; undefined: the one that the subscription has.
 */
export async function bookTime(
  db: Queries,
  subscription: LockedSubscription,
  entries: readonly TimeEntry[],
  plan?: Plan,
): Promise<TimeBooked> {
  const known = await timeEntries(db, subscription.id);
  const causes = new Set(known.map(({ cause }) => cause));
  const added = entries.filter(({ cause }) => !causes.has(cause));
  let account = replay(known);
  if (added.length === 0) return { account, added, changedMs: 0 };
  const rows = [];
  let changedMs = 0;
  for (const entry of added) {
    const before = leftNow(account, entry.at);
    account = enter(account, entry);
    changedMs += leftMs(account) - before;
    rows.push(rowOf(subscription.id, entry, account));
  }
  await db.insertInto("time_lots").values(rows).execute();
  await db
    .updateTable("subscriptions")
    .set({
      paidUntil: dateOf(account.paidUntil),
      ...followingChanges(subscription, added, plan),
    })
    .where("id", "=", subscription.id)
    .execute();
  return { account, added, changedMs };
}

function leftNow(account: TimeAccount, now: Instant): number {
  return account.paidUntil === undefined
    ? 0
    : Math.max(0, Date.parse(account.paidUntil) - Date.parse(now));
}

const dateOf = (moment: Instant | undefined): Date | null =>
  moment === undefined ? null : new Date(moment);

function rowOf(subscriptionId: string, entry: TimeEntry, { paidUntil }: TimeAccount) {
  const { cause, kind, at } = entry;
  const moments = { at: new Date(at), paidUntil: new Date(paidUntil ?? at) };
  const row = { subscriptionId, cause, kind, ...moments };
  if (entry.kind === "refund") {
    return { ...row, lot: entry.lot, ms: 0, returnedMinor: entry.returnedMinor };
  }
  const { ms, price, terms } = entry;
  const paid = { priceMinor: price?.minor ?? null, currency: price?.currency ?? null };
  return { ...row, lot: cause, ms: Math.round(ms), ...paid, terms: terms ?? null };
}

/** Time that was given brings its plan, and its plan's traffic. */
function followingChanges(
  subscription: LockedSubscription,
  added: readonly TimeEntry[],
  plan: Plan | undefined,
) {
  const given = added.filter((entry) => entry.kind !== "refund");
  const last = given.at(-1);
  if (last === undefined) return {};
  const { trafficLimitBytes, trafficBaseBytes, movedBytes } = subscription;
  const allowance = { limitBytes: trafficLimitBytes ?? undefined, baseBytes: trafficBaseBytes };
  const { limitBytes, baseBytes } = allowanceAfter(allowance, plan?.trafficLimitBytes, movedBytes);
  const bought = given.findLast(({ terms }) => terms !== undefined)?.terms;
  return {
    timeGivenAt: new Date(last.at),
    trafficLimitBytes: limitBytes ?? null,
    trafficBaseBytes: baseBytes,
    ...(bought === undefined
      ? {}
      : {
          plan: bought.code as string,
          planVersion: bought.version,
          deviceLimit: bought.deviceLimit,
        }),
  };
}

/** The entry that says how much of a payment's price is back, or on its way back, in all. */
export async function returnOf(
  db: Queries,
  { id }: Pick<PaymentOrder, "id">,
  returnedMinor: number,
  at: Instant,
): Promise<TimeEntry> {
  const lot = grantCause(id);
  const { count } = await db
    .selectFrom("time_lots")
    .select((row) => row.fn.countAll<string>().as("count"))
    .where("lot", "=", lot)
    .where("kind", "=", "refund")
    .executeTakeFirstOrThrow();
  return { kind: "refund", cause: `return/${id}/${Number(count) + 1}`, lot, returnedMinor, at };
}
