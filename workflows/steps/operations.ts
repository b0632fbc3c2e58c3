import type { AuditActivities } from "../../activities/operations/audit.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/**
 * What operators read beside each step in the Temporal UI. A step without a
 * summary does not compile.
 */
export const summaries: Summaries<AuditActivities> = {
  auditBooks: "compares the books with themselves and finds lost workflows",
};

export const { longRead } = proxySteps<AuditActivities>(summaries);
