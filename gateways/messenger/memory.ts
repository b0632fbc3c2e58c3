import type { TelegramId } from "../../domain/ids.ts";
import { fitInvoice } from "./invoice.ts";
import type { Delivery, Message, Messenger, TextMessage } from "./port.ts";

interface Kept {
  readonly messageId: number;
  message: Message;
}

/**
 * Writes to nobody, and keeps what it would have written. `block` plays a person who blocks the
 * bot.
 */
export class MemoryMessenger implements Messenger {
  readonly #chats = new Map<TelegramId, Kept[]>();
  readonly #blocked = new Set<TelegramId>();
  #lastId = 0;

  async send(to: TelegramId, message: Message): Promise<Delivery> {
    const shown = message.kind === "invoice" ? fitInvoice(message) : message;
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    this.#lastId += 1;
    this.#chats.set(to, [...this.chat(to), { messageId: this.#lastId, message: shown }]);
    return { kind: "sent", messageId: this.#lastId };
  }

  async edit(to: TelegramId, messageId: number, message: TextMessage): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    const kept = this.chat(to).find((one) => one.messageId === messageId);
    if (kept !== undefined) kept.message = message;
    return { kind: "sent", messageId };
  }

  async editCaption(to: TelegramId, messageId: number, captionHtml: string): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    const kept = this.chat(to).find((one) => one.messageId === messageId);
    if (kept?.message.kind === "qr" || kept?.message.kind === "document") {
      kept.message = { ...kept.message, captionHtml };
    }
    return { kind: "sent", messageId };
  }

  async remove(to: TelegramId, messageId: number): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    this.lose(to, messageId);
    return { kind: "sent", messageId };
  }

  chat(of: TelegramId): readonly Kept[] {
    return this.#chats.get(of) ?? [];
  }

  /** Takes a message away, as a person does who deletes it. */
  lose(of: TelegramId, messageId: number): void {
    this.#chats.set(
      of,
      this.chat(of).filter((one) => one.messageId !== messageId),
    );
  }

  block(person: TelegramId): void {
    this.#blocked.add(person);
  }

  unblock(person: TelegramId): void {
    this.#blocked.delete(person);
  }
}
