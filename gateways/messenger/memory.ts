import type { ChatId, TelegramId } from "../../domain/ids.ts";
import { Refused } from "../refused.ts";
import type {
  Caption,
  Delivery,
  Membership,
  Memberships,
  Message,
  Messenger,
  OwnRole,
  TextMessage,
} from "./port.ts";

interface StoredMessage {
  readonly messageId: number;
  message: Message;
}

interface Channel {
  readonly own: OwnRole | undefined;
  readonly members: Set<TelegramId>;
}

/**
 * Sends nothing, and keeps what it would have sent. `block` simulates a person who blocks the bot,
 * `openChannel` and `setMembership` channels with people in them.
 */
export class MemoryMessenger implements Messenger, Memberships {
  readonly #chats = new Map<ChatId, StoredMessage[]>();
  readonly #blocked = new Set<ChatId>();
  readonly #channels = new Map<string, Channel>();
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

  async findMembership(channel: string, person: TelegramId): Promise<Membership> {
    const { own, members } = this.#require(channel);
    if (own !== "administrator") throw new Refused(`the members of ${channel} are not shown`);
    return members.has(person) ? "member" : "absent";
  }

  async findOwnRole(channel: string): Promise<OwnRole> {
    const { own } = this.#require(channel);
    if (own === undefined) throw new Refused(`the bot is not a member of ${channel}`);
    return own;
  }

  /** Makes a channel, or changes what the bot is there; undefined: it is not in it. */
  openChannel(channel: string, own: OwnRole | undefined): void {
    const members = this.#channels.get(channel)?.members ?? new Set();
    this.#channels.set(channel, { own, members });
  }

  /** The person joins or leaves. */
  setMembership(channel: string, person: TelegramId, membership: Membership): void {
    const { members } = this.#require(channel);
    if (membership === "member") members.add(person);
    else members.delete(person);
  }

  #require(channel: string): Channel {
    const found = this.#channels.get(channel);
    if (found === undefined) throw new Refused(`${channel}: chat not found`);
    return found;
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
