import { defineEntity, p } from "@mikro-orm/postgresql";
import type { MessageContent } from "../../../domain/messaging/message.ts";

/** The states of a message. */
const messageStates = ["waiting", "sent", "unreachable", "refused", "superseded"] as const;

/**
 * The outbox: messages are written in the transaction that decided them,
 * and sent by the messages reconciler.
 */
export const MessageTable = defineEntity({
  name: "OutboxMessage",
  tableName: "messages",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    /** Identifies the message: the same key is one message. */
    key: p.text().unique(),
    telegramId: p.bigint("number"),
    /** A place in the chat, so that edits find every copy of the message. */
    slot: p.text().nullable(),
    action: p.enum(["send", "edit", "show"] as const),
    content: p.json<MessageContent>(),
    /** Lower goes first: 0 is transactional, 1 is bulk. */
    priority: p.smallint().default(0),
    state: p.enum(messageStates).default("waiting"),
    /** Telegram's id of the sent message. */
    messageId: p.bigint("number").nullable(),
    tries: p.integer().default(0),
    nextTryAt: p.datetime().defaultRaw("now()"),
    reason: p.text().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
    sentAt: p.datetime().nullable(),
  },
});
