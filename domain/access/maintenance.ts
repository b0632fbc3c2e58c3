import type { HostId } from "../ids.ts";
import type { SubscriptionRef } from "./subscription.ts";
import type { Language } from "../people/customer.ts";
import { type Instant, msBetween, toMs } from "../time.ts";
import { leftMs, noTime, enter, replay, type TimeEntry } from "./time-lots.ts";

/** What customers of a host read while it is in maintenance, where an admin has written something. */
export type MaintenanceTexts = Readonly<Partial<Record<Language, string>>>;

/** Such a text stands above pages that fill a message themselves. */
export const longestMaintenanceText = 300;

/** From one moment up to another, which is not a part of it. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * What a maintenance has cost a subscription, in milliseconds of its time. `span`: while it had an
 * access on the host; `givenFor`: what was given back to it for other maintenances, so that hosts
 * which are worked on together are counted once.
 */
export function lostMs(
  entries: readonly TimeEntry[],
  { span, givenFor }: { readonly span: Span; readonly givenFor: readonly Span[] },
): number {
  const left = givenFor.reduce<readonly Span[]>(
    (spans, given) => spans.flatMap((one) => without(one, given)),
    runningIn(entries, span),
  );
  return left.reduce((sum, { from, to }) => sum + msBetween(from, to), 0);
}

/** The parts of a span in which a subscription's time was running. Grace is not time. */
function runningIn(entries: readonly TimeEntry[], span: Span): Span[] {
  let account = noTime;
  return entries.flatMap((entry, place) => {
    account = enter(account, entry);
    const { at = entry.at, paidUntil = at } = account;
    const next = entries[place + 1]?.at ?? span.to;
    return overlapOf(span, { from: at, to: earlier(next, paidUntil) });
  });
}

const earlier = (one: Instant, other: Instant): Instant => (toMs(other) < toMs(one) ? other : one);
const later = (one: Instant, other: Instant): Instant => (toMs(other) > toMs(one) ? other : one);

/** What two spans have in common: one span or none. */
function overlapOf(one: Span, other: Span): Span[] {
  const from = later(one.from, other.from);
  const to = earlier(one.to, other.to);
  return toMs(from) < toMs(to) ? [{ from, to }] : [];
}

/** What is left of a span without another. */
const without = (one: Span, other: Span): Span[] => [
  ...overlapOf(one, { from: one.from, to: other.from }),
  ...overlapOf(one, { from: other.to, to: one.to }),
];

/** Whether the time ended because what was paid for it was returned. */
export function isRefunded(entries: readonly TimeEntry[]): boolean {
  const last = entries.at(-1);
  if (last?.kind !== "refund" || last.returnedMinor === 0) return false;
  return leftMs(replay(entries)) === 0;
}

/** What a workflow is started with that gives the time back which a maintenance has cost. */
export interface GiveBackRef {
  readonly maintenanceId: string;
  readonly hostId: HostId;
  /** The host's name. */
  readonly host: string;
}

/** Subscriptions in one transaction. */
export const givenAtOnce = 50;

/** What one step of a give-back came to; numbers are of subscriptions. */
export type GiveBackStep =
  | {
      readonly kind: "giving";
      /** Looked at, and of these given something. */
      readonly handled: number;
      readonly given: number;
      readonly left: number;
      /** Their calendars sleep without a timer, or until an end that is over. */
      readonly wake: readonly SubscriptionRef[];
    }
  | { readonly kind: "ended"; readonly handled: number; readonly given: number };
