import { toBuffer } from "qrcode";
import { type Telegram, TelegramError } from "telegraf";
import type { ChatId, TelegramId } from "../../domain/ids.ts";
import { Refused } from "../refused.ts";
import type {
  Button,
  Caption,
  Delivery,
  Keyboard,
  Membership,
  Memberships,
  Message,
  Messenger,
  OwnRole,
  TextMessage,
  TopicMessage,
  TopicStateMessage,
} from "./port.ts";
import { callTelegram, refusal } from "./telegram-call.ts";
import { findMembership, findOwnRole } from "./telegram-members.ts";

/**
 * The Bot API (https://core.telegram.org/bots/api). 403 and an unknown chat are outcomes; 429
 * carries the delay that Telegram asks for; any other 4xx is a refusal;
 * 5xx and no answer are outages.
 */
export class TelegramMessenger implements Messenger, Memberships {
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
  }

  async send(to: ChatId, message: Message): Promise<Delivery> {
    if (message.kind === "topic") return this.#openTopic(to, message);
    if (message.kind === "topicState") return this.#setTopicState(to, message);
    const call = await callFor(to, message);
    return deliver(async () => {
      const sent = await this.#sendWhereverTopicIs(call);
      if (message.kind === "text" && message.isPinned === true) await this.#pin(to, sent);
      return sent;
    });
  }

  edit(to: ChatId, messageId: number, message: TextMessage): Promise<Delivery> {
    return this.#change("editMessageText", { to, messageId }, asText(message));
  }

  editCaption(to: ChatId, messageId: number, caption: Caption): Promise<Delivery> {
    return this.#change("editMessageCaption", { to, messageId }, asCaption(caption));
  }

  remove(to: ChatId, messageId: number): Promise<Delivery> {
    return this.#change("deleteMessage", { to, messageId }, {});
  }

  findMembership(channel: string, person: TelegramId): Promise<Membership> {
    return findMembership(this.#telegram, channel, person);
  }

  findOwnRole(channel: string): Promise<OwnRole> {
    return findOwnRole(this.#telegram, channel);
  }

  /** The number of the sent message. A topic that is gone leaves the group itself. */
  async #sendWhereverTopicIs({ method, payload }: Call): Promise<number> {
    const send = async (given: object) =>
      ((await callTelegram(this.#telegram, method, given)) as { message_id: number }).message_id;
    const { message_thread_id: topic, ...elsewhere } = payload;
    return send(payload).catch((error: unknown) => {
      if (topic === undefined || !isTopicGone(error)) throw error;
      return send(elsewhere);
    });
  }

  /** A message that may not be pinned has been sent all the same. */
  async #pin(to: ChatId, messageId: number): Promise<void> {
    const payload = { chat_id: to, message_id: messageId, disable_notification: true };
    await callTelegram(this.#telegram, "pinChatMessage", payload).catch(() => undefined);
  }

  #openTopic(to: ChatId, { name }: TopicMessage): Promise<Delivery> {
    const payload = { chat_id: to, name: Array.from(name).slice(0, 128).join("") };
    return deliver(async () => {
      const topic = await callTelegram(this.#telegram, "createForumTopic", payload);
      return (topic as { message_thread_id: number }).message_thread_id;
    });
  }

  #setTopicState(to: ChatId, { topic, isOpen }: TopicStateMessage): Promise<Delivery> {
    const method = isOpen ? "reopenForumTopic" : "closeForumTopic";
    const payload = { chat_id: to, message_thread_id: topic };
    return deliver(async () => {
      await callTelegram(this.#telegram, method, payload).catch((error: unknown) => {
        if (!isTopicGone(error) && !/TOPIC_NOT_MODIFIED/u.test(String(error))) throw error;
      });
      return topic;
    });
  }

  #change(
    method: string,
    { to, messageId }: { readonly to: ChatId; readonly messageId: number },
    content: object,
  ): Promise<Delivery> {
    const payload = { chat_id: to, message_id: messageId, ...content };
    return deliver(async () => {
      await callTelegram(this.#telegram, method, payload).catch((error: unknown) => {
        if (!isSame(error)) throw error;
      });
      return messageId;
    });
  }
}

async function deliver(call: () => Promise<number>): Promise<Delivery> {
  try {
    return { kind: "sent", messageId: await call() };
  } catch (error) {
    if (!(error instanceof TelegramError)) throw error;
    if (isUnreachable(error)) return { kind: "unreachable" };
    if (isGone(error)) return { kind: "gone" };
    throw refusal(error);
  }
}

/** A call that sends a message. */
interface Call {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly message_thread_id?: number };
}

type SentMessage = Exclude<Message, TopicMessage | TopicStateMessage>;

async function callFor(to: ChatId, message: SentMessage): Promise<Call> {
  switch (message.kind) {
    case "text": {
      const payload = { chat_id: to, ...inTopic(message), ...asText(message) };
      return { method: "sendMessage", payload };
    }
    case "sentFile": {
      const { media, fileId } = message;
      const file = { [media]: fileId, ...asCaption(message) };
      return { method: methods[media], payload: { chat_id: to, ...inTopic(message), ...file } };
    }
    case "document": {
      const document = { source: Buffer.from(message.content), filename: message.fileName };
      return {
        method: "sendDocument",
        payload: { chat_id: to, document, ...asCaption(message) },
      };
    }
    case "qr": {
      const png = await drawQr(message.text);
      const photo = { source: png, filename: "qr.png" };
      return {
        method: "sendPhoto",
        payload: { chat_id: to, photo, ...asCaption(message) },
      };
    }
  }
}

const methods = {
  photo: "sendPhoto",
  document: "sendDocument",
  voice: "sendVoice",
  video: "sendVideo",
} as const;

const inTopic = ({ topic }: { readonly topic?: number }) =>
  topic === undefined ? {} : { message_thread_id: topic };

/** Draws a QR picture. @throws Refused for more than 2,953 bytes, which no picture can hold. */
function drawQr(text: string): Promise<Buffer> {
  // pngjs blocks the event loop. Trying each of PNG's filters on each line would take more than
  // twice as long, and make the file at best half as large.
  const rendererOpts = { filterType: 0, deflateStrategy: 0, deflateLevel: 6 };
  const options = { errorCorrectionLevel: "L", scale: 6, margin: 4, rendererOpts } as const;
  return toBuffer(text, options).catch(() => {
    throw new Refused(`no QR picture can hold ${Buffer.byteLength(text)} bytes`);
  });
}

function asText({ html, keyboard }: TextMessage) {
  return {
    text: html,
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    ...(keyboard ? { reply_markup: inlineKeyboard(keyboard) } : {}),
  };
}

const inlineKeyboard = (keyboard: Keyboard) => ({
  inline_keyboard: keyboard.map((row) => row.map(asButton)),
});

const asButton = (button: Button) =>
  "url" in button
    ? { text: button.text, url: button.url }
    : { text: button.text, callback_data: button.data };

const asCaption = ({ captionHtml: html, keyboard }: Caption) => ({
  ...(html === undefined ? {} : { caption: html, parse_mode: "HTML" }),
  ...(keyboard ? { reply_markup: inlineKeyboard(keyboard) } : {}),
});

function isUnreachable({ response }: TelegramError): boolean {
  return (
    response.error_code === 403 ||
    /chat not found|user is deactivated|PEER_ID_INVALID/iu.test(response.description)
  );
}

const isSame = (error: unknown): boolean =>
  error instanceof TelegramError && /message is not modified/iu.test(error.response.description);

const isGone = ({ response }: TelegramError): boolean =>
  /message to (?:edit|delete) not found|message can't be (?:edited|deleted)/iu.test(
    response.description,
  );

const isTopicGone = (error: unknown): boolean =>
  error instanceof TelegramError &&
  /message thread not found|TOPIC_DELETED|TOPIC_ID_INVALID/iu.test(error.response.description);
