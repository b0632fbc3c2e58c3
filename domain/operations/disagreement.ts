import { enter, noTime, type TimeEntry } from "../access/time-lots.ts";
import { type Instant, instant, toMs } from "../time.ts";

/** One line of the trial balance. */
export interface TrialLine {
  readonly account: string;
  readonly currency: string;
  readonly debitMinor: number;
  readonly creditMinor: number;
}

/** The contradictions that the audit looks for; `npm run books` names each with its place. */
export const disagreementKinds = [
  "unbalanced",
  "notBooked",
  "notGranted",
  "grantedWithoutMoney",
  "wrongPrice",
  "wrongTaken",
  "wrongEnd",
  "grantedWithoutAct",
  "wrongClearing",
  "wrongRevenue",
  "creditKept",
  "refundNotBooked",
  "wrongState",
  "debtWithoutChargeback",
  "strayReserve",
  "wrongUnmatched",
  "bookedTwice",
  "wrongAddOn",
  "wrongDevices",
  "wrongTraffic",
  "suspendedAfterPaying",
] as const;

/** A place where two parts of the books contradict each other. */
export interface Disagreement {
  readonly kind: (typeof disagreementKinds)[number];
  readonly about: string;
  readonly details: string;
}

/** An entry of time with the end that was stored beside it. */
export interface BookedTime {
  readonly entry: TimeEntry;
  readonly paidUntil: Instant;
}

/** Replays a subscription's time and reports each stored end that differs from the computed one. */
export function checkEnds(
  subscription: string,
  booked: readonly BookedTime[],
  paidUntil: Instant | undefined,
): readonly Disagreement[] {
  const found: Disagreement[] = [];
  let account = noTime;
  for (const { entry, paidUntil: written } of booked) {
    account = enter(account, entry);
    if (msOf(account.paidUntil) !== msOf(written)) {
      const should = account.paidUntil ?? "never";
      const details = `${entry.cause} should end at ${should}, the books say ${written}`;
      found.push({ kind: "wrongEnd", about: subscription, details });
    }
  }
  if (msOf(account.paidUntil) !== msOf(paidUntil)) {
    const ends = account.paidUntil ?? "never";
    const details = `the time lots end at ${ends}, paid_until is ${paidUntil ?? "never"}`;
    found.push({ kind: "wrongEnd", about: subscription, details });
  }
  return found;
}

const msOf = (moment: Instant | undefined): number | undefined =>
  moment === undefined ? undefined : toMs(instant(moment));
