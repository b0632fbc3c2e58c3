import type {
  EventTold,
  FactTold,
  PaymentStory,
  RefundTold,
} from "../../db/readers/payment-story.ts";
import type { PaymentSeen } from "../../db/readers/payments-seen.ts";
import type { Consequence } from "../../domain/settlement.ts";
import { type Instant, toMs } from "../../domain/time.ts";
import { escapeHtml, momentIn } from "../../texts/index.ts";
import { moneyIn } from "../../texts/money.ts";
import type { BotContext } from "../context.ts";
import { clipped } from "./admin-pages.ts";

interface Moment {
  readonly at: Instant;
  readonly what: string;
}

/** A gateway's word, short enough for a line and safe in HTML. */
export const quoted = (text: string): string => escapeHtml(clipped(text));

/** What happened to a payment, a line each, newest last. What happened at once stands in its order. */
export function timelineOf(
  context: BotContext,
  payment: PaymentSeen,
  story: PaymentStory,
): readonly string[] {
  const { texts, language } = context;
  const { moment, orderStates } = texts;
  const { openedAt, gateway, state } = payment;
  const closedAt = closingOf(payment, story);
  const moments: Moment[] = [
    { at: openedAt, what: moment.ordered },
    ...story.refunds.map((refund) => asked(context, refund)),
    ...story.events.map((event) => ({ at: event.at, what: heard(context, gateway, event) })),
    ...story.decisions.flatMap(({ at, consequences }) =>
      consequences.map((consequence) => ({ at, what: decided(context, consequence) })),
    ),
    ...story.ledger.map((fact) => ({ at: fact.at, what: booked(context, fact) })),
    ...story.grants.map(({ at, days, until }) => {
      const how = days > 0 ? moment.given : moment.taken;
      return { at, what: how(Math.abs(days), momentIn(language, until)) };
    }),
    ...story.refunds.flatMap((refund) => closed(context, refund)),
    ...(closedAt === undefined ? [] : [{ at: closedAt, what: moment.closed(orderStates[state]) }]),
  ];
  return moments
    .toSorted((a, b) => toMs(a.at) - toMs(b.at))
    .map(({ at, what }) => texts.timelineEntry(momentIn(language, at), what));
}

/**
 * Told by the workflow's clock, which stands still while it decides: an order is what it is now since the decision
 * that made it so, not before.
 */
function closingOf({ closedAt }: PaymentSeen, { decisions }: PaymentStory): Instant | undefined {
  const decisive = decisions.findLast(({ consequences }) => consequences.some(isDecisive));
  if (closedAt === undefined || decisive === undefined) return closedAt;
  return toMs(decisive.at) > toMs(closedAt) ? decisive.at : closedAt;
}

const isDecisive = (consequence: Consequence): boolean =>
  consequence.kind === "grant" ||
  consequence.kind === "end" ||
  (consequence.kind === "takeBack" && consequence.whole);

function heard(
  { texts, language }: BotContext,
  gateway: string,
  { report, by }: EventTold,
): string {
  const { moment } = texts;
  const said = () => {
    switch (report.kind) {
      case "paid":
        return moment.paid(moneyIn(language, report.paid), quoted(report.reference));
      case "refunded":
      case "chargedBack":
        return moment[report.kind](moneyIn(language, report.returned), quoted(report.reference));
      case "progress":
        return moment.progress(quoted(report.status));
      case "declined":
        return moment.declined(quoted(report.reason), report.final);
    }
  };
  return moment.heard(quoted(gateway), said(), by === "reconciliation");
}

function decided({ texts, language }: BotContext, consequence: Consequence): string {
  const { moment, creditReasons } = texts;
  switch (consequence.kind) {
    case "grant":
      return moment.grant(moneyIn(language, consequence.paid), consequence.late);
    case "credit":
      return moment.credit(moneyIn(language, consequence.paid), creditReasons[consequence.why]);
    case "takeBack":
      return moment.takeBack(moneyIn(language, consequence.returned), consequence.days);
    case "remember":
      return moment.remember(moneyIn(language, consequence.returned));
    case "listenOn":
    case "end":
    case "puzzle":
      return moment[consequence.kind](quoted(consequence.reason));
    case "duplicate":
      return moment.duplicate;
  }
}

function booked({ texts, language }: BotContext, { fact, entries }: FactTold): string {
  const written = entries.map(({ account, amount }) => {
    const sign = amount.minor > 0 ? "+" : "";
    return `${account.replace(/^customer:.*/u, "customer")} ${sign}${moneyIn(language, amount)}`;
  });
  return texts.moment.booked(quoted(fact), escapeHtml(written.join(", ")));
}

function asked({ texts, language }: BotContext, { askedAt, amount, by }: RefundTold): Moment {
  return { at: askedAt, what: texts.moment.refundAsked(moneyIn(language, amount), by) };
}

function closed({ texts, language }: BotContext, refund: RefundTold): Moment[] {
  const { closedAt, amount, state, why = "" } = refund;
  if (closedAt === undefined) return [];
  const what = texts.moment.refundClosed(moneyIn(language, amount), state, quoted(why));
  return [{ at: closedAt, what }];
}
