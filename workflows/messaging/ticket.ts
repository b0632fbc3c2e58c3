import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { TelegramId } from "../../domain/ids.ts";
import type {
  AdminAnswered,
  CustomerWrote,
  TicketClosing,
  CurrentTicket,
} from "../../domain/messaging/ticket.ts";
import { instant, msBetween } from "../../domain/time.ts";
import { searchAttributes } from "../contract/names.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { adminAnswered, customerWrote, ticketClosed } from "../signals.ts";
import { localDb } from "../steps/messaging.ts";

const longestHistoryEvents = 1_000;

/** What may be handed to the next run, in characters of JSON: far below the 2 MB of a payload. */
const mostCarriedChars = 400_000;

/** Something that was written or pressed in a conversation, and is not in the books yet. */
export type TicketEvent =
  | { readonly kind: "wrote"; readonly wrote: CustomerWrote }
  | { readonly kind: "answered"; readonly answer: AdminAnswered }
  | { readonly kind: "closed"; readonly closing: TicketClosing };

/**
 * The conversation of one customer with support: keeps each message in the books, which write it to
 * its receivers, reminds admins of a customer who waits, and ends when it is closed. The next
 * message starts it again. All of its state is in the books.
 */
export async function ticket(
  of: TelegramId,
  carried: readonly TicketEvent[] = [],
): Promise<"closed"> {
  const events: TicketEvent[] = [...carried];
  setHandler(customerWrote, (wrote) => void events.push({ kind: "wrote", wrote }));
  setHandler(adminAnswered, (answer) => void events.push({ kind: "answered", answer }));
  setHandler(ticketClosed, (closing) => void events.push({ kind: "closed", closing }));
  const shown = { details: "", isWaiting: false };
  for (;;) {
    for (let event = events.shift(); event; event = events.shift()) {
      await keep(of, event);
      if (isLong(events)) await renew(of, events);
    }
    const current = await localDb.writeDueReminders(of, instant(Date.now()));
    show(shown, current);
    if (isLong(events)) await renew(of, events);
    if (events.length > 0) continue;
    if (current?.next === undefined) {
      await condition(allHandlersFinished);
      if (events.length === 0) return "closed";
      continue;
    }
    await waitUntilDue(() => events.length > 0, current.next);
  }
}

function keep(of: TelegramId, event: TicketEvent): Promise<void> {
  const now = instant(Date.now());
  switch (event.kind) {
    case "wrote":
      return localDb.keepQuestion(of, event.wrote, now);
    case "answered":
      return localDb.keepAnswer(of, event.answer, now);
    case "closed":
      return localDb.closeTicket(of, event.closing, now);
  }
}

/** Sets what operators see, where it has changed. */
function show(
  shown: { details: string; isWaiting: boolean },
  current: CurrentTicket | undefined,
): void {
  if (current === undefined) return;
  const { state, customerId, unansweredSince: since } = current;
  const details = since === undefined ? state : `${state}, unanswered since ${since}`;
  if (shown.details === details) return;
  if (shown.details === "") {
    upsertSearchAttributes([{ key: searchAttributes.customerId, value: customerId }]);
  }
  showStage(state, details);
  const isWaiting = since !== undefined;
  if (isWaiting !== shown.isWaiting) needHuman(isWaiting, details);
  Object.assign(shown, { details, isWaiting });
}

async function waitUntilDue(
  hasNews: () => boolean,
  next: NonNullable<CurrentTicket["next"]>,
): Promise<void> {
  const waitMs = Math.max(1, msBetween(instant(Date.now()), next));
  await condition(hasNews, waitMs, { summary: `a reminder or the closing is due at ${next}` });
}

/** Whether a new run should begin; one that is handed very much goes on until it fits. */
const isLong = (events: readonly TicketEvent[]): boolean =>
  workflowInfo().historyLength > longestHistoryEvents &&
  JSON.stringify(events).length < mostCarriedChars;

/** Starts a new run with a short history, which gets what is not in the books yet. */
async function renew(of: TelegramId, events: readonly TicketEvent[]): Promise<never> {
  await condition(allHandlersFinished);
  return continueAsNew<typeof ticket>(of, [...events]);
}
