import { allowanceAfter } from "../../domain/access/allowance.ts";
import {
  enter,
  leftMs,
  replay,
  type TimeAccount,
  type TimeEntry,
  type TimeGiven,
} from "../../domain/access/time-lots.ts";
import { type Money, money } from "../../domain/money.ts";
import { grantCause, type PaymentOrder } from "../../domain/payments/payment.ts";
import type { Plan } from "../../domain/payments/plan.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { insertRows } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";

/** A subscription whose row the current transaction has locked. */
export interface LockedSubscription {
  readonly id: string;
  readonly plan: string;
  readonly planVersion: number | null;
  readonly deviceLimit: number;
  readonly trafficLimitBytes: number | null;
  readonly trafficBaseBytes: number;
  readonly movedBytes: number;
}

/** The result of booking time: the account after the entries, and which of them are new. */
export interface TimeBooked {
  readonly account: TimeAccount;
  readonly added: readonly TimeEntry[];
  /** How much access was added; negative: taken. */
  readonly changedMs: number;
}

/** A subscription's time, in the order in which it was booked. */
export async function loadTime(db: Queries, subscriptionId: string): Promise<TimeEntry[]> {
  return (await selectTime(db, subscriptionId).execute()).map(entryOf);
}

/** The query of `timeEntries`, to be read together with others. */
export const selectTime = (db: Queries, subscriptionId: string) =>
  db
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
    .orderBy("seq");

/** A row of time lots; amounts are in minor units, and null where the row's kind has none. */
export interface TimeRow {
  readonly cause: string;
  readonly kind: TimeEntry["kind"];
  readonly lot: string;
  readonly ms: number;
  readonly priceMinor: number | null;
  readonly currency: Money["currency"] | null;
  readonly terms: TimeGiven["terms"] | null;
  readonly returnedMinor: number | null;
  readonly at: Date | string;
}

/** A row as the domain's entry. */
export function entryOf(row: TimeRow): TimeEntry {
  const { cause, kind, lot, ms, priceMinor, currency, terms, returnedMinor } = row;
  const at = instant(row.at);
  if (kind === "refund") return { kind, cause, lot, returnedMinor: returnedMinor ?? 0, at };
  const given: TimeGiven = { kind, cause, ms, at };
  if (priceMinor === null || currency === null || !terms) return given;
  return { ...given, price: money(priceMinor, currency), terms };
}

/**
 * Books time, each cause once, and its effects: when access ends, which plan applies, what traffic
 * is left. `plan` is the plan that new time brings; undefined: the subscription's plan stays.
 */
export async function bookTime(
  db: Queries,
  subscription: LockedSubscription,
  entries: readonly TimeEntry[],
  plan?: Plan,
): Promise<TimeBooked> {
  const known = await loadTime(db, subscription.id);
  const { booked, writes } = enterTime(subscription, { known, entries, plan });
  await writeTogether(db, writes);
  return booked;
}

/** The entries to add to a subscription's time, and the plan that they switch it to. */
export interface NewTime {
  /** Everything booked before. */
  readonly known: readonly TimeEntry[];
  readonly entries: readonly TimeEntry[];
  readonly plan: Plan | undefined;
}

/** Like `bookTime`, but returns the writes for a larger statement. */
export function enterTime(
  subscription: LockedSubscription,
  { known, entries, plan }: NewTime,
): { readonly booked: TimeBooked; readonly writes: readonly Write[] } {
  const causes = new Set(known.map(({ cause }) => cause));
  const added = entries.filter(({ cause }) => !causes.has(cause));
  let account = replay(known);
  if (added.length === 0) return { booked: { account, added, changedMs: 0 }, writes: [] };
  const rows: ReturnType<typeof rowOf>[] = [];
  let changedMs = 0;
  for (const entry of added) {
    const before = leftNow(account, entry.at);
    account = enter(account, entry);
    changedMs += leftMs(account) - before;
    rows.push(rowOf(subscription.id, entry, account));
  }
  const changes = {
    paidUntil: dateOf(account.paidUntil),
    ...followingChanges(subscription, added, plan),
    ...(added.some(({ kind }) => kind !== "refund") ? { number: numberInOrder } : {}),
  };
  const writes: Write[] = [
    { query: (db) => insertRows(db, "time_lots", rows) },
    {
      query: (db) => db.updateTable("subscriptions").set(changes).where("id", "=", subscription.id),
    },
  ];
  return { booked: { account, added, changedMs }, writes };
}

/**
 * With its first time a subscription gets the next number among those of its customer, whom the
 * caller has locked. A query in an assignment has no builder.
 */
const numberInOrder = sql<number>`coalesce(number, (
  select coalesce(max(o.number), 0) + 1 from subscriptions o
   where o.customer_id = subscriptions.customer_id))`;

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
    const { lot, returnedMinor } = entry;
    return { ...row, lot, ms: 0, priceMinor: null, currency: null, terms: null, returnedMinor };
  }
  const { ms, price, terms = null } = entry;
  const paid = { priceMinor: price?.minor ?? null, currency: price?.currency ?? null };
  return { ...row, lot: cause, ms: Math.round(ms), ...paid, terms, returnedMinor: null };
}

/** Given time brings its plan and the plan's traffic. */
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

/** The entry for the level to which a payment's price is returned, or about to be. */
export function returnOf(
  known: readonly TimeEntry[],
  { id }: Pick<PaymentOrder, "id">,
  returnedMinor: number,
  at: Instant,
): TimeEntry {
  const lot = grantCause(id);
  const before = known.filter((entry) => entry.kind === "refund" && entry.lot === lot).length;
  return { kind: "refund", cause: `return/${id}/${before + 1}`, lot, returnedMinor, at };
}
