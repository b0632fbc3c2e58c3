import type { SubscriptionActivities } from "../../activities/access/subscription.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/**
 * What operators read beside each step in the Temporal UI. A step without a
 * summary does not compile.
 */
export const summaries: Summaries<SubscriptionActivities> = {
  followCalendar: "writes what is due and reads what is next",
  handleDeviceRequest: "books what a customer asked for a device",
};

export const { localDb } = proxySteps<SubscriptionActivities>(summaries);
