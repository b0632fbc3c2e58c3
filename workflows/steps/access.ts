import type { CalendarResult } from "../../domain/access/calendar.ts";
import type { LinkRequest, LinkResult } from "../../domain/access/link.ts";
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

/** The steps of requests by links. */
export interface LinkSteps {
  /** Finds from where the servers of an access are fetched; it is kept, and not answered. */
  findLinkSource(accessId: string): Promise<LinkResult>;
  /** Counts a phone or computer among those that use a device's link, if it has room. */
  countHwid(hwid: Extract<LinkRequest, { kind: "hwid" }>): Promise<LinkResult>;
  /** Uses up a link to a file and leaves the file for this request. */
  giveFile(file: Extract<LinkRequest, { kind: "file" }>, now: Instant): Promise<LinkResult>;
}

/** The summaries of the steps of links. */
export const linkSummaries: Summaries<LinkSteps> = {
  findLinkSource: "asks the panel for the link behind ours",
  countHwid: "counts a phone or computer that uses a link",
  giveFile: "uses up a link to a key's file",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb } = proxySteps<SubscriptionSteps>(summaries);

/** The steps of links, by how they are retried. */
export const { localDb: localLinks, externalBriefly: briefLinks } =
  proxySteps<LinkSteps>(linkSummaries);
