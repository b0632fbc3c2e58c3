import type { TelegramId } from "../domain/ids.ts";
import type { AdminAnswered, CustomerWrote, TicketClosing } from "../domain/messaging/ticket.ts";
import { signals, taskQueue, workflowIds } from "../workflows/contract/names.ts";
import { ofPerson } from "../workflows/contract/people.ts";
import type { ticket } from "../workflows/index.ts";
import type { DurableClient } from "./durable.ts";

type TicketArgument = CustomerWrote | AdminAnswered | TicketClosing;

/** Signals a customer's conversation with support, and starts it where none runs. */
async function signalTicket(
  client: DurableClient,
  of: TelegramId,
  signal: "customerWrote" | "adminAnswered" | "ticketClosed",
  argument: TicketArgument,
): Promise<void> {
  await client.call(({ workflow }) =>
    workflow.signalWithStart<typeof ticket, [TicketArgument]>("ticket", {
      taskQueue,
      workflowId: workflowIds.ticket(of),
      args: [of],
      signal,
      signalArgs: [argument],
      typedSearchAttributes: ofPerson(of),
      staticSummary: `Support of ${of}`,
    }),
  );
}

/**
 * Passes a customer's message on to support.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const writeToSupport = (
  client: DurableClient,
  from: TelegramId,
  wrote: CustomerWrote,
): Promise<void> => signalTicket(client, from, signals.customerWrote, wrote);

/**
 * Passes an admin's message on to a customer.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const answerCustomer = (
  client: DurableClient,
  to: TelegramId,
  answer: AdminAnswered,
): Promise<void> => signalTicket(client, to, signals.adminAnswered, answer);

/**
 * Closes a customer's conversation with support.
 * @throws Unavailable when Temporal does not answer in time.
 */
export const closeTicket = (
  client: DurableClient,
  of: TelegramId,
  closing: TicketClosing,
): Promise<void> => signalTicket(client, of, signals.ticketClosed, closing);
