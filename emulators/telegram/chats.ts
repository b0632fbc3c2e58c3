import type { Journal, Table } from "../kit/journal.ts";
import { type Draft, type Message, nowSeconds, type User } from "./bot-api.ts";
import { ChatEvents } from "./chat-events.ts";
import { chatOf, type Person } from "./people.ts";

/** The bot's private chats and their messages. */
export class Chats {
  readonly events = new ChatEvents();
  readonly #journal: Journal;
  readonly #lastIds: Table<number>;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#lastIds = journal.table("last-message-id");
  }

  /** Newest last, as the messages are now: those behind the message `after`. */
  list(chatId: number, after = 0): Message[] {
    return [...this.#messages(chatId).values()].filter(({ message_id }) => message_id > after);
  }

  find(chatId: number, messageId: number): Message | undefined {
    return this.#messages(chatId).get(messageId);
  }

  /** Adds a message with the next id of the chat. */
  add(person: Person, draft: Draft): Message {
    const message_id = (this.#lastIds.get(person.id) ?? 0) + 1;
    this.#lastIds.set(person.id, message_id);
    const { from, ...content } = draft;
    const place = { message_id, from, chat: chatOf(person), date: nowSeconds() };
    const message: Message = { ...place, ...content };
    this.#messages(person.id).set(message_id, message);
    this.events.publish(person.id, "message", message);
    return message;
  }

  /** Puts an edited message in the place of the old one. */
  replace(message: Message): Message {
    this.#messages(message.chat.id).set(message.message_id, message);
    this.events.publish(message.chat.id, "edit", message);
    return message;
  }

  /** Deletes a message. */
  remove({ chat, message_id }: Message): void {
    this.#messages(chat.id).delete(message_id);
    this.events.publish(chat.id, "delete", { message_id });
  }

  clear(): void {
    this.#lastIds.clear();
    const names = this.#journal.tableNames().filter((name) => name.startsWith("chat/"));
    for (const name of names) {
      this.#journal.table(name).clear();
      this.events.publish(Number(name.slice("chat/".length)), "chat", []);
    }
  }

  #messages(chatId: number): Table<Message> {
    return this.#journal.table(`chat/${chatId}`);
  }
}

/** The message as the Bot API returns it: only inline keyboards belong to a message there. */
export function showToBot(message: Message): Message {
  const { reply_markup, ...rest } = message;
  return reply_markup?.inline_keyboard ? message : rest;
}

/** A reply quotes a message without what that one replied to. */
export function quote(message: Message): Message {
  const { reply_to_message: _deeper, ...rest } = showToBot(message);
  return rest;
}

/** Whether this user wrote the message. */
export const isFrom = (message: Message, user: User): boolean => message.from.id === user.id;
