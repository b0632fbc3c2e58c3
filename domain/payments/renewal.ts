import type { SubscriptionState } from "../access/subscription.ts";
import type { SubscriptionId, TelegramId } from "../ids.ts";
import type { Currency, Money } from "../money.ts";
import { addMs, dayMs, hourMs, type Instant, minuteMs, toMs } from "../time.ts";
import type { Balances } from "./charge.ts";
import {
  balanceGateway,
  type GatewayName,
  type PaymentId,
  type PaymentOrder,
  type PaymentState,
} from "./payment.ts";
import { isOfferedTo } from "./plan-offers.ts";
import { type NewestPlan, type Plan, type PlanCode, priceIn } from "./plan.ts";

/**
 * How a plan renews itself. `balance` and `card` are charged by us, by the subscription's calendar;
 * `stars` are charged by Telegram, every thirty days.
 */
export const renewalKinds = ["balance", "card", "stars"] as const;
/** One of `renewalKinds`. */
export type RenewalKind = (typeof renewalKinds)[number];

/** The states of a Stars subscription at Telegram; `failed`: its last charge did not go through. */
export const starStates = ["active", "canceled", "failed"] as const;
/** One of `starStates`. */
export type StarState = (typeof starStates)[number];

/** What a person has agreed to: this plan, at no more than this price, for so many devices. */
export interface Renewal {
  readonly kind: RenewalKind;
  readonly plan: PlanCode;
  readonly price: Money;
  readonly deviceLimit: number;
}

/** Why a person is asked again instead of being charged. */
export const renewalDoubts = ["price", "devices", "plan", "gone"] as const;
/**
 * One of `renewalDoubts`: the price has risen, the plan is for fewer devices, they have another plan
 * now, it is not sold.
 */
export type RenewalDoubt = (typeof renewalDoubts)[number];

/** A change of their own auto-renewal that a person asks for. */
export type RenewalChange =
  /** They have read the price, the period and how to end it, and agree. */
  | {
      readonly kind: "agree";
      readonly by: RenewalKind;
      readonly plan: PlanCode;
      /** The version that they were shown; if it has changed since, they are asked again. */
      readonly planVersion: number;
      readonly currency: Currency;
    }
  | { readonly kind: "stop" }
  /** Nothing can be charged to the card any more. */
  | { readonly kind: "forgetCard" }
  /** Their cancelled subscription in Stars may be taken up again. */
  | { readonly kind: "resumeStars" }
  /** Telegram reports what became of a subscription in Stars. */
  | {
      readonly kind: "starsReported";
      readonly order: PaymentId;
      readonly state: StarState;
    };

/** A subscription in Stars that is not at Telegram what it shall be. */
export interface StarChange {
  /** The order with which it began. */
  readonly orderId: PaymentId;
  /** Its first charge, by which Telegram knows it. */
  readonly reference: string;
  /** False: the person may take it up again. */
  readonly isCanceled: boolean;
}

/**
 * What becomes of a card that an order has let its gateway save. `awaited`: the gateway is to be
 * asked for it; `none`: it has saved none; `unwanted`: it is to be deleted there.
 */
export const cardConsentStates = ["awaited", "saved", "none", "unwanted", "removed"] as const;
/** One of `cardConsentStates`. */
export type CardConsentState = (typeof cardConsentStates)[number];

/** A card that is not at its gateway what it shall be. */
export interface CardChange {
  readonly kind: "save" | "remove";
  /** The order with which its owner has agreed, by which the gateway knows it. */
  readonly orderId: PaymentId;
  readonly gateway: GatewayName;
  /** When the order was paid. */
  readonly since: Instant;
}

/** A saved card. */
export interface KeptCard {
  /** The gateway's own id of it. */
  readonly id: string;
  /** Masked, as the gateway shows it. */
  readonly pan: string;
  /** The month and the year of its end, as MMYY. */
  readonly expires: string;
  /** What charges it: a secret. It must be in no log, event, payload or message. */
  readonly token: string;
}

/** How long a gateway is given to list a card that a payment has saved. */
export const cardAwaitedMs = 5 * minuteMs;

/**
 * How long the charge of a saved card may be begun. It ends before the next try is due, so that a
 * gateway's outage costs one try.
 */
export const cardChargeTtlMs = 12 * hourMs;

/** Why a charge of the calendar was not made: its customer does not want it any more. */
export const unwantedCharge = "auto-renewal was switched off";

/** How long each charge of a subscription in Stars lasts. */
export const starPeriodMs = 30 * dayMs;

/** A request for a change; the same request counts once. */
export interface RenewalRequest {
  readonly requestId: string;
  readonly telegramId: TelegramId;
  readonly change: RenewalChange;
  /** Undefined: the customer's first that counts; what Telegram reports is known by its order. */
  readonly subscription?: SubscriptionId;
  /** The message that was pressed: the result is shown in its place. */
  readonly shownIn?: number;
}

/** How long before the end of the time each try is made. */
const leads: Readonly<Record<RenewalKind, readonly number[]>> = {
  balance: [dayMs, 2 * hourMs],
  card: [3 * dayMs, 2 * dayMs, dayMs],
  stars: [],
};

/** The part of a plan's days that may have passed unused when it is renewed. */
const mostOfPlan = 0.25;

/** How many tries there are in each period. */
export const triesOf = (kind: RenewalKind): number => leads[kind].length;

/** How much nearer to the end than usual a plan of `days` is renewed: 1 is as usual. */
function scaleOf(kind: RenewalKind, days: number): number {
  const [longest = 1] = leads[kind];
  return Math.min(1, (days * dayMs * mostOfPlan) / longest);
}

/** Whether a plan of `days` is too short to be renewed as many days before its end as others. */
export const isRenewedLate = (kind: RenewalKind, days: number): boolean => scaleOf(kind, days) < 1;

/**
 * The moments at which a plan of `days` that ends at `paidUntil` is renewed, the first try first.
 * A short plan is renewed nearer to its end, so that it is never charged for while most of it is
 * still unused.
 */
export function renewalMoments(
  kind: RenewalKind,
  { paidUntil, days }: { readonly paidUntil: Instant; readonly days: number },
): readonly Instant[] {
  const scale = scaleOf(kind, days);
  return leads[kind].map((leadMs) => addMs(paidUntil, -Math.round(leadMs * scale)));
}

/**
 * The states of a subscription in which it is renewed. Who is suspended has agreed to it all the
 * same, and their payment lets them in again.
 */
const renewable: ReadonlySet<SubscriptionState> = new Set([
  "active",
  "grace",
  "exhausted",
  "suspended",
]);

/** Whether a subscription in this state is renewed; another one has to be bought anew first. */
export const isRenewable = (state: SubscriptionState): boolean => renewable.has(state);

/**
 * When a person who agrees at `now` is charged first. `now`: at once, because the first try of this
 * period is due; undefined: not before they have bought time.
 */
export function firstChargeAt(
  kind: RenewalKind,
  of: {
    readonly state: SubscriptionState;
    readonly paidUntil: Instant | undefined;
    readonly days: number;
  },
  now: Instant,
): Instant | "now" | undefined {
  const { state, paidUntil, days } = of;
  if (paidUntil === undefined || !isRenewable(state)) return undefined;
  const [first] = renewalMoments(kind, { paidUntil, days });
  return first === undefined || toMs(first) > toMs(now) ? first : "now";
}

/** When a charge of the calendar that fails at `now` is tried again; undefined: it is not. */
export function nextTryAt(
  { gateway, terms, recurs }: Pick<PaymentOrder, "gateway" | "terms" | "recurs">,
  paidUntil: Instant | undefined,
  now: Instant,
): Instant | undefined {
  if (recurs !== "renews" || terms === undefined || paidUntil === undefined) return undefined;
  const kind = gateway === balanceGateway ? "balance" : "card";
  const moments = renewalMoments(kind, { paidUntil, days: terms.days });
  return moments.find((at) => toMs(at) > toMs(now));
}

/** The facts that decide what is due for a renewal. */
export interface RenewalFacts {
  readonly renewal: Renewal;
  readonly paidUntil: Instant;
  /** The code of the plan that the customer has now. */
  readonly hasPlan: string;
  /** The newest version of the plan that is renewed. */
  readonly newest: NewestPlan | undefined;
  readonly balances: Balances;
  /** The states of the payments that were made for this period, by the number of their try. */
  readonly tries: ReadonlyMap<number, PaymentState>;
}

/** What is due. */
export type RenewalStep =
  | {
      readonly kind: "charge";
      /** From 1. */
      readonly try: number;
      readonly planVersion: number;
      readonly price: Money;
    }
  | { readonly kind: "ask"; readonly why: RenewalDoubt; readonly price: Money | undefined }
  | { readonly kind: "short"; readonly try: number; readonly price: Money };

/** What is due for a renewal at a moment, and when to look again. */
export interface RenewalDue {
  readonly step: RenewalStep | undefined;
  readonly next: Instant | undefined;
}

/** Money that has bought this period, or still may: nothing else is charged for it. */
const taken: ReadonlySet<PaymentState> = new Set(["open", "settled", "refunded"]);

/**
 * Reads what a renewal has to do at `now`. A period is charged once: a try is made only while no
 * payment of the period has bought it, may still do so, or was refunded.
 */
export function renewalAt(facts: RenewalFacts, now: Instant): RenewalDue {
  const { renewal, paidUntil, newest, tries } = facts;
  const days = newest?.plan.days ?? 30;
  const moments = renewalMoments(renewal.kind, { paidUntil, days });
  const place = moments.findLastIndex((at) => toMs(at) <= toMs(now));
  const next = moments[place + 1];
  const isTaken = [...tries.values()].some((state) => taken.has(state));
  if (place < 0 || isTaken || tries.has(place + 1)) return { step: undefined, next };
  return { step: stepOf(facts, place + 1), next };
}

function stepOf(facts: RenewalFacts, number: number): RenewalStep {
  const { renewal, hasPlan, newest, balances } = facts;
  const price = newest && priceIn(newest.plan, renewal.price.currency);
  const isSold = newest !== undefined && isOfferedTo(newest, hasPlan);
  const why = doubtOf(renewal, { hasPlan, plan: isSold ? newest.plan : undefined });
  if (why !== undefined || newest === undefined || price === undefined) {
    return { kind: "ask", why: why ?? "gone", price };
  }
  if (renewal.kind === "balance" && (balances[price.currency] ?? 0) < price.minor) {
    return { kind: "short", try: number, price };
  }
  return { kind: "charge", try: number, planVersion: newest.plan.version, price };
}

/**
 * Why a person who has `hasPlan` has not agreed to what would be charged now; undefined: they have.
 * `plan`: the newest version of the plan, where it is sold to them.
 */
export function doubtOf(
  renewal: Omit<Renewal, "kind">,
  { hasPlan, plan }: { readonly hasPlan: string; readonly plan: Plan | undefined },
): RenewalDoubt | undefined {
  if (hasPlan !== renewal.plan) return "plan";
  const price = plan && priceIn(plan, renewal.price.currency);
  if (plan === undefined || price === undefined) return "gone";
  if (price.minor > renewal.price.minor) return "price";
  return plan.deviceLimit < renewal.deviceLimit ? "devices" : undefined;
}
