import type { KeyPart } from "./credentials.ts";
import type { CustomerId, DeviceId, LocationId, SubscriptionId, TelegramId } from "../ids.ts";
import { addMs, type Instant, toMs } from "../time.ts";
import { isGoingOn, type OwnRight } from "./device-rights.ts";

/**
 * ```
 *            time given              paid time over          grace over
 * expired ───────────────▶ active ───────────────▶ grace ───────────────▶ expired
 * active, grace ── the traffic is used up ─▶ exhausted ── time given ─▶ active
 * active, grace, exhausted ── left a required channel ─▶ suspended ── back, or paid ─▶ as before
 *    any ── an admin blocks ─▶ blocked ── unblocks ─▶ what the calendar says
 *    any ── an admin revokes ─▶ revoked ── an admin gives days ─▶ what the calendar says
 * ```
 * A subscription without any time yet is `expired` too. No state is stored: it is a function of the
 * books and the clock, here and in `db/queries/access/access-rights.ts`;
 * a test holds the two equal.
 */
export const subscriptionStates = [
  "active",
  "grace",
  "exhausted",
  "suspended",
  "expired",
  "blocked",
  "revoked",
] as const;
/** One of `subscriptionStates`. */
export type SubscriptionState = (typeof subscriptionStates)[number];

/** The facts that decide about access; `paidUntil` is undefined until time is given. */
export interface AccessFacts {
  readonly paidUntil: Instant | undefined;
  readonly graceMs: number;
  readonly blocked: boolean;
  readonly revoked: boolean;
  /** They have left a channel that the shop requires, and have no paid time. */
  readonly suspended: boolean;
  /** The plan's traffic is used up. */
  readonly exhausted: boolean;
}

/**
 * The state of a subscription at a moment; a revocation outweighs a block, a block everything else.
 */
export function stateAt(facts: AccessFacts, now: Instant): SubscriptionState {
  if (facts.revoked) return "revoked";
  if (facts.blocked) return "blocked";
  if (facts.paidUntil === undefined) return "expired";
  const ended = toMs(now) >= toMs(addMs(facts.paidUntil, facts.graceMs));
  if (ended) return "expired";
  if (facts.suspended) return "suspended";
  if (facts.exhausted) return "exhausted";
  return toMs(now) < toMs(facts.paidUntil) ? "active" : "grace";
}

/** Whether an access may exist on its host while its subscription is in this state. */
export const letsIn = (state: SubscriptionState): boolean =>
  state === "active" || state === "grace";

/**
 * Whether a device may connect now: the plan may have no room for it, and its own right may end
 * before its subscription's time does.
 */
export const mayUse = (state: SubscriptionState, own: OwnRight, now: Instant): boolean =>
  letsIn(state) && isGoingOn(own, now);

/**
 * Those of a customer's subscriptions that count for them, in their order: what an admin has ended
 * does not, unless there is nothing else.
 */
export function countingOf<One extends { readonly isRevoked: boolean }>(
  all: readonly One[],
): readonly One[] {
  const counting = all.filter(({ isRevoked }) => !isRevoked);
  return counting.length > 0 ? counting : all.slice(0, 1);
}

/** Whether a subscription with so many devices may have one more. */
export const mayAddDevice = (devices: number, limit: number): boolean => devices < limit;

/**
 * What a customer asks for concerning their devices. `requestId` makes a repeat count once;
 * `shownIn` is the message that asked whether to do it, which becomes the answer.
 */
export type DeviceRequest = { readonly requestId: string; readonly shownIn?: number } & (
  | {
      readonly kind: "add";
      readonly deviceId: DeviceId;
      readonly name: string;
      /** The location that it is picked for; undefined: any. */
      readonly pick?: LocationId;
    }
  /** They pick a location for it; undefined: any. */
  | { readonly kind: "pick"; readonly deviceId: DeviceId; readonly pick?: LocationId }
  | { readonly kind: "rename"; readonly deviceId: DeviceId; readonly name: string }
  /** They use it before their other devices, which may pause one of those. */
  | { readonly kind: "use"; readonly deviceId: DeviceId }
  | { readonly kind: "show"; readonly deviceId: DeviceId; readonly part?: KeyPart }
  | { readonly kind: "reissue"; readonly deviceId: DeviceId }
  | { readonly kind: "revoke"; readonly deviceId: DeviceId }
  /** Another phone or computer will use the link of the device. */
  | { readonly kind: "forgetHwids"; readonly deviceId: DeviceId }
);

/**
 * The part of the trial's plan that differs from a plan for sale: it has neither prices nor days.
 */
export type TrialPlan = {
  readonly code: "trial";
  readonly deviceLimit: number;
};

/** The plan of everybody until plans are sold; the shop's settings say how long it runs. */
export const trialPlan: TrialPlan = { code: "trial", deviceLimit: 3 };

/** A subscription with its owner, whose messages and cache it concerns. */
export interface SubscriptionRef {
  readonly id: SubscriptionId;
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
}
