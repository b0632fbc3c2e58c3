import { Context, type Telegram } from "telegraf";
import type { Update, UserFromGetMe } from "telegraf/types";
import type { DurableClient } from "../client/durable.ts";
import type { TemporalUi } from "../client/payments.ts";
import type { ShopClock } from "../domain/access/limit-period.ts";
import type { GroupId, TelegramId } from "../domain/ids.ts";
import type { ShopSettings } from "../domain/operations/shop-settings.ts";
import type { SubscriptionChoice } from "../domain/messaging/subscription-buttons.ts";
import type { Customer, Language, Role, Staff } from "../domain/people/customer.ts";
import { instant } from "../domain/time.ts";
import type { KeyValueStore } from "../runtime/redis.ts";
import type { Texts } from "../texts/index.ts";
import type { Answers } from "./answers.ts";
import { callTimeoutMs, timeoutOptions } from "./call-timeout.ts";
import type { Dialogues } from "./dialogues.ts";
import type { BotReaders } from "./readers.ts";

/** What handlers know of one update. The middlewares fill it in, in their order. */
export class BotContext extends Context {
  /** Sends everything: no handler calls Telegram itself. */
  declare answers: Answers;
  declare telegramId: TelegramId;
  /** Undefined until the person has finished the first step of signup. */
  declare customer: Customer | undefined;
  declare language: Language;
  declare texts: Texts;
  /** The sender's role, also of those of the shop's people who are not in the books yet. */
  declare role: Role;
  /** The shop's settings in force. */
  declare shop: ShopSettings;
  /** The shop's time zone, in which moments are written. */
  declare zone: string;
  /** Which of the customer's subscriptions the update names; undefined: it names none. */
  declare chosen: SubscriptionChoice | undefined;
  /** The name of the handler that took the update, for metrics and logs. */
  declare handler: string;

  constructor(update: Update, telegram: Telegram, bot: UserFromGetMe) {
    super(update, withTimeout(telegram), bot);
  }
}

/** The moment, and the zone in which the shop's months begin. */
export const clockOf = ({ zone }: Pick<BotContext, "zone">): ShopClock => ({
  now: instant(new Date()),
  zone,
});

/** telegraf would wait for an answer for more than eight minutes. */
function withTimeout(telegram: Telegram): Telegram {
  const call = telegram.callApi.bind(telegram);
  telegram.callApi = (method, payload) => call(method, payload, timeoutOptions(callTimeoutMs));
  return telegram;
}

/** What the handlers read and act through. */
export interface BotPorts extends BotReaders {
  readonly client: DurableClient;
  readonly store: KeyValueStore;
  /** Who has which role before they are in the books: the same as the worker's. */
  readonly staff: Staff;
  /** The group in whose topics admins answer; in every other one the bot is silent. */
  readonly supportGroup: GroupId | undefined;
  /** Whether customers are given links of ours: the api has a public URL. */
  readonly givesLinks: boolean;
  /** Where operators look at workflows; undefined: nobody has said. */
  readonly temporalUi: TemporalUi | undefined;
}

/** Also the questions that wait for a message. */
export interface DialoguePorts extends BotPorts {
  readonly dialogues: Dialogues;
}
