import type { TimeGrant } from "./grant.ts";
import type { CustomerId, DeviceId, SubscriptionId, TelegramId } from "./ids.ts";
import type { Currency } from "./money.ts";
import type { PaymentId } from "./payment.ts";
import { addMs, dayMs, type Instant, msBetween, toMs } from "./time.ts";

/**
 * ```
 *            time given              paid time over          grace over
 * expired ───────────────▶ active ───────────────▶ grace ───────────────▶ expired
 * active, grace ── the traffic is used up ─▶ exhausted ── time given ─▶ active
 *    any ── an admin blocks ─▶ blocked ── unblocks ─▶ what the calendar says
 *    any ── an admin revokes ─▶ revoked (the end)
 * ```
 * `expired` is also where a subscription without any time yet begins.
 */
export const subscriptionStates = [
  "active",
  "grace",
  "exhausted",
  "expired",
  "blocked",
  "revoked",
] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];

/** What decides over access; `paidUntil` is undefined while no time was ever given. */
export interface AccessFacts {
  readonly paidUntil: Instant | undefined;
  readonly graceMs: number;
  readonly blocked: boolean;
  readonly revoked: boolean;
  /** The plan's traffic is used up. */
  readonly exhausted: boolean;
}

export function stateAt(facts: AccessFacts, now: Instant): SubscriptionState {
  if (facts.revoked) return "revoked";
  if (facts.blocked) return "blocked";
  if (facts.paidUntil === undefined) return "expired";
  const ended = toMs(now) >= toMs(addMs(facts.paidUntil, facts.graceMs));
  if (ended) return "expired";
  if (facts.exhausted) return "exhausted";
  return toMs(now) < toMs(facts.paidUntil) ? "active" : "grace";
}

/** Whether a peer may exist on its host in this state. */
export const letsIn = (state: SubscriptionState): boolean =>
  state === "active" || state === "grace";

export const reminderDays = [3, 1] as const;

export type CalendarEvent =
  | { readonly kind: "reminder"; readonly at: Instant; readonly daysLeft: number }
  | { readonly kind: "stateChange"; readonly at: Instant };

/**
 * What the calendar does next after `now`, if nobody does anything: undefined when it is silent for good.
 * A reminder is due only when the time given was longer than its notice, so that a trial of three days does
 * not begin with "three days left": `since` is when the present time was given.
 */
export function nextEvent(
  facts: AccessFacts,
  since: Instant,
  now: Instant,
): CalendarEvent | undefined {
  const { paidUntil } = facts;
  if (paidUntil === undefined || facts.blocked || facts.revoked) return undefined;
  const reminders = reminderDays.map((daysLeft): CalendarEvent => {
    return { kind: "reminder", at: addMs(paidUntil, -daysLeft * dayMs), daysLeft };
  });
  const ahead: CalendarEvent[] = [
    ...reminders.filter(({ at }) => toMs(at) > toMs(since)),
    { kind: "stateChange", at: paidUntil },
    { kind: "stateChange", at: addMs(paidUntil, facts.graceMs) },
  ];
  return ahead
    .filter(({ at }) => toMs(at) > toMs(now))
    .toSorted((a, b) => msBetween(b.at, a.at))
    .at(0);
}

/** A customer's wish about devices. `requestId` counts it once, however often it is heard. */
export type DeviceRequest = { readonly requestId: string } & (
  | { readonly kind: "add"; readonly deviceId: DeviceId; readonly name: string }
  | { readonly kind: "rename"; readonly deviceId: DeviceId; readonly name: string }
  | { readonly kind: "show"; readonly deviceId: DeviceId }
  | { readonly kind: "reissue"; readonly deviceId: DeviceId }
  | { readonly kind: "revoke"; readonly deviceId: DeviceId }
  /** Every key that has not reached the chat, for somebody who is back. */
  | { readonly kind: "missed" }
);

/** An admin's word. The audit row is written before it is spoken. */
export type AdminChange = { readonly actId: string } & (
  | { readonly kind: "extend"; readonly days: number }
  | { readonly kind: "block" }
  | { readonly kind: "unblock" }
  | { readonly kind: "revoke" }
);

/** What the return of a charge does to the time that it bought. */
export interface TimeReturn {
  readonly kind: "refund";
  readonly paymentId: PaymentId;
  readonly reference: string;
  /**
   * So many days of the charge are taken in all, whoever says so first, in whatever order. Undefined: a refund
   * came to nothing, and what was taken beyond what the books have as returned is given again.
   */
  readonly daysInAll?: number;
}

/** Time that was bought (its grant's cause counts it once) or returned, as a payment tells it. */
export interface TimeChange {
  readonly grant: TimeGrant | TimeReturn;
  /** The currency of the purchase: what converts time where the plan changes. */
  readonly currency: Currency;
  /** The customer is told by whoever told us. */
  readonly quiet: boolean;
}

export type TrialPlan = {
  readonly code: "trial";
  readonly deviceLimit: number;
};

/** Until plans are sold everybody has this one; how long it runs is the owner's `TRIAL_DAYS`. */
export const trialPlan: TrialPlan = { code: "trial", deviceLimit: 3 };

export const longestExtensionDays = 3_660;

export interface SubscriptionRef {
  readonly id: SubscriptionId;
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
}
