import type { Journal, Table } from "../kit/journal.ts";
import { type Draft, type Message, nowSeconds, type User } from "./bot-api.ts";
import { ChatEvents } from "./chat-events.ts";
import { chatOfGroup, type Group } from "./groups.ts";
import { chatOf, type Person } from "./people.ts";

/** Where messages are: a person's private chat with the bot, or a group. */
export type Place = Person | Group;

/** The bot's chats and their messages. */
export class Chats {
  readonly events = new ChatEvents();
  readonly #journal: Journal;
  readonly #lastIds: Table<number>;
  /** By chat and message: what the bot reacted with, and which messages it pinned. */
  readonly #marks: Table<string>;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#lastIds = journal.table("last-message-id");
    this.#marks = journal.table("message-marks");
  }

  /** Newest last, as the messages are now: those behind the message `after`. */
  list(chatId: number, after = 0): Message[] {
    return [...this.#messages(chatId).values()].filter(({ message_id }) => message_id > after);
  }

  find(chatId: number, messageId: number): Message | undefined {
    return this.#messages(chatId).get(messageId);
  }

  /** Adds a message with the next id of the chat. */
  add(place: Place, { from, ...content }: Draft): Message {
    const message_id = this.#nextId(place);
    const chat = "title" in place ? chatOfGroup(place) : chatOf(place);
    return this.#put({ message_id, from, chat, date: nowSeconds(), ...content });
  }

  /** Adds the message that opens a topic, which has the id of this message. */
  openTopic(group: Group, { from, ...content }: Draft): Message {
    const message_id = this.#nextId(group);
    const topic = { message_thread_id: message_id, is_topic_message: true as const };
    const place = { message_id, from, chat: chatOfGroup(group), date: nowSeconds() };
    return this.#put({ ...place, ...topic, ...content });
  }

  #nextId({ id }: Place): number {
    const next = (this.#lastIds.get(id) ?? 0) + 1;
    this.#lastIds.set(id, next);
    return next;
  }

  #put(message: Message): Message {
    this.#messages(message.chat.id).set(message.message_id, message);
    this.events.publish(message.chat.id, "message", message);
    return message;
  }

  /** Sets the bot's reaction to a message; undefined removes it. */
  react({ chat, message_id }: Message, emoji: string | undefined): void {
    const key = `${chat.id}/${message_id}/reaction`;
    if (emoji === undefined) this.#marks.delete(key);
    else this.#marks.set(key, emoji);
    this.events.publish(chat.id, "reaction", { message_id, emoji });
  }

  /** Pins a message. */
  pin({ chat, message_id }: Message): void {
    this.#marks.set(`${chat.id}/${message_id}/pin`, "pinned");
  }

  /** The bot's reactions, or its pins, in a chat, by message. */
  listMarks(chatId: number, kind: "reaction" | "pin"): Record<string, string> {
    const marks = [...this.#marks.entries()].flatMap(([key, mark]) => {
      const [chat, message = "", what] = key.split("/");
      return chat === String(chatId) && what === kind ? [[message, mark] as const] : [];
    });
    return Object.fromEntries(marks);
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
    this.#marks.clear();
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
  const { reply_markup, invoice_name: _name, ...rest } = message;
  return reply_markup?.inline_keyboard ? { ...rest, reply_markup } : rest;
}

/** A reply quotes a message without what that one replied to. */
export function quote(message: Message): Message {
  const { reply_to_message: _deeper, ...rest } = showToBot(message);
  return rest;
}

/** Whether this user wrote the message. */
export const isFrom = (message: Message, user: User): boolean => message.from.id === user.id;
