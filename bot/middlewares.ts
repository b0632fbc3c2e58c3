import type { Middleware } from "telegraf";
import type { DurableClient } from "../client/durable.ts";
import { updateProfile } from "../client/people.ts";
import { Unavailable } from "../client/unavailable.ts";
import type { ShopSettingsReader } from "../db/queries/operations/shop-settings.ts";
import { telegramId } from "../domain/ids.ts";
import {
  type Customer,
  isKnownAs,
  languageOf,
  type Profile,
  roleIn,
} from "../domain/people/customer.ts";
import { isStaff } from "../domain/people/permissions.ts";
import type { Logger } from "../runtime/log.ts";
import type { KeyValueStore } from "../runtime/redis.ts";
import { textsIn } from "../texts/index.ts";
import type { BotContext, BotPorts } from "./context.ts";
import type { BotMetrics } from "./metrics.ts";
import { orUnavailable } from "./or-unavailable.ts";
import { answerPress, say } from "./request.ts";

type BotMiddleware = Middleware<BotContext>;

/**
 * Logs a line for each update, without what the person wrote. Where the database or Temporal is
 * unreachable it tells the person once that their update is kept. It is the outermost middleware,
 * so that it sees every failure.
 */
export function logUpdates(log: Logger, metrics: BotMetrics): BotMiddleware {
  const notified = new WeakSet<object>();
  return async (context, next) => {
    const started = Date.now();
    await next().catch(async (error: unknown) => {
      metrics.errors.inc({ error_type: error instanceof Error ? error.name : "unknown" });
      if (error instanceof Unavailable && !notified.has(context.update)) {
        notified.add(context.update);
        await sayTrouble(context, "delayed");
      }
      throw error;
    });
    const { updateType, handler, from, update } = context;
    const tookMs = Date.now() - started;
    log.info({ updateId: update.update_id, updateType, handler, from: from?.id, tookMs }, "update");
  };
}

/** Says that something is wrong, if there is a private chat. */
async function sayTrouble(context: BotContext, what: "delayed" | "failed"): Promise<void> {
  if (isElsewhere(context)) return;
  const texts = context.texts ?? textsIn(languageOf(context.from?.language_code));
  const text = texts.messaging.answer[what];
  if (context.callbackQuery !== undefined) return answerPress(context, text, true);
  // A checkout has no chat; it is answered on its own.
  if (context.chat !== undefined) await say(context, text);
}

const isElsewhere = ({ chat }: BotContext): boolean =>
  chat !== undefined && chat.type !== "private";

/** In groups and channels the bot is silent, and looks up nobody who writes there. */
export const ignoreGroups: BotMiddleware = async (context, next) => {
  context.handler = "ignored";
  if (!isElsewhere(context)) await next();
};

/**
 * Looks up the sender. Who is not in the books yet has the role that the environment gives them.
 * Updates of bots end here, without an answer.
 */
export function findSender({
  customers,
  client,
  staff,
}: Pick<BotPorts, "customers" | "client" | "staff">): BotMiddleware {
  return async (context, next) => {
    const { from } = context;
    if (from === undefined || from.is_bot) return;
    context.telegramId = telegramId(from.id);
    const known = await orUnavailable(customers.find(context.telegramId));
    if (known !== undefined) await followProfile(context, known, client);
    context.customer = known;
    context.role = known?.role ?? roleIn(staff, context.telegramId);
    await next();
  };
}

/**
 * Keeps the customer's name equal to Telegram's. Temporal is told only of a change, and nothing
 * depends on it: a change that is missed now is seen with the person's next update.
 */
export async function followProfile(
  context: BotContext,
  known: Customer,
  client: DurableClient,
): Promise<void> {
  const profile = profileOf(context);
  if (!isKnownAs(known, profile)) await updateProfile(client, profile);
}

/** Chooses the texts: the customer's language, or else that of their app. */
export const setLanguage: BotMiddleware = async (context, next) => {
  context.language = context.customer?.language ?? languageOf(context.from?.language_code);
  context.texts = textsIn(context.language);
  await next();
};

/** Reads the shop's settings, which pages and texts use. */
export const findShop =
  (shop: ShopSettingsReader): BotMiddleware =>
  async (context, next) => {
    context.shop = await orUnavailable(shop.get());
    context.zone = context.shop.zone;
    await next();
  };

const windowSeconds = 5;
const perWindow = { message: 5, press: 15 } as const;

/**
 * Allows a message a second, measured over five seconds so that two quick messages pass. An update
 * that waits and is handled again counts once. Admins are exempt, so that they can work through
 * many requests. Without its store it lets everything through.
 */
export function throttle(store: KeyValueStore): BotMiddleware {
  const passed = new WeakSet<object>();
  return async (context, next) => {
    if (passed.has(context.update) || isStaff(context.role)) return next();
    const kind = context.callbackQuery === undefined ? "message" : "press";
    const window = Math.floor(Date.now() / 1_000 / windowSeconds);
    const key = `throttle:${context.telegramId}:${kind}:${window}`;
    const count = await store.increment(key, windowSeconds).catch(() => 0);
    if (!(count > perWindow[kind])) {
      passed.add(context.update);
      return next();
    }
    context.handler = "throttled";
    const { tooFast } = context.texts.messaging.answer;
    if (kind === "press") return answerPress(context, tooFast);
    if (count === perWindow[kind] + 1) await say(context, tooFast);
  };
}

/**
 * Counts and times the handlers, and answers a person whose handler failed. An update that waits
 * counts when it is handled, with all the time since it was first taken.
 */
export function measureHandlers(metrics: BotMetrics, log: Logger): BotMiddleware {
  const startTimes = new WeakMap<object, number>();
  return async (context, next) => {
    const { update, telegramId: person } = context;
    const started = startTimes.get(update) ?? performance.now();
    startTimes.set(update, started);
    metrics.noteActive(person);
    const status = await next().then(
      () => "ok" as const,
      (error: unknown) => answerFailure(context, error, { metrics, log }),
    );
    const { handler } = context;
    metrics.messages.inc({ handler, status });
    metrics.responseTime.observe({ handler }, (performance.now() - started) / 1_000);
  };
}

async function answerFailure(
  context: BotContext,
  error: unknown,
  { metrics, log }: { metrics: BotMetrics; log: Logger },
): Promise<"error"> {
  // The outermost middleware counts it, and the update is tried again.
  if (error instanceof Unavailable) throw error;
  metrics.errors.inc({ error_type: error instanceof Error ? error.name : "unknown" });
  const { handler, update } = context;
  const reason = error instanceof Error ? { message: error.message, stack: error.stack } : error;
  log.error({ handler, updateId: update.update_id, error: reason }, "a handler failed");
  await sayTrouble(context, "failed");
  return "error";
}

/** The command at the beginning of a message, in lower case. */
export const commandIn = (text: string | undefined): string | undefined =>
  /^\/(\w{1,32})/u.exec(text ?? "")?.[1]?.toLowerCase();

/** Counts the commands that people sent; one that waits and is handled again counts once. */
export function countCommands(metrics: BotMetrics, known: ReadonlySet<string>): BotMiddleware {
  const counted = new WeakSet<object>();
  return async ({ update, text }, next) => {
    const command = commandIn(text);
    if (command !== undefined && !counted.has(update)) {
      counted.add(update);
      metrics.commands.inc({ command: known.has(command) ? command : "unknown" });
    }
    await next();
  };
}

/** The sender's name and language, as Telegram gives them. */
export function profileOf(context: BotContext): Profile {
  const { first_name: firstName, last_name, username, language_code } = context.from!;
  return {
    telegramId: context.telegramId,
    firstName,
    ...(last_name ? { lastName: last_name } : {}),
    ...(username ? { username } : {}),
    ...(language_code ? { languageCode: language_code } : {}),
  };
}
