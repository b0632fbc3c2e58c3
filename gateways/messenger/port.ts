import type { TelegramId } from "../../domain/ids.ts";

export type Button =
  /** `data` comes back when the button is pressed: 1 to 64 bytes. */
  | { readonly text: string; readonly data: string }
  /** Opens a page, or a wallet. */
  | { readonly text: string; readonly url: string };

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

/**
 * A bill in Telegram Stars with a button that pays it. A title above 32 characters and a
 * description above 255 are cut; what Telegram cannot carry otherwise is refused.
 */
export interface InvoiceMessage {
  readonly kind: "invoice";
  readonly title: string;
  readonly description: string;
  /** Comes back with the money, and nobody sees it: 1 to 128 bytes. */
  readonly payload: string;
  /** Whole Stars. */
  readonly price: number;
}

export type Message = TextMessage | DocumentMessage | QrMessage | InvoiceMessage;

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
  /** Replaces the words under a picture or a document; otherwise as `edit`. */
  editCaption(to: TelegramId, messageId: number, html: string): Promise<Delivery>;
  /** Takes a message away. One that is gone, or too old to be taken away, counts as done. */
  remove(to: TelegramId, messageId: number): Promise<Delivery>;
}
