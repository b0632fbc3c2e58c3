import { defineEntity, p } from "@mikro-orm/postgresql";
import { ticketStates } from "../../../domain/messaging/ticket.ts";

/** The conversation of one customer with support: closed, and opened again by the next message. */
export const TicketTable = defineEntity({
  name: "Ticket",
  tableName: "tickets",
  properties: {
    customerId: p.uuid().primary(),
    telegramId: p.bigint("number").unique(),
    state: p.enum(ticketStates),
    openedAt: p.datetime(),
    lastMessageAt: p.datetime(),
    /** Since when the customer waits for an answer; null: they do not. */
    unansweredSince: p.datetime().nullable(),
    closedAt: p.datetime().nullable(),
    /** The admin who closed it; null: nobody wrote for long. */
    closedBy: p.bigint("number").nullable(),
  },
});
