import { toBuffer } from "qrcode";
import { type Telegram, TelegramError } from "telegraf";
import type { TelegramId } from "../../domain/ids.ts";
import type { Delivery, Keyboard, Message, Messenger, TextMessage } from "../messenger.ts";
import { Refused, SlowDown } from "../refused.ts";

const callTimeoutMs = 15_000;

/**
 * The Bot API (https://core.telegram.org/bots/api). 403 and an unknown chat are outcomes; 429
 * carries the delay Telegram asks for; any other 4xx is a refusal; 5xx and silence are outages.
 */
export class TelegramMessenger implements Messenger {
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
  }

  async send(to: TelegramId, message: Message): Promise<Delivery> {
    const call = await callFor(to, message);
    return this.#delivered(async (signal) => {
      const sent = await this.#telegram.callApi(call.method, call.payload as never, { signal });
      return (sent as { message_id: number }).message_id;
    });
  }

  async edit(to: TelegramId, messageId: number, message: TextMessage): Promise<Delivery> {
    const payload = { chat_id: to, message_id: messageId, ...asText(message) };
    return this.#delivered(async (signal) => {
      await this.#telegram
        .callApi("editMessageText", payload as never, { signal })
        .catch((error: unknown) => {
          if (!isGoneOrSame(error)) throw error;
        });
      return messageId;
    });
  }

  async #delivered(call: (signal: never) => Promise<number>): Promise<Delivery> {
    try {
      return { kind: "sent", messageId: await call(AbortSignal.timeout(callTimeoutMs) as never) };
    } catch (error) {
      if (!(error instanceof TelegramError)) throw outage(error);
      if (isUnreachable(error)) return { kind: "unreachable" };
      throw refusal(error);
    }
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
        payload: { chat_id: to, document, ...asCaption(message.captionHtml) },
      } as const;
    }
    case "qr": {
      const png = await picture(message.text);
      const photo = { source: png, filename: "qr.png" };
      return {
        method: "sendPhoto",
        payload: { chat_id: to, photo, ...asCaption(message.captionHtml) },
      } as const;
    }
  }
}

/**
 * A text that no QR picture can hold (more than 2,953 bytes) would not fit the next time either.
 */
function picture(text: string): Promise<Buffer> {
  return toBuffer(text, { errorCorrectionLevel: "L", scale: 6, margin: 4 }).catch(() => {
    throw new Refused(`no QR picture can hold ${Buffer.byteLength(text)} bytes`);
  });
}

function asText({ html, keyboard }: TextMessage) {
  return {
    text: html,
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    ...(keyboard ? { reply_markup: inline(keyboard) } : {}),
  };
}

const inline = (keyboard: Keyboard) => ({
  inline_keyboard: keyboard.map((row) =>
    row.map(({ text, data }) => ({ text, callback_data: data })),
  ),
});

const asCaption = (html: string | undefined) =>
  html === undefined ? {} : { caption: html, parse_mode: "HTML" };

function isUnreachable({ response }: TelegramError): boolean {
  return (
    response.error_code === 403 ||
    /chat not found|user is deactivated|PEER_ID_INVALID/iu.test(response.description)
  );
}

const isGoneOrSame = (error: unknown): boolean =>
  error instanceof TelegramError &&
  /message is not modified|message to edit not found|message can't be edited/iu.test(
    error.response.description,
  );

/** 401 and 404 are about our token: the message is good, and goes out when the token is mended. */
const aboutTheMessage = new Set([400, 403, 413]);

function refusal({ response, on }: TelegramError): Error {
  const { error_code: code, description, parameters } = response;
  const { method } = on as { method?: string };
  const message = `Telegram ${method}: ${code} ${description}`;
  if (code === 429) return new SlowDown(message, (parameters?.retry_after ?? 1) * 1_000);
  return aboutTheMessage.has(code) ? new Refused(message) : new Error(message);
}

/** The client's own errors name the URL, which holds the token. */
function outage(error: unknown): Error {
  const { code, name } = error as NodeJS.ErrnoException;
  return new Error(`Telegram could not be reached (${code ?? name})`);
}
