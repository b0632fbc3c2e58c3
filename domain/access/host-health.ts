import { addMs, type Instant, minuteMs, toMs } from "../time.ts";
import type { HostFinding } from "./host-report.ts";

/** What one try of a host's data plane found, from one place. */
export type ProbeOutcome =
  /** `finding`: what does not work beside what does. */
  | { readonly isWell: true; readonly latencyMs: number; readonly finding?: HostFinding }
  | { readonly isWell: false; readonly finding: HostFinding };

/**
 * What all ways to a host say together. It is well while one of them works: customers then have a
 * server, and what does not work beside it is an operator's to read. Undefined without a way.
 */
export function mergeOutcomes(outcomes: readonly ProbeOutcome[]): ProbeOutcome | undefined {
  const findings = outcomes.flatMap((one) => one.finding ?? []);
  const [first] = findings;
  const latencies = outcomes.flatMap((one) => (one.isWell ? one.latencyMs : []));
  if (latencies.length === 0) return first && { isWell: false, finding: first };
  const latencyMs = Math.min(...latencies);
  if (first === undefined) return { isWell: true, latencyMs };
  const details = `${findings.length} of ${outcomes.length} ways fail: ${first.details}`;
  return { isWell: true, latencyMs, finding: { ...first, details } };
}

/** What a place finds of a host; not known before it has tried often enough. */
export type Verdict = "unknown" | "well" | "sick";

/** What one place has found of a host so far. */
export interface SourceHealth {
  readonly verdict: Verdict;
  /** Since when it is so; undefined while it is not known. */
  readonly since: Instant | undefined;
  /** How many tries in a row spoke against the verdict. */
  readonly against: number;
}

/** A place that has not tried yet. */
export const untried: SourceHealth = { verdict: "unknown", since: undefined, against: 0 };

/** So many tries in a row have to fail until a host is sick: a lost minute does not make it so. */
export const failuresUntilSick = 3;
/** So many in a row have to succeed until it is well again. */
export const successesUntilWell = 2;

/** What a place finds after one more try. A host that has never been tried is well at once. */
export function judgeProbe(before: SourceHealth, isWell: boolean, now: Instant): SourceHealth {
  const { verdict, since, against } = before;
  const found: Verdict = isWell ? "well" : "sick";
  if (verdict === found) return { verdict, since, against: 0 };
  if (verdict === "unknown" && isWell) return { verdict: "well", since: now, against: 0 };
  const needed = isWell ? successesUntilWell : failuresUntilSick;
  return against + 1 < needed
    ? { verdict, since, against: against + 1 }
    : { verdict: found, since: now, against: 0 };
}

/** The name of the worker among the places from which hosts are probed. */
export const workerSource = "worker";

/** A place that has not tried for so long says nothing: its agent is away. */
const silentAfterMs = 10 * minuteMs;

/** What a place last found, and when it last tried. */
export interface SourceReport {
  readonly source: string;
  readonly verdict: Verdict;
  readonly probedAt: Instant;
}

/** The health of a host from all places. */
export interface HostHealth {
  readonly verdict: Verdict;
  /** Where it does not answer, while it answers elsewhere. */
  readonly blockedFrom: readonly string[];
}

/**
 * A host is sick when no place reaches it. Where one does, the others are blocked from it, also the
 * worker: a shop whose own line is broken must not tell its customers that all hosts are.
 */
export function healthOf(reports: readonly SourceReport[], now: Instant): HostHealth {
  const current = reports.filter(
    ({ verdict, probedAt }) =>
      verdict !== "unknown" && toMs(addMs(probedAt, silentAfterMs)) > toMs(now),
  );
  const sick = current.filter(({ verdict }) => verdict === "sick").map(({ source }) => source);
  if (current.length === 0) return { verdict: "unknown", blockedFrom: [] };
  if (sick.length === current.length) return { verdict: "sick", blockedFrom: [] };
  return { verdict: "well", blockedFrom: sick };
}
