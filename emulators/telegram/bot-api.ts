/** What crosses the Bot API's wire, as far as this server speaks it. Dates are unix seconds. */

/** A person or a bot; in a private chat its id is the chat's too. */
export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string | undefined;
  readonly username?: string | undefined;
  readonly language_code?: string | undefined;
}

/** A chat; the emulator has private ones only, whose id is the person's. */
export interface Chat {
  readonly id: number;
  readonly type: "private";
  readonly first_name: string;
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

/** One size of a photo, in pixels and bytes. */
export interface PhotoSize {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly width: number;
  readonly height: number;
  readonly file_size: number;
}

/** A file that was sent as it is; its size is in bytes. */
export interface Document {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_name: string;
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

/** A bill; the total is in the currency's smallest units. */
export interface Invoice {
  readonly title: string;
  readonly description: string;
  readonly start_parameter: string;
  readonly currency: string;
  readonly total_amount: number;
}

/** The receipt of a paid bill; the total is in the currency's smallest units. */
export interface SuccessfulPayment {
  readonly currency: string;
  readonly total_amount: number;
  readonly invoice_payload: string;
  readonly telegram_payment_charge_id: string;
  readonly provider_payment_charge_id: string;
}

/** A message with the fields that the emulator knows. Moments are Unix seconds. */
export interface Message {
  readonly message_id: number;
  readonly from: User;
  readonly chat: Chat;
  readonly date: number;
  readonly edit_date?: number | undefined;
  readonly reply_to_message?: Message | undefined;
  readonly text?: string | undefined;
  readonly entities?: readonly MessageEntity[] | undefined;
  readonly link_preview_options?: unknown;
  readonly photo?: readonly PhotoSize[] | undefined;
  readonly document?: Document | undefined;
  readonly caption?: string | undefined;
  readonly caption_entities?: readonly MessageEntity[] | undefined;
  readonly has_protected_content?: true | undefined;
  readonly invoice?: Invoice | undefined;
  readonly successful_payment?: SuccessfulPayment | undefined;
  readonly refunded_payment?: SuccessfulPayment | undefined;
  readonly reply_markup?: ReplyMarkup | undefined;
}

/** What is known of a message before it stands in a chat. */
export type Draft = Omit<Message, "message_id" | "chat" | "date">;

export type Update = { readonly update_id: number } & Readonly<Record<string, unknown>>;

/** Unix seconds, as the Bot API has its dates. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
