import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import { trialPlan } from "../../../domain/access/subscription.ts";
import { dayMs, hourMs, type Instant, msBetween } from "../../../domain/time.ts";
import { channelsByName } from "../../../texts/channels.ts";
import { dayIn, momentIn } from "../../../texts/index.ts";
import type { BotContext } from "../../context.ts";
import type { Buttons } from "../../request.ts";

/** What the state of a subscription is said from. */
export interface StateFacts {
  readonly current: CurrentPlan;
  /** The way to more traffic, where that is sold. */
  readonly more: Buttons;
}

const hoursLeft = ({ texts }: BotContext, hours: number): string => {
  const { home } = texts.access;
  return hours < 1 ? home.minutesLeft : home.hoursLeft(hours);
};

/** The state of access, until when, and how long that is. */
export function stateLine(
  context: BotContext,
  { current, more }: StateFacts,
  now: Instant,
): string {
  const { home } = context.texts.access;
  const { channels } = context.texts.people;
  const { paidUntil, state, code } = current;
  if (paidUntil === undefined) return home.withoutTime(context.shop.name);
  const until = dayIn(context, paidUntil, now);
  switch (state) {
    case "active": {
      const leftMs = msBetween(now, paidUntil);
      const left =
        leftMs < dayMs
          ? hoursLeft(context, Math.floor(leftMs / hourMs))
          : home.daysLeft(Math.floor((leftMs + hourMs) / dayMs));
      return code === trialPlan.code ? home.trial(until, left) : home.active(until, left);
    }
    case "grace":
      return home.grace(momentIn(context, current.graceUntil ?? paidUntil));
    case "exhausted":
      return home.exhausted(until, more.length > 0);
    case "suspended":
      return [
        channels.paused(channelsByName(context.texts, context.shop.channels)),
        context.texts.payments.purchase.timeNow(until),
      ].join("\n");
    case "expired":
      return home.expired;
    case "blocked":
      return home.blocked;
    case "revoked":
      return home.ended;
  }
}
