import type { Currency, Money } from "../money.ts";
import { conversionFactor, type Plan, type PlanTerms } from "../payments/plan.ts";
import { addMs, type Instant, msBetween } from "../time.ts";

export const lotKinds = ["trial", "admin", "payment", "refund"] as const;
export type LotKind = (typeof lotKinds)[number];

/** What was bought, with the plan's prices of that day: they convert what is left when the plan changes. */
export type LotTerms = PlanTerms & Pick<Plan, "prices">;

/** Time from one cause; the same cause counts once. */
export interface TimeGiven {
  readonly kind: "trial" | "admin" | "payment";
  readonly cause: string;
  readonly ms: number;
  /** What the time costs. Undefined for free time, which no change of plan converts. */
  readonly price?: Money;
  readonly terms?: LotTerms;
  readonly at: Instant;
}

/** How much of a lot's price is back, or on its way back, in all: a level, so that a repeat changes nothing. */
export interface TimeReturned {
  readonly kind: "refund";
  readonly cause: string;
  /** The cause of the lot that shrinks or grows again. */
  readonly lot: string;
  readonly returnedMinor: number;
  readonly at: Instant;
}

export type TimeEntry = TimeGiven | TimeReturned;

interface Lot {
  readonly cause: string;
  readonly ms: number;
  readonly price: Money | undefined;
  /** The plan that its time counts in now. */
  readonly terms: LotTerms | undefined;
  /** Milliseconds of access that one of its own milliseconds is worth: other than 1 once a plan has changed. */
  readonly factor: number;
  /** In its own milliseconds. */
  readonly usedMs: number;
  readonly returnedMinor: number;
}

/** All time of a subscription as of a moment. Lots are used up one after the other, the oldest first. */
export interface TimeAccount {
  readonly at: Instant | undefined;
  readonly lots: readonly Lot[];
  /** When its time ends, or ended; undefined while none was ever given. */
  readonly paidUntil: Instant | undefined;
}

export const noTime: TimeAccount = { at: undefined, lots: [], paidUntil: undefined };

/** What of a lot is left, as access. A return takes from the end of the lot: what was used stays used. */
function leftOf({ ms, price, returnedMinor, usedMs, factor }: Lot): number {
  const kept = price === undefined || price.minor === 0 ? 1 : 1 - returnedMinor / price.minor;
  return Math.max(0, ms * Math.max(0, kept) - usedMs) * factor;
}

export const leftMs = ({ lots }: TimeAccount): number =>
  lots.reduce((sum, lot) => sum + leftOf(lot), 0);

/** The account with one more entry. Entries come in the order in which they were booked. */
export function enter(account: TimeAccount, entry: TimeEntry): TimeAccount {
  const before = passTo(account, entry.at);
  const lots = entry.kind === "refund" ? returned(before.lots, entry) : given(before.lots, entry);
  return settle({ ...before, lots });
}

export const replay = (entries: readonly TimeEntry[]): TimeAccount => entries.reduce(enter, noTime);

/** Uses up the time that has passed. A clock that was set back uses nothing twice. */
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

function given(lots: readonly Lot[], entry: TimeGiven): readonly Lot[] {
  const { cause, ms, price, terms } = entry;
  const lot: Lot = { cause, ms, price, terms, factor: 1, usedMs: 0, returnedMinor: 0 };
  if (terms === undefined || price === undefined) return [...lots, lot];
  return [...lots.map((one) => converted(one, terms, price.currency)), lot];
}

/**
 * Time that was bought becomes as much of the other plan as costs the same in the currency that it was paid in:
 * there and back is then what it was, whatever the purchases between are paid in. Free time stays as long as it
 * is, and so does time of a plan that has no price to compare: it counts in its own plan until one has.
 */
function converted(lot: Lot, to: LotTerms, currency: Currency): Lot {
  if (lot.price === undefined || lot.terms === undefined) return lot;
  const factor = conversionFactor(lot.terms, to, [lot.price.currency, currency]);
  return factor === undefined ? lot : { ...lot, terms: to, factor: lot.factor * factor };
}

const returned = (lots: readonly Lot[], { lot, returnedMinor }: TimeReturned): readonly Lot[] =>
  lots.map((one) => (one.cause === lot ? { ...one, returnedMinor } : one));

/** An end that has passed stays where it was, unless there is time again. */
function settle(account: TimeAccount & { readonly at: Instant }): TimeAccount {
  const { at, paidUntil } = account;
  const left = Math.round(leftMs(account));
  if (left > 0) return { ...account, paidUntil: addMs(at, left) };
  const hasEnded = paidUntil !== undefined && msBetween(paidUntil, at) >= 0;
  return { ...account, paidUntil: hasEnded ? paidUntil : at };
}
