import { spanAfter } from "./grant.ts";
import { type Instant, instant, toMs } from "./time.ts";

/** One line of the trial balance. */
export interface TrialLine {
  readonly account: string;
  readonly currency: string;
  readonly debitMinor: number;
  readonly creditMinor: number;
}

/** A place where two parts of the books say different things. */
export interface Disagreement {
  readonly kind:
    | "unbalanced"
    | "notGranted"
    | "grantedWithoutMoney"
    | "wrongTaken"
    | "wrongEnd"
    | "wrongClearing"
    | "wrongState";
  readonly about: string;
  readonly details: string;
}

export interface BookedGrant {
  readonly cause: string;
  readonly days: number;
  readonly factor: number;
  readonly grantedAt: Instant;
  readonly grantedUntil: Instant;
}

/** Plays a subscription's grants one after the other: each end, and the last, must be what is written. */
export function endOf(
  subscription: string,
  grants: readonly BookedGrant[],
  paidUntil: Instant | undefined,
): readonly Disagreement[] {
  const found: Disagreement[] = [];
  let end: Instant | undefined;
  for (const { cause, days, factor, grantedAt, grantedUntil } of grants) {
    const { until } = spanAfter(end, { days, factor }, grantedAt);
    if (until !== grantedUntil) {
      const details = `${cause} should end at ${until}, the books say ${grantedUntil}`;
      found.push({ kind: "wrongEnd", about: subscription, details });
    }
    end = grantedUntil;
  }
  if (msOf(end) !== msOf(paidUntil)) {
    const details = `the grants end at ${end ?? "never"}, paid_until is ${paidUntil ?? "never"}`;
    found.push({ kind: "wrongEnd", about: subscription, details });
  }
  return found;
}

const msOf = (moment: Instant | undefined): number | undefined =>
  moment === undefined ? undefined : toMs(instant(moment));
