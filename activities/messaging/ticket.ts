import type { Tickets } from "../../db/messaging/tickets.ts";
import type { TicketSteps } from "../../workflows/steps/messaging.ts";

/** The activities of conversations with support: one transaction each. */
export function createTicketActivities({ tickets }: { readonly tickets: Tickets }): TicketSteps {
  return {
    keepEvents: (of, events, now) => tickets.keepEvents(of, events, now),
  };
}
