import type { CalendarResult } from "../../domain/access/calendar.ts";
import type { DeviceRequest, SubscriptionRef } from "../../domain/access/subscription.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The steps of subscriptions' workflows. */
export interface SubscriptionSteps {
  /** Writes the notices that are due and returns when to look again. */
  writeDueNotices(ref: SubscriptionRef, now: Instant): Promise<CalendarResult>;
  /** Books a customer's device request, once, with its answer; the hosts' reconcilers apply it. */
  handleDeviceRequest(ref: SubscriptionRef, request: DeviceRequest, now: Instant): Promise<void>;
}

/** The summaries of the steps of subscriptions. */
export const summaries: Summaries<SubscriptionSteps> = {
  writeDueNotices: "writes what is due and reads what is next",
  handleDeviceRequest: "books what a customer asked for a device",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb } = proxySteps<SubscriptionSteps>(summaries);
