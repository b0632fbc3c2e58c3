import type { ShopChangeRequest, ShopChangeResult } from "../../domain/operations/shop-change.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** How many contradictions there are, and how many calendars were started and ended. */
export interface AuditResult {
  readonly disagreements: number;
  readonly revived: number;
  readonly ended: number;
}

/** The steps of the audit's workflow, and of changes of the shop. */
export interface OperationsSteps {
  /** Checks the books for contradictions, and repairs the set of running calendars. */
  auditBooks(now: Instant): Promise<AuditResult>;
  /** Books a change of a setting or a plan with its audit row, once per request. */
  recordShopChange(request: ShopChangeRequest, now: Instant): Promise<ShopChangeResult>;
}

/** The summaries of the steps above. */
export const summaries: Summaries<OperationsSteps> = {
  auditBooks: "compares the books with themselves and finds lost workflows",
  recordShopChange: "books the change and its audit row",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb, longRead } = proxySteps<OperationsSteps>(summaries);
