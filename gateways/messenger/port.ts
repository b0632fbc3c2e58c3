import type { TelegramId } from "../../domain/ids.ts";

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
}

/** A text file. */
export interface DocumentMessage {
  readonly kind: "document";
  readonly fileName: string;
  readonly content: string;
  readonly captionHtml?: string;
  readonly keyboard?: Keyboard;
}

/** A QR picture of `text`. */
export interface QrMessage {
  readonly kind: "qr";
  readonly text: string;
  readonly captionHtml?: string;
  readonly keyboard?: Keyboard;
}

/** A message of any kind. */
export type Message = TextMessage | DocumentMessage | QrMessage;

/**
 * `unreachable`: the person blocked the bot, never pressed Start, or the account was deleted.
 * `gone`: the message to change was deleted, or is too old.
 */
export type Delivery =
  | { readonly kind: "sent"; readonly messageId: number }
  | { readonly kind: "unreachable" }
  | { readonly kind: "gone" };

/**
 * The chat with people. A repeated send shows the message twice:
 * the service has no idempotency key.
 * @throws Refused when the service rejects the message itself.
 * @throws SlowDown when it asks us to wait.
 * @throws Error on an outage.
 */
export interface Messenger {
  /** Sends a message. */
  send(to: TelegramId, message: Message): Promise<Delivery>;
  /** Replaces a text message and its buttons. An edit that changes nothing counts as done. */
  edit(to: TelegramId, messageId: number, message: TextMessage): Promise<Delivery>;
  /** Deletes a message. */
  remove(to: TelegramId, messageId: number): Promise<Delivery>;
}
