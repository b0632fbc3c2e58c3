import type { TimelineEntry } from "../../../db/queries/people/admin.ts";
import type { CustomerName } from "../../../db/queries/people/customers.ts";
import { customerButton } from "../../../domain/messaging/buttons.ts";
import { durationIn } from "../../../texts/durations.ts";
import { isolated, momentIn } from "../../../texts/index.ts";
import { historyButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { truncate } from "../fit-lines.ts";
import { type Page, pageOf, withBack } from "../paging.ts";

/** An entry takes up to two lines of a phone. */
const perPage = 8;

/** What happened to a customer, newest first, the page `number`, counted from 1. */
export function historyPage(
  context: BotContext,
  { telegramId: id, name }: CustomerName,
  timeline: readonly TimelineEntry[],
  number = 1,
): Page {
  const list = {
    head: `${context.texts.operations.timeline.ofCustomer(name)}\n`,
    entries: timeline.map((entry) => ({ line: timelineLine(context, entry) })),
    perPage,
    turnTo: (page: number) => historyButton.data({ id, page }),
  };
  return withBack(context, pageOf(list, number), customerButton.data({ id, place: "here" }));
}

/** What gives or takes time: its detail is a number of days. */
const countsDays: ReadonlySet<TimelineEntry["kind"]> = new Set([
  "trial",
  "payment",
  "refund",
  "extend",
  "adopt",
]);

function timelineLine(context: BotContext, entry: TimelineEntry): string {
  const { texts } = context;
  const { timeline } = texts.operations;
  const said = countsDays.has(entry.kind)
    ? timeline.days(Number(entry.detail))
    : entry.kind === "maintenance"
      ? durationIn(texts, Number(entry.detail))
      : entry.detail;
  const detail = entry.detail ? ` (${isolated(truncate(said))})` : "";
  const by = entry.by ? `, ${isolated(truncate(entry.by))}` : "";
  const what = `${texts.people.events[entry.kind]}${detail}${by}`;
  return timeline.entry(momentIn(context, entry.at), what);
}
