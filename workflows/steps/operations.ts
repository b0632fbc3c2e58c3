import type { ShopChangeRequest, ShopChangeResult } from "../../domain/operations/shop-change.ts";
import type { ChannelCheck } from "../../domain/people/channels.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** How many contradictions there are, and how many calendars were started and ended. */
export interface AuditResult {
  readonly disagreements: number;
  readonly revived: number;
  readonly ended: number;
}

/** The steps of the audit's workflow, of changes of the shop, and of the daily summary. */
export interface OperationsSteps {
  /** Checks the books for contradictions, and repairs the set of running calendars. */
  auditBooks(now: Instant): Promise<AuditResult>;
  /** Books a change of a setting or a plan with its audit row, once per request. */
  recordShopChange(request: ShopChangeRequest, now: Instant): Promise<ShopChangeResult>;
  /** Whether the bot can see who is in each channel that the shop requires; answers in a moment. */
  inspectChannels(): Promise<readonly ChannelCheck[]>;
  /**
   * Writes the daily summary to every admin where it is due, once.
   * @returns when the next one is due; undefined: the shop wants none.
   */
  writeSummary(now: Instant): Promise<Instant | undefined>;
}

/** The summaries of the steps above. */
export const summaries: Summaries<OperationsSteps> = {
  auditBooks: "compares the books with themselves and finds lost workflows",
  recordShopChange: "books the change and its audit row",
  inspectChannels: "asks Telegram whether the bot sees who is in the channels",
  writeSummary: "writes the summary that is due",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { externalBriefly, localDb, longRead } = proxySteps<OperationsSteps>(summaries);
