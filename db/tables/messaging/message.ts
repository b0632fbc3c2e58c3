import { defineEntity, p } from "@mikro-orm/postgresql";
import type { MessageContent } from "../../../domain/messaging/message.ts";

/** What became of a message. */
const messageStates = ["waiting", "sent", "unreachable", "refused", "superseded"] as const;

/** What people are told, written in the transaction that decided it and sent by the messages reconciler. */
export const MessageTable = defineEntity({
  name: "OutboxMessage",
  tableName: "messages",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    /** What it is about: the same key is one message. */
    key: p.text().unique(),
    telegramId: p.bigint("number"),
    /** Names the place in the chat, so that later changes find every copy of it. */
    slot: p.text().nullable(),
    action: p.enum(["send", "edit"] as const),
    content: p.json<MessageContent>(),
    /** Lower goes first: 0 is transactional, 1 is bulk. */
    priority: p.smallint().default(0),
    state: p.enum(messageStates).default("waiting"),
    /** Telegram's number of what was sent. */
    messageId: p.bigint("number").nullable(),
    tries: p.integer().default(0),
    nextTryAt: p.datetime().defaultRaw("now()"),
    reason: p.text().nullable(),
    createdAt: p.datetime().defaultRaw("now()"),
    sentAt: p.datetime().nullable(),
  },
});
