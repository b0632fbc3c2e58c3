import { defineEntity, p } from "@mikro-orm/postgresql";
import type { TicketFile } from "../../../domain/messaging/ticket.ts";

/** What was written in a conversation with support; rows are only added. */
export const TicketMessageTable = defineEntity({
  name: "TicketMessage",
  tableName: "ticket_messages",
  properties: {
    /** Names Telegram's message: the same message is taken once. */
    key: p.text().primary(),
    seq: p.bigint("number").autoincrement(),
    customerId: p.uuid(),
    /** Who of the admins wrote it; null: the customer. */
    admin: p.bigint("number").nullable(),
    body: p.text(),
    file: p.json<TicketFile>().nullable(),
    at: p.datetime(),
  },
});
