import { Telegram } from "telegraf";
import type { Update, User } from "telegraf/types";
import { createBot } from "../../bot/bot.ts";
import { BotContext, type BotPorts } from "../../bot/context.ts";
import { BotMetrics } from "../../bot/metrics.ts";
import type { TollgateBot } from "../../bot/tollgate-bot.ts";
import { createLogger } from "../../runtime/log.ts";
import type { ShownButton, ShownMessage } from "./catalogue-entry.ts";

/** What the bot has answered: what is shown, and the data of its buttons. */
export interface SampleAnswer {
  readonly shown: readonly ShownMessage[];
  readonly data: readonly string[];
}

interface Keyboard {
  readonly inline_keyboard?: readonly (readonly {
    readonly text: string;
    readonly callback_data?: string;
    readonly url?: string;
  }[])[];
  readonly force_reply?: boolean;
  readonly input_field_placeholder?: string;
}

interface Payload {
  readonly text?: string;
  readonly show_alert?: boolean;
  readonly error_message?: string;
  readonly document?: { readonly filename?: string };
  readonly reply_markup?: Keyboard;
}

interface Call {
  readonly method: string;
  readonly payload: Payload;
}

const token = "123456:TEXTS";
const botUser = {
  id: 123_456,
  is_bot: true,
  first_name: "Skylark VPN",
  username: "skylark_vpn_bot",
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
} as const;

/**
 * The product's own bot, without Telegram: it is handed updates, and what it would send to Telegram
 * is returned.
 */
export class SampleBot {
  readonly #bot: TollgateBot;
  readonly #from: User;
  readonly #failures: string[] = [];
  #count = 0;

  constructor(ports: BotPorts, from: User) {
    const log = createLogger("bot", "error", { write: (line) => void this.#failures.push(line) });
    // Nothing listens there: every call is answered here.
    const options = { token, apiRoot: "http://127.0.0.1:9" };
    this.#bot = createBot(options, ports, { metrics: new BotMetrics(), log });
    this.#from = from;
  }

  /** Writes to the bot. @throws Error where a handler failed. */
  send(text: string): Promise<SampleAnswer> {
    const command = /^\/\w+/u.exec(text)?.[0];
    const entities =
      command === undefined
        ? {}
        : { entities: [{ type: "bot_command", offset: 0, length: command.length }] };
    return this.#handle({ message: { ...this.#message(), text, ...entities } });
  }

  /** Sends a sticker, which is neither text nor a file that can be passed on. */
  sendSticker(): Promise<SampleAnswer> {
    return this.#handle({ message: { ...this.#message(), sticker: { file_id: "1" } } });
  }

  /** Presses a button of a page. @throws Error where a handler failed. */
  press(data: string): Promise<SampleAnswer> {
    const message = { ...this.#message(), from: botUser, text: "…" };
    const from = this.#from;
    const press = { id: String(this.#count), from, chat_instance: "1", data, message };
    return this.#handle({ callback_query: press });
  }

  #message() {
    this.#count += 1;
    const chat = { id: this.#from.id, type: "private", first_name: this.#from.first_name };
    const date = Math.floor(Date.now() / 1_000);
    return { message_id: this.#count, date, chat, from: this.#from };
  }

  async #handle(update: object): Promise<SampleAnswer> {
    const calls: Call[] = [];
    const telegram = new Telegram(token);
    const callApi = async (method: string, payload: Payload) => {
      calls.push({ method, payload });
      return method.startsWith("send") ? { message_id: calls.length } : true;
    };
    telegram.callApi = callApi as typeof telegram.callApi;
    const whole = { update_id: this.#count, ...update } as unknown as Update;
    const context = new BotContext(whole, telegram, botUser);
    context.answers = this.#bot.answers;
    await this.#bot.middleware()(context, async () => undefined);
    await this.#bot.answers.drain(5_000);
    if (this.#failures.length > 0) throw new Error(this.#failures.join("\n"));
    return {
      shown: calls.flatMap(shownBy),
      data: calls.flatMap(({ payload }) => dataIn(payload)),
    };
  }
}

function shownBy({ method, payload }: Call): ShownMessage[] {
  const { text = "", show_alert: isAlert, document, reply_markup: keyboard } = payload;
  const buttons = buttonsIn(keyboard);
  switch (method) {
    case "answerCallbackQuery":
      if (text === "") return [];
      return [{ manner: isAlert === true ? "alert" : "toast", html: text, buttons: [] }];
    case "sendDocument":
      return [{ manner: "message", html: "", file: document?.filename ?? "", buttons }];
    case "sendMessage":
    case "editMessageText": {
      const hint = keyboard?.input_field_placeholder ?? "";
      if (keyboard?.force_reply !== true) return [{ manner: "message", html: text, buttons }];
      return [
        { manner: "message", html: text, buttons: [] },
        { manner: "field", html: hint, buttons: [] },
      ];
    }
    default:
      return [];
  }
}

const buttonsIn = (keyboard: Keyboard | undefined): ShownButton[][] =>
  (keyboard?.inline_keyboard ?? []).map((row) =>
    row.map(({ text, url }) => ({ text, isLink: url !== undefined })),
  );

const dataIn = ({ reply_markup: keyboard }: Payload): string[] =>
  (keyboard?.inline_keyboard ?? [])
    .flat()
    .flatMap(({ callback_data: data }) => (data === undefined ? [] : [data]));
