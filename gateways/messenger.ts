import type { TelegramId } from "../domain/ids.ts";

export interface Button {
  readonly text: string;
  /** Comes back when the button is pressed: 1 to 64 bytes. */
  readonly data: string;
}

/** Rows of buttons under a message. */
export type Keyboard = readonly (readonly Button[])[];

/** `html` is Telegram's HTML subset with everything from people escaped already. */
export interface TextMessage {
  readonly kind: "text";
  readonly html: string;
  readonly keyboard?: Keyboard;
}

export interface DocumentMessage {
  readonly kind: "document";
  readonly fileName: string;
  readonly content: string;
  readonly captionHtml?: string;
}

/** A QR picture of `text`. */
export interface QrMessage {
  readonly kind: "qr";
  readonly text: string;
  readonly captionHtml?: string;
}

export type Message = TextMessage | DocumentMessage | QrMessage;

/** `unreachable`: the person blocked the bot, never pressed Start, or the account is gone. */
export type Delivery =
  | { readonly kind: "sent"; readonly messageId: number }
  | { readonly kind: "unreachable" };

/**
 * The chat with people. Throws `Refused` when the service rejects the message itself, `SlowDown`
 * when it asks us to wait; anything else thrown is an outage. A send that is repeated shows the
 * message twice: the service knows no idempotency key.
 */
export interface Messenger {
  send(to: TelegramId, message: Message): Promise<Delivery>;
  /**
   * Replaces a text message and its buttons. An edit that changes nothing, or of a message that is
   * gone, counts as done.
   */
  edit(to: TelegramId, messageId: number, message: TextMessage): Promise<Delivery>;
}
