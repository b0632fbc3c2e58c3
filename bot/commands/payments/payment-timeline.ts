import type {
  EventDetails,
  FactDetails,
  PaymentTimeline,
  RefundDetails,
} from "../../../db/queries/payments/payment-timelines.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import { money } from "../../../domain/money.ts";
import type { Effect } from "../../../domain/payments/effect.ts";
import { accountKind } from "../../../domain/payments/ledger.ts";
import { type Instant, toMs } from "../../../domain/time.ts";
import { escapeHtml, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext } from "../../context.ts";
import { truncate } from "../fit-lines.ts";
import { stateWords } from "./payment-lines.ts";

interface Moment {
  readonly at: Instant;
  readonly what: string;
}

/** A gateway's text, short enough for a line and safe in HTML. */
export const quoted = (text: string): string => escapeHtml(truncate(text));

/**
 * What happened to a payment, a line each, the newest first. Of simultaneous entries the effect is
 * above its cause.
 */
export function timelineOf(
  context: BotContext,
  payment: PaymentSummary,
  timeline: PaymentTimeline,
): readonly string[] {
  const { texts } = context;
  const { moment } = texts.payments;
  const { openedAt } = payment;
  const closedAt = closingOf(payment, timeline);
  const moments: Moment[] = [
    { at: openedAt, what: moment.ordered },
    ...timeline.refunds.map((refund) => refundAsked(context, refund)),
    ...timeline.events.map((event) => ({
      at: event.at,
      what: lineOfEvent(context, payment, event),
    })),
    ...timeline.decisions.flatMap(({ at, effects }) =>
      effects.map((effect) => ({ at, what: lineOfEffect(context, payment, effect) })),
    ),
    ...timeline.ledger.map((fact) => ({ at: fact.at, what: lineOfFact(context, fact) })),
    ...timeline.lots.map(({ at, days, until }, place) => {
      const how = days > 0 ? moment.given : moment.taken;
      const what = how(Math.abs(days), momentIn(context, until));
      return { at: place === 0 ? decidedAt(at, timeline) : at, what };
    }),
    ...timeline.refunds.flatMap((refund) => refundClosed(context, refund)),
    ...(closedAt === undefined
      ? []
      : [{ at: closedAt, what: moment.closed(stateWords(context, payment)) }]),
  ];
  return moments
    .toSorted((a, b) => toMs(a.at) - toMs(b.at))
    .toReversed()
    .map(({ at, what }) => texts.operations.timeline.entry(momentIn(context, at), what));
}

/**
 * The workflow's clock stands still while it decides: an order is closed since the decision that
 * closed it, not before.
 */
const closingOf = (
  { closedAt }: PaymentSummary,
  { decisions }: PaymentTimeline,
): Instant | undefined =>
  closedAt && later(closedAt, decisions.findLast(({ effects }) => effects.some(isDecisive))?.at);

/** Time is given by the decision that grants it. */
const decidedAt = (at: Instant, { decisions }: PaymentTimeline): Instant =>
  later(at, decisions.find(({ effects }) => effects.some(({ kind }) => kind === "granted"))?.at);

const later = (one: Instant, other: Instant | undefined): Instant =>
  other !== undefined && toMs(other) > toMs(one) ? other : one;

const isDecisive = (effect: Effect): boolean =>
  effect.kind === "granted" ||
  effect.kind === "declined" ||
  (effect.kind === "returned" && effect.whole);

function lineOfEvent(
  { texts, language }: BotContext,
  { gateway, state }: PaymentSummary,
  { report, source }: EventDetails,
): string {
  const { moment } = texts.payments;
  const what = () => {
    switch (report.kind) {
      case "paid":
        return moment.paid(moneyIn(language, report.paid), quoted(report.reference));
      case "refunded":
      case "chargedBack":
        return moment[report.kind](moneyIn(language, report.returned), quoted(report.reference));
      case "progress":
        return moment.progress(quoted(report.status));
      case "declined":
        // The gateway says no more than that the cancelled invoice is closed.
        if (state === "cancelled") return moment.invoiceClosed(quoted(report.reason));
        return moment.declined(quoted(report.reason), report.final);
    }
  };
  const name = escapeHtml(texts.payments.gateway.name(gateway));
  return moment.reported(name, what(), source === "reconciliation");
}

function lineOfEffect(
  { texts, language }: BotContext,
  { state }: PaymentSummary,
  effect: Effect,
): string {
  const { effects, creditReasons } = texts.payments;
  switch (effect.kind) {
    case "granted":
      return effects.granted(moneyIn(language, effect.paid), effect.late);
    case "credited":
      return effects.credited(moneyIn(language, effect.paid), creditReasons[effect.why]);
    case "returned":
    case "returnNoted":
      return effects[effect.kind](moneyIn(language, effect.returned));
    case "noted":
      return effects.noted(quoted(effect.status));
    case "declined":
      return effects[state === "cancelled" ? "noted" : "declined"](quoted(effect.reason));
    case "inconsistent":
      return effects[effect.kind](quoted(effect.reason));
    case "duplicate":
      return effects.duplicate;
  }
}

/** What has moved, in words: the accounts that a person knows, and no names of facts. */
function lineOfFact({ texts, language }: BotContext, { entries }: FactDetails): string {
  const { moves, booked } = texts.payments.moment;
  const written = entries.flatMap(({ account, amount: { minor, currency } }) => {
    const kind = accountKind(account);
    const amount = moneyIn(language, money(Math.abs(minor), currency));
    return kind === undefined ? [] : [moves[kind](amount, minor > 0)];
  });
  return booked(written.join(", "));
}

function refundAsked(
  { texts, language }: BotContext,
  { askedAt, amount, by }: RefundDetails,
): Moment {
  return {
    at: askedAt,
    what: texts.payments.moment.refundAsked(moneyIn(language, amount), by?.name),
  };
}

function refundClosed({ texts, language }: BotContext, refund: RefundDetails): Moment[] {
  const { closedAt, amount, state, why = "" } = refund;
  if (closedAt === undefined) return [];
  const what = texts.payments.moment.refundClosed(moneyIn(language, amount), state, quoted(why));
  return [{ at: closedAt, what }];
}
