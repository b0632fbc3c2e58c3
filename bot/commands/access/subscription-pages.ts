import type { CurrentPlan } from "../../../db/queries/payments/plans.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import { type SubscriptionState, trialPlan } from "../../../domain/access/subscription.ts";
import { withSubscription } from "../../../domain/messaging/subscription-buttons.ts";
import type { Instant } from "../../../domain/time.ts";
import { planNameIn } from "../../../texts/subscription-name.ts";
import { escapeHtml, momentIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { namingButtons } from "../../subscription-buttons.ts";
import { fitLabel, truncate } from "../fit-lines.ts";
import { stateLine } from "../people/state-line.ts";

/** One of a customer's subscriptions, and what it is now. */
export interface OwnSubscription {
  readonly summary: SubscriptionSummary;
  readonly current: CurrentPlan;
}

/** What these subscriptions are now. */
export async function readNow(
  { plans }: Pick<BotPorts, "plans">,
  summaries: readonly SubscriptionSummary[],
  now: Instant,
): Promise<OwnSubscription[]> {
  const read = await orUnavailable(
    Promise.all(summaries.map(({ id }) => plans.findCurrent(id, now))),
  );
  return summaries.flatMap((summary, place) => {
    const current = read[place];
    return current === undefined ? [] : [{ summary, current }];
  });
}

/** Its name with the beginning of its plan's, for a list. */
const shortName = ({ language, texts }: BotContext, summary: SubscriptionSummary): string =>
  escapeHtml(
    texts.access.subscriptions.name(truncate(planNameIn(language, summary)), summary.number),
  );

/** With more of them a list has their buttons alone, which say name and state too. */
const mostInWords = 8;

/** The name of each of several subscriptions and its state, as a list says them. */
export const linesOf = (
  context: BotContext,
  own: readonly OwnSubscription[],
  now: Instant,
): string[] =>
  own.length > mostInWords ? [] : own.flatMap((one) => ["", stateOf(context, one, now)]);

function stateOf(context: BotContext, { summary, current }: OwnSubscription, now: Instant): string {
  const name = shortName(context, summary);
  return `<b>${name}</b>\n${stateLine(context, { current, more: [] }, now)}`;
}

/** The same in one line, for admins: when it ends, or has ended. */
export function lineForAdmin(context: BotContext, { summary, current }: OwnSubscription): string {
  const { until, noTime } = context.texts.people.customer;
  const { paidUntil } = current;
  const name = shortName(context, summary);
  const end = paidUntil === undefined ? noTime : until(momentIn(context, paidUntil));
  return `${iconOf(current)} <b>${name}</b>: ${end}`;
}

/** A line for each, as many as a card has room for. */
export const linesForAdmin = (context: BotContext, own: readonly OwnSubscription[]): string[] => {
  const left = own.length - mostOnCard;
  const lines = own.slice(0, mostOnCard).map((one) => lineForAdmin(context, one));
  return left > 0 ? [...lines, `+${left}`] : lines;
};

const mostOnCard = 15;

/** A button that does for this subscription what a button with this data does. */
export function choiceButton(
  { language, texts }: BotContext,
  { summary, current }: OwnSubscription,
  data: string,
) {
  const { name } = texts.access.subscriptions;
  const icon = iconOf(current);
  return {
    text: fitLabel(
      planNameIn(language, summary),
      (short) => `${icon} ${name(short, summary.number)}`,
    ),
    data: withSubscription(data, summary.number, namingButtons),
  };
}

/** A button that extends this subscription; the only one is named by its plan alone. */
export function extendingButton(
  { language, texts }: BotContext,
  { summary }: OwnSubscription,
  { data, isOnly }: { readonly data: string; readonly isOnly: boolean },
) {
  const { name, extend } = texts.access.subscriptions;
  const label = (short: string) => extend(isOnly ? short : name(short, summary.number));
  return {
    text: fitLabel(planNameIn(language, summary), label),
    data: withSubscription(data, summary.number, namingButtons),
  };
}

const icons: Readonly<Record<SubscriptionState, string>> = {
  active: "✅",
  grace: "⚠️",
  exhausted: "📊",
  suspended: "⏸",
  expired: "⌛",
  blocked: "🚫",
  revoked: "🚫",
};

const iconOf = ({ state, code }: CurrentPlan): string =>
  state === "active" && code === trialPlan.code ? "🎁" : icons[state];
