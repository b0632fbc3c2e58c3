import type { Updateable } from "kysely";
import { allowanceAfter } from "../../domain/access/allowance.ts";
import { graceAfter } from "../../domain/access/grace.ts";
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
import { dayMs, type Instant, instant } from "../../domain/time.ts";
import type { Queries, Schema } from "../orm.ts";
import { sql } from "../prepared.ts";
import { insertRows } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";
import { allowanceOf, type AllowanceRow, columnsOf, loadZone, packUseWrite } from "./allowances.ts";

/** A subscription whose row the current transaction has locked. */
export interface LockedSubscription extends AllowanceRow {
  readonly id: string;
  readonly plan: string;
  readonly planVersion: number | null;
  readonly deviceLimit: number;
}

/** The result of booking time: the account after the entries, and which of them are new. */
export interface TimeBooked {
  readonly account: TimeAccount;
  readonly added: readonly TimeEntry[];
  /** How much access was added; negative: taken. */
  readonly changedMs: number;
  /** When the traffic begins anew, where that has changed. */
  readonly periodEndsAt?: Instant | undefined;
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
  const zone = await zoneOf(db, plan);
  const { booked, writes } = enterTime(subscription, { known, entries, plan, zone });
  await writeTogether(db, writes);
  return booked;
}

/** The zone in which a plan's periods end, read only where it says anything. */
export const zoneOf = async (db: Queries, plan: Plan | undefined): Promise<string> =>
  plan?.limitPeriod === "calendar" ? loadZone(db) : "UTC";

/** The entries to add to a subscription's time, and the plan that they switch it to. */
export interface NewTime {
  /** Everything booked before. */
  readonly known: readonly TimeEntry[];
  readonly entries: readonly TimeEntry[];
  readonly plan: Plan | undefined;
  /** The zone in which months begin: `zoneOf` the plan. */
  readonly zone: string;
}

/** Like `bookTime`, but returns the writes for a larger statement. */
export function enterTime(
  subscription: LockedSubscription,
  { known, entries, plan, zone }: NewTime,
): { readonly booked: TimeBooked; readonly writes: readonly Write[] } {
  const causes = new Set(known.map(({ cause }) => cause));
  const added = entries.filter(({ cause }) => !causes.has(cause));
  const before = replay(known);
  let account = before;
  if (added.length === 0) return { booked: { account, added, changedMs: 0 }, writes: [] };
  const rows: ReturnType<typeof rowOf>[] = [];
  let changedMs = 0;
  for (const entry of added) {
    const had = leftNow(account, entry.at);
    account = enter(account, entry);
    changedMs += leftMs(account) - had;
    rows.push(rowOf(subscription.id, entry, account));
  }
  const following = followingChanges(subscription, { added, before, plan, zone });
  const changes = {
    paidUntil: dateOf(account.paidUntil),
    ...following.changes,
    ...(added.some(({ kind }) => kind !== "refund") ? { number: numberInOrder } : {}),
    graceMs: graceMsAfter({ added, plan }, account),
  };
  const writes: Write[] = [
    { query: (db) => insertRows(db, "time_lots", rows) },
    {
      query: (db) => db.updateTable("subscriptions").set(changes).where("id", "=", subscription.id),
    },
    ...following.writes,
  ];
  const { periodEndsAt } = following;
  return { booked: { account, added, changedMs, periodEndsAt }, writes };
}

/**
 * With its first time a subscription gets the next number among those of its customer, whom the
 * caller has locked. A query in an assignment has no builder.
 */
const numberInOrder = sql<number>`coalesce(number, (
  select coalesce(max(o.number), 0) + 1 from subscriptions o
   where o.customer_id = subscriptions.customer_id))`;

function graceMsAfter(
  { added, plan }: Pick<GivenTime, "added" | "plan">,
  account: TimeAccount,
): number | typeof graceOfPlan {
  const isBought = added.some((entry) => entry.kind !== "refund" && entry.terms !== undefined);
  const bought = isBought ? (plan ?? {}) : undefined;
  const grace = graceAfter({ leftMs: leftNow(account, added.at(-1)!.at), bought });
  return grace === "ofPlan" ? graceOfPlan : grace;
}

/** The grace of the plan that a subscription has, in milliseconds. A query in an assignment has no builder. */
const graceOfPlan = sql<number>`coalesce((
  select p.grace_days * ${dayMs}::bigint from plans p
   where p.code = subscriptions.plan and p.version = subscriptions.plan_version), 0)`;

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

/** Time that is given, what there was before, and the plan that it brings. */
interface GivenTime extends Pick<NewTime, "plan" | "zone"> {
  readonly added: readonly TimeEntry[];
  readonly before: TimeAccount;
}

/** What time that is given changes of its subscription. */
interface Following {
  readonly changes: Updateable<Schema["subscriptions"]>;
  readonly writes: readonly Write[];
  readonly periodEndsAt?: Instant | undefined;
}

/** Given time brings its plan and the plan's traffic. */
function followingChanges(
  subscription: LockedSubscription,
  { added, before, plan, zone }: GivenTime,
): Following {
  const given = added.filter((entry) => entry.kind !== "refund");
  const last = given.at(-1);
  if (last === undefined) return { changes: {}, writes: [] };
  // What is given back was bought before, with its traffic.
  if (given.every(({ kind }) => kind === "maintenance")) {
    return { changes: { timeGivenAt: new Date(last.at) }, writes: [] };
  }
  const { id, movedBytes } = subscription;
  const had = allowanceOf(subscription);
  const hasTime = leftNow(before, last.at) > 0;
  const after = allowanceAfter(had, plan ?? {}, movedBytes, { now: last.at, zone, hasTime });
  const bought = given.findLast(({ terms }) => terms !== undefined)?.terms;
  const changes = {
    timeGivenAt: new Date(last.at),
    ...columnsOf(after),
    ...(bought === undefined
      ? {}
      : {
          plan: bought.code as string,
          planVersion: bought.version,
          deviceLimit: bought.deviceLimit,
        }),
  };
  const used = had.packBytes - after.packBytes;
  const ends = after.period?.endsAt;
  return {
    changes,
    writes: used > 0 ? [packUseWrite(id, used)] : [],
    ...(ends === had.period?.endsAt ? {} : { periodEndsAt: ends }),
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
