import { type Gateway, isGateway } from "./faults.ts";
import { type Guard, isFlag, isNumber, isText, listOf, optional, shape } from "./guards.ts";

/**
 * Telegram's Bot API objects under their own names, as far as this page shows them
 * (core.telegram.org/bots/api, "Available types"). Offsets and lengths count UTF-16 units.
 */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string | undefined;
}

/** Who wrote a message: the person or the bot. */
export interface Author {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
}

/** One size of a picture, in pixels. */
export interface PhotoSize {
  readonly file_id: string;
  readonly width: number;
  readonly height: number;
}

/** A file in a message; its size in bytes. */
export interface Document {
  readonly file_id: string;
  readonly file_name?: string | undefined;
  readonly file_size?: number | undefined;
}

/** A button under a message: exactly one of its kinds is set. */
export interface InlineButton {
  readonly text: string;
  readonly callback_data?: string | undefined;
  readonly url?: string | undefined;
  readonly copy_text?: { readonly text: string } | undefined;
  /** Pays the invoice that it stands under. */
  readonly pay?: boolean | undefined;
}

/** What stands under a message, or asks for a reply. */
export interface ReplyMarkup {
  readonly inline_keyboard?: readonly (readonly InlineButton[])[] | undefined;
  readonly force_reply?: boolean | undefined;
  readonly input_field_placeholder?: string | undefined;
}

/** An invoice in the chat. */
export interface Invoice {
  readonly title: string;
  readonly description: string;
  /** In Stars: an emulated Telegram sells for nothing else. */
  readonly total_amount: number;
}

/** Stars that went to the bot, or came back from it. */
export interface Moved {
  readonly total_amount: number;
  /** Until when a subscription is paid, in unix seconds; only its payments have it. */
  readonly subscription_expiration_date?: number | undefined;
}

/** What a message quotes when it answers another; a receipt quotes its invoice. */
export interface Quoted {
  readonly message_id: number;
  readonly text?: string | undefined;
  readonly caption?: string | undefined;
  readonly invoice?: Invoice | undefined;
}

/** A message of the chat, from either side. */
export interface Message {
  readonly message_id: number;
  /** Unix seconds. */
  readonly date: number;
  readonly edit_date?: number | undefined;
  readonly from: Author;
  readonly text?: string | undefined;
  readonly entities?: readonly Entity[] | undefined;
  readonly caption?: string | undefined;
  readonly caption_entities?: readonly Entity[] | undefined;
  readonly photo?: readonly PhotoSize[] | undefined;
  readonly document?: Document | undefined;
  readonly invoice?: Invoice | undefined;
  readonly successful_payment?: Moved | undefined;
  /** What was paid for. */
  readonly invoice_name?: string | undefined;
  readonly refunded_payment?: Moved | undefined;
  readonly reply_to_message?: Quoted | undefined;
  readonly reply_markup?: ReplyMarkup | undefined;
}

/** A Telegram account as the emulator returns it. */
export interface Person {
  readonly id: number;
  readonly first_name: string;
  readonly language_code?: string | undefined;
  /** Pressed Start once: before that the bot may not write. */
  readonly started?: boolean | undefined;
  readonly blocked?: boolean | undefined;
}

/** The bot's answer to a pressed button; all empty when it only acknowledged the press. */
export interface CallbackAnswer {
  readonly text?: string | undefined;
  readonly show_alert?: boolean | undefined;
  readonly url?: string | undefined;
}

/** A command of the bot's menu. */
export interface Command {
  readonly command: string;
  readonly description: string;
}

/** The bot as the person's app shows it, in the person's language. */
export interface BotProfile {
  readonly name: string;
  readonly username: string;
  readonly description: string;
  readonly short_description: string;
}

export const isBotProfile: Guard<BotProfile> = shape<BotProfile>({
  name: isText,
  username: isText,
  description: isText,
  short_description: isText,
});

const isEntity = shape<Entity>({
  type: isText,
  offset: isNumber,
  length: isNumber,
  url: optional(isText),
});

const isInlineButton = shape<InlineButton>({
  text: isText,
  callback_data: optional(isText),
  url: optional(isText),
  copy_text: optional(shape<{ readonly text: string }>({ text: isText })),
  pay: optional(isFlag),
});

export const isInvoice: Guard<Invoice> = shape<Invoice>({
  title: isText,
  description: isText,
  total_amount: isNumber,
});
const isMoved = shape<Moved>({
  total_amount: isNumber,
  subscription_expiration_date: optional(isNumber),
});

const isReplyMarkup = shape<ReplyMarkup>({
  inline_keyboard: optional(listOf(listOf(isInlineButton))),
  force_reply: optional(isFlag),
  input_field_placeholder: optional(isText),
});

export const isMessage: Guard<Message> = shape<Message>({
  message_id: isNumber,
  date: isNumber,
  edit_date: optional(isNumber),
  from: shape<Author>({ id: isNumber, is_bot: isFlag, first_name: isText }),
  text: optional(isText),
  entities: optional(listOf(isEntity)),
  caption: optional(isText),
  caption_entities: optional(listOf(isEntity)),
  photo: optional(listOf(shape<PhotoSize>({ file_id: isText, width: isNumber, height: isNumber }))),
  document: optional(
    shape<Document>({
      file_id: isText,
      file_name: optional(isText),
      file_size: optional(isNumber),
    }),
  ),
  invoice: optional(isInvoice),
  successful_payment: optional(isMoved),
  invoice_name: optional(isText),
  refunded_payment: optional(isMoved),
  reply_to_message: optional(
    shape<Quoted>({
      message_id: isNumber,
      text: optional(isText),
      caption: optional(isText),
      invoice: optional(isInvoice),
    }),
  ),
  reply_markup: optional(isReplyMarkup),
});

export const isChat = listOf(isMessage);

export const isPerson: Guard<Person> = shape<Person>({
  id: isNumber,
  first_name: isText,
  language_code: optional(isText),
  started: optional(isFlag),
  blocked: optional(isFlag),
});

export const isCallbackAnswer: Guard<CallbackAnswer> = shape<CallbackAnswer>({
  text: optional(isText),
  show_alert: optional(isFlag),
  url: optional(isText),
});

export const isCommand: Guard<Command> = shape<Command>({ command: isText, description: isText });

/** Links behind the scenes; each is unset where it does not exist. */
export interface Places {
  readonly temporalUi?: string | undefined;
  /** Where in Temporal the product's workflows are. */
  readonly temporalNamespace?: string | undefined;
  readonly metrics?: string | undefined;
}

export const isPlaces: Guard<Places> = shape<Places>({
  temporalUi: optional(isText),
  temporalNamespace: optional(isText),
  metrics: optional(isText),
});

interface Named {
  readonly id: number;
  readonly name: string;
}

/** `GET /demo/info`: what this demo is made of. */
export interface DemoFacts extends Places {
  readonly adminId: number;
  /** The people to offer, in this order; unset, those who have an account. */
  readonly people?: readonly Named[] | undefined;
  readonly vpnHost: string;
  readonly tryKey: boolean;
  /** The emulated payment gateways, whose faults can be set. */
  readonly gateways?: readonly Gateway[] | undefined;
}

/** The same with its people known: at least one. */
export interface DemoInfo extends DemoFacts {
  readonly people: readonly Named[];
}

export const isDemoFacts: Guard<DemoFacts> = shape<DemoFacts>({
  temporalUi: optional(isText),
  temporalNamespace: optional(isText),
  metrics: optional(isText),
  adminId: isNumber,
  people: optional(listOf(shape<Named>({ id: isNumber, name: isText }))),
  vpnHost: isText,
  tryKey: isFlag,
  gateways: optional(listOf(isGateway)),
});

/** What came of trying a key: `page` is HTML written by the other end of the tunnel. */
export interface Trial {
  readonly connected: boolean;
  readonly address?: string | undefined;
  readonly page?: string | undefined;
  readonly reason?: string | undefined;
}

export const isTrial: Guard<Trial> = shape<Trial>({
  connected: isFlag,
  address: optional(isText),
  page: optional(isText),
  reason: optional(isText),
});

/** The largest of a picture's sizes. */
export function largest(photo: readonly PhotoSize[]): PhotoSize | undefined {
  return photo.reduce<PhotoSize | undefined>(
    (best, size) => (best === undefined || size.width > best.width ? size : best),
    undefined,
  );
}
