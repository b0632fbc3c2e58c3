import { setTimeout as delay } from "node:timers/promises";
import type { Update } from "telegraf/types";
import { languageOf } from "../../domain/people/customer.ts";
import type { Logger } from "../../runtime/log.ts";
import { textsIn } from "../../texts/index.ts";
import type { TollgateBot } from "../bot.ts";
import { handleDurably } from "../delivery.ts";
import { chatLane, ignoreOldPress, pressAnswer } from "../request.ts";
import { allowedUpdates, callTimeoutMs, describeError, fetchMe, timeoutOptions, type UpdateSource } from "../telegram.ts";
import { UpdateQueue } from "./queue.ts";

const longPollSeconds = 25;
const firstPauseMs = 200;
const longestPauseMs = 10_000;
/**
 * How soon Telegram is asked for more while something still waits, and how seldom when it waits
 * long.
 */
const soonestLookMs = 20;
const latestLookMs = 500;
/** How long answers are waited for at the end. */
const drainMs = 3_000;

/**
 * Our own poll loop. Telegraf's confirms a whole batch before it knows that the handlers worked;
 * this one asks with the offset of the oldest unhandled update, which is what confirms those below
 * it (https://core.telegram.org/bots/api#getupdates). A person whose update has to wait holds up
 * nobody else, and what waits for long does not keep Telegram from showing what is new.
 */
export function poll(bot: TollgateBot, log: Logger): UpdateSource {
  const ending = new AbortController();
  const { signal } = ending;
  const inbox = new UpdateQueue(
    (update, { signal: over, late }) =>
      handleDurably(bot, update, { log, late, signal: AbortSignal.any([signal, over]) }),
    (update, doubt) => {
      log.warn({ updateId: update.update_id, doubt }, "an update is confirmed and not handed over");
      if (doubt !== "setAside") answerDroppedPress(bot, update);
      if (doubt !== "droppedToo") sayThatItTakesLong(bot, update);
    },
  );
  const state = { hears: false };
  const looping = pollUntil(signal, { bot, log, inbox, state });
  return {
    isConnected: () => state.hears,
    stop: async () => {
      ending.abort();
      await looping;
      await inbox.settled();
      await confirm(bot, inbox.offset).catch(() => undefined);
      await bot.answers.drain(drainMs);
    },
  };
}

interface Polling {
  readonly bot: TollgateBot;
  readonly log: Logger;
  readonly inbox: UpdateQueue;
  readonly state: { hears: boolean };
}

async function pollUntil(signal: AbortSignal, { bot, log, inbox, state }: Polling): Promise<void> {
  let pauseMs = firstPauseMs;
  let lookMs = soonestLookMs;
  let ready = false;
  while (!signal.aborted) {
    try {
      if (!ready) await prepare(bot, signal);
      ready = true;
      // Telegram has answered: a long poll may now wait in peace without anybody taking us for
      // deaf.
      state.hears = true;
      const { offset } = inbox;
      const updates = await nextBatch(bot, inbox, signal);
      state.hears = true;
      pauseMs = firstPauseMs;
      lookMs = inbox.take(updates, offset) ? soonestLookMs : Math.min(lookMs * 2, latestLookMs);
      if (!inbox.idle) await settledOrLate(inbox, lookMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      state.hears = false;
      log.warn({ reason: describeError(error) }, "no updates from Telegram");
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
}

/** Learns who the bot is before the first update, and takes away a webhook: it excludes polling. */
async function prepare(bot: TollgateBot, signal: AbortSignal): Promise<void> {
  bot.botInfo = await fetchMe(bot, signal);
  await bot.telegram.callApi("deleteWebhook", {}, timeoutOptions(callTimeoutMs, signal));
}

/**
 * What is new. While something waits, Telegram gives it again at once, so there is no long poll
 * then.
 */
function nextBatch(bot: TollgateBot, inbox: UpdateQueue, signal: AbortSignal): Promise<Update[]> {
  const timeout = inbox.idle ? longPollSeconds : 0;
  const asked = { offset: inbox.offset, timeout, limit: 100, allowed_updates: allowedUpdates };
  return bot.telegram.callApi(
    "getUpdates",
    asked,
    timeoutOptions(timeout * 1_000 + callTimeoutMs, signal),
  );
}

async function settledOrLate(
  inbox: UpdateQueue,
  lateMs: number,
  signal: AbortSignal,
): Promise<void> {
  const settled = new AbortController();
  const late = delay(lateMs, undefined, { signal: AbortSignal.any([signal, settled.signal]) });
  await Promise.race([inbox.settled(), late.catch(() => undefined)]);
  settled.abort();
}

/** The person learns that what they sent may be lost if this process ends before Temporal is back. */
function sayThatItTakesLong(bot: TollgateBot, update: Update): void {
  const { message, callback_query: press } = update as Partial<
    Update.MessageUpdate & Update.CallbackQueryUpdate
  >;
  const chat = message?.chat ?? press?.message?.chat;
  if (chat?.type !== "private" || (message && "successful_payment" in message)) return;
  const language = languageOf((message ?? press)?.from?.language_code);
  const text = textsIn(language).messaging.answer.takesLong;
  const said = { chat_id: chat.id, text };
  void bot.answers.push({
    lane: chatLane(chat.id),
    bytes: 2 * text.length,
    send: () => bot.telegram.callApi("sendMessage", said, timeoutOptions(callTimeoutMs)),
  });
}

/** Nobody handles it any more, and a press that is not answered looks as if it still went on. */
function answerDroppedPress(bot: TollgateBot, update: Update): void {
  if (!("callback_query" in update)) return;
  const { id, from } = update.callback_query;
  const { tooFast: text } = textsIn(languageOf(from.language_code)).messaging.answer;
  void bot.answers.push({
    ...pressAnswer(id, text),
    send: () =>
      bot.telegram
        .callApi(
          "answerCallbackQuery",
          { callback_query_id: id, text },
          timeoutOptions(callTimeoutMs),
        )
        .catch(ignoreOldPress),
  });
}

/** Tells Telegram what has been handled, so that the next start does not get it again. */
async function confirm(bot: TollgateBot, offset: number): Promise<void> {
  if (offset === 0) return;
  const confirmation = { offset, timeout: 0, limit: 1, allowed_updates: allowedUpdates };
  await bot.telegram.callApi("getUpdates", confirmation, timeoutOptions(2_000));
}
