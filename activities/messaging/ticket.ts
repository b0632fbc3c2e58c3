import type { Tickets } from "../../db/messaging/tickets.ts";
import type { TicketSteps } from "../../workflows/steps/messaging.ts";

/** The activities of conversations with support: one transaction each. */
export function createTicketActivities({ tickets }: { readonly tickets: Tickets }): TicketSteps {
  return {
    keepQuestion: (from, wrote, now) => tickets.keepQuestion(from, wrote, now),
    keepAnswer: (to, answer, now) => tickets.keepAnswer(to, answer, now),
    closeTicket: (of, closing, now) => tickets.close(of, closing, now),
    writeDueReminders: (of, now) => tickets.writeDue(of, now),
  };
}
