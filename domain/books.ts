import {
  type GrantKind,
  movedDays,
  nothingTaken,
  spanAfter,
  type Taken,
  takenAfter,
} from "./grant.ts";
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
  readonly kind: GrantKind;
  readonly days: number;
  readonly factor: number;
  readonly grantedAt: Instant;
  readonly grantedFrom: Instant;
  readonly grantedUntil: Instant;
}

/** Plays a subscription's grants one after the other: each end, and the last, must be what is written. */
export function endOf(
  subscription: string,
  grants: readonly BookedGrant[],
  paidUntil: Instant | undefined,
): readonly Disagreement[] {
  const found: Disagreement[] = [];
  const takenOf = new Map<string, Taken>();
  let end: Instant | undefined;
  for (const { cause, kind, days, factor, grantedAt, grantedFrom, grantedUntil } of grants) {
    const charge = kind === "refund" ? cause.slice(0, cause.lastIndexOf("/")) : cause;
    const taken = takenOf.get(charge) ?? nothingTaken;
    const moves = kind === "refund" ? movedDays(taken, days) : days;
    const { until } = spanAfter(end, { days: moves, factor }, grantedAt);
    if (until !== grantedUntil) {
      const details = `${cause} should end at ${until}, the books say ${grantedUntil}`;
      found.push({ kind: "wrongEnd", about: subscription, details });
    }
    takenOf.set(charge, takenAfter(taken, days, { from: grantedFrom, until: grantedUntil }));
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
