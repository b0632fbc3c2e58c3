import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { TelegramId } from "../../domain/ids.ts";
import type { CurrentTicket, TicketEvent } from "../../domain/messaging/ticket.ts";
import { instant, msBetween } from "../../domain/time.ts";
import { searchAttributes } from "../contract/names.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { adminAnswered, customerWrote, ticketClosed } from "../signals.ts";
import { localDb } from "../steps/messaging.ts";

const longestHistoryEvents = 1_000;

/** What may be handed to the next run, in characters of JSON: far below the 2 MB of a payload. */
const mostCarriedChars = 400_000;

/** What one step takes: a moment of one transaction. */
const mostBatched = 100;

/**
 * The conversation of one customer with support: keeps what waits in the books in one step, which
 * writes it to its receivers, reminds admins of a customer who waits, and ends when it is closed. The next
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
    const batch = events.splice(0, mostBatched);
    const current = await localDb.keepEvents(of, batch, instant(Date.now()));
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
