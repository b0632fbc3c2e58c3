/** What crosses the Bot API's wire, as far as this server speaks it. Dates are unix seconds. */

/** A person or the bot. */
export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string | undefined;
  readonly username?: string | undefined;
  readonly language_code?: string | undefined;
}

/** A private chat, which has the id of its person, a group or a channel. */
export interface Chat {
  readonly id: number;
  readonly type: "private" | "supergroup" | "channel";
  readonly title?: string | undefined;
  readonly is_forum?: true | undefined;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly username?: string | undefined;
}

/** `offset` and `length` count UTF-16 code units, as JavaScript strings do. */
export interface MessageEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string | undefined;
  readonly user?: User | undefined;
  readonly language?: string | undefined;
  readonly custom_emoji_id?: string | undefined;
}

/** A picture in one size: pixels, and bytes of its file. */
export interface PhotoSize {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly width: number;
  readonly height: number;
  readonly file_size: number;
}

/** A file; `file_size` is in bytes. */
export interface Document {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_name: string;
  readonly mime_type: string;
  readonly file_size: number;
}

/** A voice message or a video; `duration` is in seconds. */
export interface Recording {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly duration: number;
  readonly mime_type: string;
  readonly file_size: number;
}

interface InlineButton {
  readonly text: string;
  readonly callback_data?: string | undefined;
  readonly url?: string | undefined;
  readonly pay?: boolean | undefined;
}

/** An inline keyboard, or one of the three kinds that replace the person's own keyboard. */
export interface ReplyMarkup {
  readonly inline_keyboard?: readonly (readonly InlineButton[])[] | undefined;
  readonly keyboard?: unknown;
  readonly remove_keyboard?: true | undefined;
  readonly force_reply?: true | undefined;
}

/** An invoice in Stars; `total_amount` is a number of Stars. */
export interface Invoice {
  readonly title: string;
  readonly description: string;
  readonly start_parameter: string;
  readonly currency: string;
  readonly total_amount: number;
}

/** A payment in Stars that was given back. */
export interface RefundedPayment {
  readonly currency: string;
  readonly total_amount: number;
  readonly invoice_payload: string;
  readonly telegram_payment_charge_id: string;
  readonly provider_payment_charge_id: string;
}

/** A payment in Stars; the last three fields are those of a subscription's payments alone. */
export interface SuccessfulPayment extends RefundedPayment {
  readonly is_recurring?: true;
  /** Of the first payment alone. */
  readonly is_first_recurring?: true;
  /** Until when the subscription is paid, in unix seconds. */
  readonly subscription_expiration_date?: number;
}

/** A message as the bot sees it. */
export interface Message {
  readonly message_id: number;
  readonly from: User;
  /** The chat in whose name it is written: a group, for its anonymous administrators. */
  readonly sender_chat?: Chat | undefined;
  readonly chat: Chat;
  readonly date: number;
  readonly edit_date?: number | undefined;
  readonly reply_to_message?: Message | undefined;
  readonly text?: string | undefined;
  readonly entities?: readonly MessageEntity[] | undefined;
  readonly link_preview_options?: unknown;
  readonly photo?: readonly PhotoSize[] | undefined;
  readonly document?: Document | undefined;
  readonly voice?: Recording | undefined;
  readonly video?: Recording | undefined;
  readonly sticker?: object | undefined;
  readonly location?: { readonly latitude: number; readonly longitude: number } | undefined;
  /** Where a forwarded message comes from. */
  readonly forward_origin?: object | undefined;
  readonly message_thread_id?: number | undefined;
  readonly is_topic_message?: true | undefined;
  readonly forum_topic_created?: { readonly name: string; readonly icon_color: number } | undefined;
  readonly forum_topic_closed?: object | undefined;
  readonly forum_topic_reopened?: object | undefined;
  readonly caption?: string | undefined;
  readonly caption_entities?: readonly MessageEntity[] | undefined;
  readonly has_protected_content?: true | undefined;
  readonly invoice?: Invoice | undefined;
  readonly successful_payment?: SuccessfulPayment | undefined;
  /** What was paid for, as the payer's app shows it: the bot does not get it. */
  readonly invoice_name?: string | undefined;
  readonly refunded_payment?: RefundedPayment | undefined;
  readonly reply_markup?: ReplyMarkup | undefined;
}

/** What is known of a message before it stands in a chat. */
export type Draft = Omit<Message, "message_id" | "chat" | "date">;

/** An update: beside its id it has one field, its kind. */
export type Update = { readonly update_id: number } & Readonly<Record<string, unknown>>;

/** Unix seconds, as the Bot API has its dates. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
