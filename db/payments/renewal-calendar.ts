import type { DueCharge } from "../../domain/access/calendar.ts";
import type { SubscriptionRef, SubscriptionState } from "../../domain/access/subscription.ts";
import { renewalPaymentId } from "../../domain/derived-ids.ts";
import { noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import { money } from "../../domain/money.ts";
import {
  balanceGateway,
  gatewayName,
  type PaymentState,
  type Purchase,
} from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import {
  isRenewable,
  renewalAt,
  type RenewalStep,
  triesOf,
} from "../../domain/payments/renewal.ts";
import { addMs, hourMs, type Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyId } from "../prepared.ts";
import { isOnlyMaintained } from "../queries/access/maintenances.ts";
import { loadBalances } from "./ledger.ts";
import { findNewestPlan } from "./plans.ts";
import { findStarChange } from "./star-subscriptions.ts";

/** What a subscription's renewal has to do now. */
export interface RenewalRead {
  readonly charge: DueCharge | undefined;
  readonly messages: readonly OutgoingMessage[];
  /** Telegram's subscription is to be changed. */
  readonly followsStars: boolean;
  readonly next: Instant | undefined;
}

/** When a change outside that should be under way is looked after again. */
export const followAgainMs = hourMs;

interface Period {
  readonly state: SubscriptionState;
  readonly paidUntil: Instant | undefined;
  readonly now: Instant;
}

/** Reads what is due for a renewal. Undefined: the subscription has none. */
export async function readRenewal(
  db: Queries,
  ref: SubscriptionRef,
  { state, paidUntil, now }: Period,
): Promise<RenewalRead | undefined> {
  const row = await selectRenewal(db, ref);
  if (row === undefined) return undefined;
  const followsStars = (await findStarChange(db, ref.id)) !== undefined;
  const rest = {
    charge: undefined,
    messages: [],
    followsStars,
    next: followsStars ? addMs(now, followAgainMs) : undefined,
  };
  if (!row.isOn || row.kind === "stars" || !isRenewable(state) || paidUntil === undefined)
    return rest;
  const { kind } = row;
  const renewal = {
    kind,
    plan: row.plan as PlanCode,
    price: money(row.priceMinor, row.currency),
    deviceLimit: row.deviceLimit ?? row.hasDevices,
  };
  const newest = await findNewestPlan(db, row.plan);
  const balances = await loadBalances(db, ref.customerId);
  const tries = await loadTries(db, ref, { paidUntil, count: triesOf(kind) });
  const facts = { renewal, paidUntil, hasPlan: row.hasPlan, newest, balances, tries };
  const { step, next = rest.next } = renewalAt(facts, now);
  if (step === undefined) return { ...rest, next };
  // Nobody is charged, or asked for money, for hosts that are worked on.
  if (row.isPutOff) return { ...rest, next: addMs(now, followAgainMs) };
  if (step.kind !== "charge") {
    const messages = [messageAbout(ref, { step, paidUntil, isLast: next === undefined })];
    return { ...rest, next, messages };
  }
  // The end may have moved since that try began, and then its period has another name.
  if (await hasOpenTry(db, ref)) return { ...rest, next: addMs(now, followAgainMs) };
  const gateway = kind === "balance" ? balanceGateway : gatewayName(row.cardGateway ?? "");
  const purchase: Purchase = {
    telegramId: ref.telegramId,
    plan: renewal.plan,
    planVersion: step.planVersion,
    gateway,
    currency: row.currency,
    recurs: "renews",
    subscription: ref.id,
  };
  const id = renewalPaymentId(ref.id, { paidUntil, try: step.try });
  return { ...rest, next, charge: { id, purchase, price: step.price } };
}

const selectRenewal = (db: Queries, { id }: SubscriptionRef) =>
  db
    .selectFrom("renewals as r")
    .innerJoin("subscriptions as s", "s.id", "r.subscriptionId")
    .select(["r.kind", "r.isOn", "r.plan", "r.priceMinor", "r.currency", "r.cardGateway"])
    .select(isOnlyMaintained.as("isPutOff"))
    .select(["r.deviceLimit", "s.plan as hasPlan", "s.deviceLimit as hasDevices"])
    .where("r.subscriptionId", "=", id as string)
    .executeTakeFirst();

/** The payments that were made to renew this period, by their tries. */
async function loadTries(
  db: Queries,
  { id }: SubscriptionRef,
  { paidUntil, count }: { readonly paidUntil: Instant; readonly count: number },
): Promise<ReadonlyMap<number, PaymentState>> {
  const numbers = Array.from({ length: count }, (_, place) => place + 1);
  const byId = new Map(
    numbers.map((number) => [renewalPaymentId(id, { paidUntil, try: number }) as string, number]),
  );
  const rows = await db
    .selectFrom("payments")
    .select(["id", "state"])
    .where("id", "=", anyId([...byId.keys()]))
    .execute();
  return new Map(
    rows.flatMap((row) => {
      const number = byId.get(row.id);
      return number === undefined ? [] : [[number, row.state] as const];
    }),
  );
}

/** Whether a charge of any period may still be paid: a second one would pay for the same time. */
async function hasOpenTry(db: Queries, { id }: SubscriptionRef): Promise<boolean> {
  const row = await db
    .selectFrom("payments")
    .select("id")
    .where("subscriptionId", "=", id as string)
    .where("recurs", "=", "renews")
    .where("state", "=", "open")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

interface Untaken {
  readonly step: Exclude<RenewalStep, { kind: "charge" }>;
  readonly paidUntil: Instant;
  /** No other try comes in this period. */
  readonly isLast: boolean;
}

/** Why nothing was charged; each reason is told once per period and try. */
function messageAbout(
  { id, telegramId }: SubscriptionRef,
  { step, paidUntil: until, isLast }: Untaken,
): OutgoingMessage {
  const key = `renewal/${id}/${until}`;
  if (step.kind === "short") {
    const notice = { kind: "renewalShort", amount: step.price, until, isLast } as const;
    return noticeTo(telegramId, `${key}/short/${step.try}`, notice, id);
  }
  const { why, price } = step;
  const asked = { kind: "renewalAsked", why, ...(price ? { price } : {}), until } as const;
  return noticeTo(telegramId, `${key}/ask/${why}`, asked, id);
}
