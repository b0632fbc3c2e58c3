import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** How many contradictions there are, and how many calendars were started and ended. */
export interface AuditResult {
  readonly disagreements: number;
  readonly revived: number;
  readonly ended: number;
}

/** The steps of the audit's workflow. */
export interface AuditSteps {
  /** Checks the books for contradictions, and repairs the set of running calendars. */
  auditBooks(now: Instant): Promise<AuditResult>;
}

/** The summaries of the steps of the audit. */
export const summaries: Summaries<AuditSteps> = {
  auditBooks: "compares the books with themselves and finds lost workflows",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { longRead } = proxySteps<AuditSteps>(summaries);
