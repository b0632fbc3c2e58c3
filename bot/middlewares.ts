import { type Middleware, TelegramError } from "telegraf";
import { message } from "telegraf/filters";
import type { People } from "../db/readers/people.ts";
import { languageOf, type Profile } from "../domain/customer.ts";
import { telegramId } from "../domain/ids.ts";
import type { Logger } from "../runtime/log.ts";
import type { Ephemeral } from "../runtime/redis.ts";
import { textsIn } from "../texts/index.ts";
import type { BotContext } from "./context.ts";
import type { BotMetrics } from "./metrics.ts";
import { answerPress } from "./request.ts";
import { reading, Unavailable } from "./unavailable.ts";

type BotMiddleware = Middleware<BotContext>;

/**
 * One line an update, without what the person wrote. Where a part of ours is away it tells the
 * person once that their update is kept: it is the outermost, so no failure passes it by.
 */
export function updateLog(log: Logger, numbers: BotMetrics): BotMiddleware {
  const told = new WeakSet<object>();
  return async (context, next) => {
    const started = Date.now();
    await next().catch(async (error: unknown) => {
      numbers.errors.inc({ error_type: error instanceof Error ? error.name : "unknown" });
      const ours = error instanceof Unavailable && error.party === "ours";
      if (ours && !told.has(context.update)) {
        told.add(context.update);
        await tell(context, "delayed");
      }
      throw error;
    });
    const { updateType, handler, from, update } = context;
    const tookMs = Date.now() - started;
    log.info({ updateId: update.update_id, updateType, handler, from: from?.id, tookMs }, "update");
  };
}

/** Says that something is wrong, as well as can be: nothing depends on it. */
async function tell(context: BotContext, what: "delayed" | "failed"): Promise<void> {
  // A checkout has no chat to say it in: its own answer is all that it has.
  if (context.chat === undefined && context.callbackQuery === undefined) return;
  const texts = context.texts ?? textsIn(languageOf(context.from?.language_code));
  const saying =
    context.callbackQuery === undefined
      ? context.reply(texts[what])
      : context.answerCbQuery(texts[what], { show_alert: true });
  await saying.catch(() => undefined);
}

/** Finds who speaks. Bots, groups and the blocked end here; the blocked without a word. */
export function customer(people: People): BotMiddleware {
  return async (context, next) => {
    const { from, chat } = context;
    context.handler = "ignored";
    if (from === undefined || from.is_bot) return;
    context.telegramId = telegramId(from.id);
    const known = await reading(people.find(context.telegramId));
    if (known?.status === "blocked") return hush(context);
    context.customer = known;
    if (chat !== undefined && chat.type !== "private") return sendAway(context);
    await next();
  };
}

async function hush(context: BotContext): Promise<void> {
  if (context.callbackQuery !== undefined) await outward(answerPress(context));
}

/** In a group only a command is meant for us. */
async function sendAway(context: BotContext): Promise<void> {
  if (!context.has(message("text")) || !context.text.startsWith("/")) return;
  await outward(context.reply(textsIn(languageOf(context.from?.language_code)).onlyPrivate));
}

export const locale: BotMiddleware = async (context, next) => {
  context.language = context.customer?.language ?? languageOf(context.from?.language_code);
  context.texts = textsIn(context.language);
  await next();
};

const windowSeconds = 5;
const perWindow = { message: 5, press: 15 } as const;

/**
 * A message a second, measured over five seconds so that a quick pair is no offence. An update that
 * has to wait and comes again counts once. Admins may work through a pile of requests as quickly as
 * they can. Without its store it lets everything through.
 */
export function throttle(ephemeral: Ephemeral): BotMiddleware {
  const passed = new WeakSet<object>();
  return async (context, next) => {
    if (passed.has(context.update) || context.customer?.role === "admin") return next();
    const kind = context.callbackQuery === undefined ? "message" : "press";
    const window = Math.floor(Date.now() / 1_000 / windowSeconds);
    const key = `throttle:${context.telegramId}:${kind}:${window}`;
    const count = await ephemeral.bump(key, windowSeconds).catch(() => 0);
    if (!(count > perWindow[kind])) {
      passed.add(context.update);
      return next();
    }
    context.handler = "throttled";
    const { tooFast } = context.texts;
    if (kind === "press") return outward(answerPress(context, tooFast));
    if (count === perWindow[kind] + 1) await outward(context.reply(tooFast));
  };
}

/** What a middleware says by itself: 403 is nobody's trouble, an outage is one like any other. */
async function outward(saying: Promise<unknown>): Promise<void> {
  await saying.catch((error: unknown) => {
    const known = asOutage(error);
    if (!isBlocked(known)) throw known;
  });
}

const isBlocked = (error: unknown): boolean =>
  error instanceof TelegramError && error.response.error_code === 403;

/** Counts and times what the handlers do, and answers a person whose handler failed. */
export function metrics(numbers: BotMetrics, log: Logger): BotMiddleware {
  return async (context, next) => {
    const started = performance.now();
    numbers.seen(context.telegramId);
    try {
      await next();
      numbers.messages.inc({ handler: context.handler, status: "ok" });
    } catch (error) {
      await failed(context, asOutage(error), { numbers, log });
    } finally {
      const seconds = (performance.now() - started) / 1_000;
      numbers.responseTime.observe({ handler: context.handler }, seconds);
    }
  };
}

async function failed(
  context: BotContext,
  error: unknown,
  { numbers, log }: { numbers: BotMetrics; log: Logger },
): Promise<void> {
  numbers.messages.inc({ handler: context.handler, status: "error" });
  // It goes on outwards and is counted there.
  if (error instanceof Unavailable) throw error;
  numbers.errors.inc({ error_type: error instanceof Error ? error.name : "unknown" });
  if (isBlocked(error)) return;
  const { handler, update } = context;
  const reason = error instanceof Error ? { message: error.message, stack: error.stack } : error;
  log.error({ handler, updateId: update.update_id, error: reason }, "a handler failed");
  await tell(context, "failed");
}

/** Telegram being slow or away is an outage like any other. */
function asOutage(error: unknown): unknown {
  if (error instanceof TelegramError) {
    const { error_code: code, parameters } = error.response;
    const party = "telegram";
    if (code === 429) {
      const retryAfterMs = (parameters?.retry_after ?? 1) * 1_000;
      return new Unavailable("Telegram is busy", error, { party, retryAfterMs });
    }
    return code >= 500 ? new Unavailable("Telegram is away", error, { party }) : error;
  }
  const silent = error instanceof Error && /^(?:Fetch|Abort|Timeout)Error$/u.test(error.name);
  // The client's own errors name the URL, which holds the token: only their kind is kept.
  return silent
    ? new Unavailable("Telegram did not answer", error.name, { party: "telegram" })
    : error;
}

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
