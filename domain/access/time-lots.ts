import type { Currency, Money } from "../money.ts";
import { conversionFactor, type Plan, type PlanTerms } from "../payments/plan.ts";
import { addMs, type Instant, msBetween } from "../time.ts";

/**
 * Causes of an entry of time; `import` is what somebody had elsewhere when they were taken over,
 * `maintenance` what a host in maintenance has cost them, `refund` takes time away, the others give
 * it.
 */
export const lotKinds = ["trial", "admin", "import", "maintenance", "payment", "refund"] as const;
/** One of `lotKinds`. */
export type LotKind = (typeof lotKinds)[number];

/**
 * What was bought, with the plan's prices of that day,
 * which convert the rest when the plan changes.
 */
export type LotTerms = PlanTerms & Pick<Plan, "prices">;

/** Time from one cause; the same cause counts once. */
export interface TimeGiven {
  readonly kind: Exclude<LotKind, "refund">;
  readonly cause: string;
  readonly ms: number;
  /** What the time costs. Undefined for free time, which a change of plan does not convert. */
  readonly price?: Money;
  readonly terms?: LotTerms;
  readonly at: Instant;
}

/**
 * How much of a lot's price is returned, or about to be, in total: a level, so that a repeat changes
 * nothing. Time that was free has no price: 1 takes what is left of it, and 0 gives that back.
 */
export interface TimeReturned {
  readonly kind: "refund";
  readonly cause: string;
  /** The cause of the lot that shrinks or grows again. */
  readonly lot: string;
  readonly returnedMinor: number;
  readonly at: Instant;
}

/** One booked change of a subscription's time. */
export type TimeEntry = TimeGiven | TimeReturned;

interface Lot {
  readonly cause: string;
  readonly ms: number;
  readonly price: Money | undefined;
  /** The plan in which its time is counted now. */
  readonly terms: LotTerms | undefined;
  /** Milliseconds of access per millisecond of the lot: differs from 1 after a change of plan. */
  readonly factor: number;
  /** In its own milliseconds. */
  readonly usedMs: number;
  readonly returnedMinor: number;
}

/** All time of a subscription at a moment. Lots are used up one after the other, oldest first. */
export interface TimeAccount {
  readonly at: Instant | undefined;
  readonly lots: readonly Lot[];
  /** When its time ends, or ended; undefined until time is given. */
  readonly paidUntil: Instant | undefined;
}

/** The account of a subscription that was never given any time. */
export const noTime: TimeAccount = { at: undefined, lots: [], paidUntil: undefined };

/**
 * The rest of a lot in milliseconds of access. A return takes from the end of the lot:
 * used time stays used.
 */
function leftOf({ ms, price, returnedMinor, usedMs, factor }: Lot): number {
  const kept = price === undefined ? keptOfFree(returnedMinor) : keptOf(price, returnedMinor);
  return Math.max(0, ms * Math.max(0, kept) - usedMs) * factor;
}

/** Free time is taken back as a whole, at any level above zero. */
const keptOfFree = (returnedMinor: number): number => (returnedMinor > 0 ? 0 : 1);

const keptOf = ({ minor }: Money, returnedMinor: number): number =>
  minor === 0 ? 1 : 1 - returnedMinor / minor;

/** The rest of all lots in milliseconds of access. */
export const leftMs = ({ lots }: TimeAccount): number =>
  lots.reduce((sum, lot) => sum + leftOf(lot), 0);

/** Whether time that was paid for is left at this moment, running or behind other time. */
export function hasPaidTime(entries: readonly TimeEntry[], now: Instant): boolean {
  const { lots } = passTo(replay(entries), now);
  return lots.some((lot) => lot.price !== undefined && leftOf(lot) > 0);
}

/** The account with one more entry. Entries come in the order in which they were booked. */
export function enter(account: TimeAccount, entry: TimeEntry): TimeAccount {
  const before = passTo(account, entry.at);
  const lots = entry.kind === "refund" ? takeBack(before.lots, entry) : addLot(before.lots, entry);
  return settle({ ...before, lots });
}

/** The account after all entries, in the order in which they were booked. */
export const replay = (entries: readonly TimeEntry[]): TimeAccount => entries.reduce(enter, noTime);

/** Uses up the time that has passed. A clock that was set back does not use time twice. */
function passTo(account: TimeAccount, now: Instant): TimeAccount & { readonly at: Instant } {
  let passedMs = account.at === undefined ? 0 : Math.max(0, msBetween(account.at, now));
  const at = passedMs > 0 || account.at === undefined ? now : account.at;
  const lots = account.lots.map((lot) => {
    const usesMs = Math.min(passedMs, leftOf(lot));
    passedMs -= usesMs;
    return usesMs === 0 ? lot : { ...lot, usedMs: lot.usedMs + usesMs / lot.factor };
  });
  return { ...account, at, lots };
}

function addLot(lots: readonly Lot[], entry: TimeGiven): readonly Lot[] {
  const { cause, ms, price, terms } = entry;
  const lot: Lot = { cause, ms, price, terms, factor: 1, usedMs: 0, returnedMinor: 0 };
  if (terms === undefined || price === undefined) return [...lots, lot];
  return [...lots.map((one) => convert(one, terms, price.currency)), lot];
}

/**
 * Bought time becomes as much of the other plan as costs the same in the currency it was paid in.
 * Changing there and back thus restores it, whatever currencies the purchases in between are paid
 * in. Free time keeps its length, and so does time of a plan without a comparable price: it counts
 * in its own plan until that has one.
 */
function convert(lot: Lot, to: LotTerms, currency: Currency): Lot {
  if (lot.price === undefined || lot.terms === undefined) return lot;
  const factor = conversionFactor(lot.terms, to, [lot.price.currency, currency]);
  return factor === undefined ? lot : { ...lot, terms: to, factor: lot.factor * factor };
}

const takeBack = (lots: readonly Lot[], { lot, returnedMinor }: TimeReturned): readonly Lot[] =>
  lots.map((one) => (one.cause === lot ? { ...one, returnedMinor } : one));

/** An end that has passed is kept until there is new time. */
function settle(account: TimeAccount & { readonly at: Instant }): TimeAccount {
  const { at, paidUntil } = account;
  const left = Math.round(leftMs(account));
  if (left > 0) return { ...account, paidUntil: addMs(at, left) };
  const hasEnded = paidUntil !== undefined && msBetween(paidUntil, at) >= 0;
  return { ...account, paidUntil: hasEnded ? paidUntil : at };
}
