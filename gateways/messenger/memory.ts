import type { ChatId } from "../../domain/ids.ts";
import type { Caption, Delivery, Message, Messenger, TextMessage } from "./port.ts";

interface StoredMessage {
  readonly messageId: number;
  message: Message;
}

/**
 * Sends nothing, and keeps what it would have sent. `block` simulates a person who blocks the bot.
 */
export class MemoryMessenger implements Messenger {
  readonly #chats = new Map<ChatId, StoredMessage[]>();
  readonly #blocked = new Set<ChatId>();
  #lastId = 0;

  async send(to: ChatId, message: Message): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    this.#lastId += 1;
    this.#chats.set(to, [...this.chat(to), { messageId: this.#lastId, message }]);
    return { kind: "sent", messageId: this.#lastId };
  }

  async edit(to: ChatId, messageId: number, message: TextMessage): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    const stored = this.chat(to).find((one) => one.messageId === messageId);
    if (stored === undefined) return { kind: "gone" };
    stored.message = message;
    return { kind: "sent", messageId };
  }

  async editCaption(to: ChatId, messageId: number, caption: Caption): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    const stored = this.chat(to).find((one) => one.messageId === messageId);
    if (stored === undefined) return { kind: "gone" };
    const shown = stored.message;
    if (shown.kind === "qr" || shown.kind === "document" || shown.kind === "sentFile") {
      const { captionHtml: _words, keyboard: _buttons, ...rest } = shown;
      stored.message = { ...rest, ...caption };
    }
    return { kind: "sent", messageId };
  }

  async remove(to: ChatId, messageId: number): Promise<Delivery> {
    if (this.#blocked.has(to)) return { kind: "unreachable" };
    const before = this.chat(to).length;
    this.delete(to, messageId);
    return this.chat(to).length < before ? { kind: "sent", messageId } : { kind: "gone" };
  }

  /** The messages that a person has now, oldest first. */
  chat(person: ChatId): readonly StoredMessage[] {
    return this.#chats.get(person) ?? [];
  }

  /** Deletes a message, as a person does in the app. */
  delete(person: ChatId, messageId: number): void {
    this.#chats.set(
      person,
      this.chat(person).filter((one) => one.messageId !== messageId),
    );
  }

  /** The person blocks the bot. */
  block(person: ChatId): void {
    this.#blocked.add(person);
  }

  /** The person unblocks the bot. */
  unblock(person: ChatId): void {
    this.#blocked.delete(person);
  }
}
