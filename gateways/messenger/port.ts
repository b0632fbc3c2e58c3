import type { ChatId, TelegramId } from "../../domain/ids.ts";

/** A button under a message. */
export type Button =
  /** `data` comes back when the button is pressed: 1 to 64 bytes. */
  | { readonly text: string; readonly data: string }
  /** Opens a page, or a wallet. */
  | { readonly text: string; readonly url: string };

/** Rows of buttons under a message. */
export type Keyboard = readonly (readonly Button[])[];

/** `html` is Telegram's HTML subset; texts from people are escaped already. */
export interface TextMessage {
  readonly kind: "text";
  readonly html: string;
  readonly keyboard?: Keyboard;
  readonly topic?: number;
  /** It stays at the top of its chat or topic, where the bot may pin. */
  readonly isPinned?: boolean;
}

/** A text file. */
export interface DocumentMessage {
  readonly kind: "document";
  readonly fileName: string;
  readonly content: string;
  readonly captionHtml?: string;
  readonly keyboard?: Keyboard;
}

/** What is under a picture or a file. */
export type Caption = Pick<DocumentMessage, "captionHtml" | "keyboard">;

/** A QR picture of `text`. */
export interface QrMessage {
  readonly kind: "qr";
  readonly text: string;
  readonly captionHtml?: string;
  readonly keyboard?: Keyboard;
}

/** A file that the service has already, by its id there. */
export interface SentFileMessage {
  readonly kind: "sentFile";
  readonly media: "photo" | "document" | "voice" | "video";
  readonly fileId: string;
  readonly captionHtml?: string;
  readonly keyboard?: Keyboard;
  readonly topic?: number;
}

/** A new topic of a group; its number is that of the message that opens it. */
export interface TopicMessage {
  readonly kind: "topic";
  /** Cut to 128 characters. */
  readonly name: string;
}

/** Closes a topic or opens it again; one that is so already counts as done. */
export interface TopicStateMessage {
  readonly kind: "topicState";
  readonly topic: number;
  readonly isOpen: boolean;
}

/**
 * A message of any kind. One for a topic that somebody has deleted goes to the group itself: it is
 * never lost.
 */
export type Message =
  | TextMessage
  | DocumentMessage
  | QrMessage
  | SentFileMessage
  | TopicMessage
  | TopicStateMessage;

/**
 * `unreachable`: the person blocked the bot, never pressed Start, or the account was deleted.
 * `gone`: the message to change was deleted, or is too old.
 */
export type Delivery =
  | { readonly kind: "sent"; readonly messageId: number }
  | { readonly kind: "unreachable" }
  | { readonly kind: "gone" };

/** Whether a person is in a channel or group now. */
export type Membership = "member" | "absent";

/** What the bot is in a channel or group: only an administrator surely sees who is in it. */
export type OwnRole = "administrator" | "member";

/**
 * The chat with people. A repeated send shows the message twice:
 * the service has no idempotency key.
 * @throws Refused when the service rejects the message itself.
 * @throws SlowDown when it asks us to wait.
 * @throws Error on an outage.
 */
export interface Messenger {
  /** Sends a message. */
  send(to: ChatId, message: Message): Promise<Delivery>;
  /** Replaces a text message and its buttons. An edit that changes nothing counts as done. */
  edit(to: ChatId, messageId: number, message: TextMessage): Promise<Delivery>;
  /** Replaces the text and the buttons under a picture or a file; otherwise like `edit`. */
  editCaption(to: ChatId, messageId: number, caption: Caption): Promise<Delivery>;
  /** Deletes a message. */
  remove(to: ChatId, messageId: number): Promise<Delivery>;
}

/**
 * Who is in channels and groups, each named by its `@username` or its number.
 * @throws Refused when the service does not know the channel, or does not show the bot who is in it.
 * @throws SlowDown when it asks us to wait.
 * @throws Error on an outage.
 */
export interface Memberships {
  /** Whether a person is in the channel. */
  findMembership(channel: string, person: TelegramId): Promise<Membership>;
  /** What the bot itself is in the channel. */
  findOwnRole(channel: string): Promise<OwnRole>;
}
