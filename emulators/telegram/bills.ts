import { randomBytes } from "node:crypto";
import type { Journal, Table } from "../kit/journal.ts";
import type { Chats } from "./chats.ts";
import type { Bill } from "./invoices.ts";

const linkBegin = "https://t.me/$";

/** The bot's invoices: those in chats, and those behind links. */
export class Bills {
  readonly #payloads: Table<string>;
  readonly #links: Table<Bill>;
  readonly #chats: Chats;

  constructor(journal: Journal, chats: Chats) {
    this.#payloads = journal.table("invoice-payloads");
    this.#links = journal.table("invoice-links");
    this.#chats = chats;
  }

  /** Keeps what a chat's message does not say. */
  keepPayload(chatId: number, messageId: number, payload: string): void {
    this.#payloads.set(`${chatId}/${messageId}`, payload);
  }

  /** The invoice in a chat; undefined when the message has no invoice. */
  findInChat(chatId: number, messageId: number): Bill | undefined {
    const invoice = this.#chats.find(chatId, messageId)?.invoice;
    if (invoice === undefined) return undefined;
    return { invoice, payload: this.#payloads.get(`${chatId}/${messageId}`) ?? "" };
  }

  /** Puts an invoice behind a link that everybody may pay, as often as they like. */
  createLink(bill: Bill): string {
    const slug = randomBytes(12).toString("base64url");
    this.#links.set(slug, bill);
    return `${linkBegin}${slug}`;
  }

  /** The invoice behind a link; undefined when this bot made no such link. */
  findByLink(link: string): Bill | undefined {
    const slug = /^(?:https?:\/\/)?t\.me\/(?:\$|invoice\/)([\w-]+)$/iu.exec(link)?.[1];
    return slug === undefined ? undefined : this.#links.get(slug);
  }

  clear(): void {
    this.#payloads.clear();
    this.#links.clear();
  }
}
