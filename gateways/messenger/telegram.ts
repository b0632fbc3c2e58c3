import { toBuffer } from "qrcode";
import { type Telegram, TelegramError } from "telegraf";
import type { TelegramId } from "../../domain/ids.ts";
import { Refused } from "../refused.ts";
import type {
  Button,
  Delivery,
  DocumentMessage,
  Keyboard,
  Message,
  Messenger,
  TextMessage,
} from "./port.ts";
import { callTelegram, refusal } from "./telegram-call.ts";

/**
 * The Bot API (https://core.telegram.org/bots/api). 403 and an unknown chat are outcomes; 429
 * carries the delay that Telegram asks for; any other 4xx is a refusal;
 * 5xx and no answer are outages.
 */
export class TelegramMessenger implements Messenger {
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
  }

  async send(to: TelegramId, message: Message): Promise<Delivery> {
    const call = await callFor(to, message);
    return deliver(async () => {
      const sent = await callTelegram(this.#telegram, call.method, call.payload);
      return (sent as { message_id: number }).message_id;
    });
  }

  edit(to: TelegramId, messageId: number, message: TextMessage): Promise<Delivery> {
    return this.#change("editMessageText", { to, messageId }, asText(message));
  }

  remove(to: TelegramId, messageId: number): Promise<Delivery> {
    return this.#change("deleteMessage", { to, messageId }, {});
  }

  #change(
    method: string,
    { to, messageId }: { readonly to: TelegramId; readonly messageId: number },
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

async function callFor(to: TelegramId, message: Message) {
  switch (message.kind) {
    case "text":
      return { method: "sendMessage", payload: { chat_id: to, ...asText(message) } } as const;
    case "document": {
      const document = { source: Buffer.from(message.content), filename: message.fileName };
      return {
        method: "sendDocument",
        payload: { chat_id: to, document, ...asCaption(message) },
      } as const;
    }
    case "qr": {
      const png = await drawQr(message.text);
      const photo = { source: png, filename: "qr.png" };
      return {
        method: "sendPhoto",
        payload: { chat_id: to, photo, ...asCaption(message) },
      } as const;
    }
  }
}

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

const asCaption = ({ captionHtml: html, keyboard }: Captioned) => ({
  ...(html === undefined ? {} : { caption: html, parse_mode: "HTML" }),
  ...(keyboard ? { reply_markup: inlineKeyboard(keyboard) } : {}),
});

type Captioned = Pick<DocumentMessage, "captionHtml" | "keyboard">;

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
