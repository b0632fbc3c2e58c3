import { Context, type Telegram } from "telegraf";
import type { Update, UserFromGetMe } from "telegraf/types";
import type { DurableClient } from "../client/durable.ts";
import type { TelegramId } from "../domain/ids.ts";
import type { Customer, Language } from "../domain/people/customer.ts";
import type { KeyValueStore } from "../runtime/redis.ts";
import type { Texts } from "../texts/index.ts";
import type { Answers } from "./answers.ts";
import type { Dialogues } from "./dialogues.ts";
import type { BotReaders } from "./readers.ts";
import { callTimeoutMs } from "./telegram.ts";

/** What one update is handled with. The middlewares fill it in, in their order. */
export class BotContext extends Context {
  /** By which everything is said: no handler calls Telegram by itself. */
  declare answers: Answers;
  declare telegramId: TelegramId;
  /** Undefined: this person has not been through signup's first step yet. */
  declare customer: Customer | undefined;
  declare language: Language;
  declare texts: Texts;
  /** The handler that took the update, for metrics and logs. */
  declare handler: string;

  constructor(update: Update, telegram: Telegram, bot: UserFromGetMe) {
    super(update, patient(telegram), bot);
  }
}

/** telegraf would wait for an answer for more than eight minutes. */
function patient(telegram: Telegram): Telegram {
  const call = telegram.callApi.bind(telegram);
  telegram.callApi = (method, payload) =>
    call(method, payload, { signal: AbortSignal.timeout(callTimeoutMs) as never });
  return telegram;
}

/** What the handlers act through. */
export interface BotPorts extends BotReaders {
  readonly client: DurableClient;
  readonly ephemeral: KeyValueStore;
  readonly supportContact: string | undefined;
}

/** With what a handler needs that asks back. */
export interface DialoguePorts extends BotPorts {
  readonly dialogues: Dialogues;
}
