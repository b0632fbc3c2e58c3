import { setTimeout as delay } from "node:timers/promises";
import type { Update } from "telegraf/types";
import { languageOf } from "../../domain/people/customer.ts";
import { Backoff } from "../../runtime/backoff.ts";
import type { Logger } from "../../runtime/log.ts";
import { textsIn } from "../../texts/index.ts";
import { callTimeoutMs, timeoutOptions } from "../call-timeout.ts";
import { handleDurably } from "../delivery.ts";
import { chatLane, ignoreOldPress, pressAnswer } from "../request.ts";
import { allowedUpdates, describeError, fetchMe, type UpdateSource } from "../telegram.ts";
import type { TollgateBot } from "../tollgate-bot.ts";
import { UpdateQueue } from "./queue.ts";

const longPollSeconds = 25;
const pauses = { firstPauseMs: 200, longestPauseMs: 10_000 } as const;
/**
 * How soon to ask Telegram for more while an update still waits,
 * and the longest interval when it waits long.
 */
const firstLookMs = 20;
const longestLookMs = 500;
/** How long to wait for answers at the end. */
const drainMs = 3_000;

/**
 * Our own poll loop. Telegraf's confirms a whole batch before it knows that the handlers worked.
 * This one asks with the offset of the oldest unhandled update, which confirms those below it
 * (https://core.telegram.org/bots/api#getupdates). A person whose update waits delays nobody else,
 * and an update that waits long does not keep Telegram from showing new ones.
 */
export function poll(bot: TollgateBot, log: Logger): UpdateSource {
  const ending = new AbortController();
  const { signal } = ending;
  const queue = new UpdateQueue(
    (update, { signal: dropped, late }) =>
      handleDurably(bot, update, { log, late, signal: AbortSignal.any([signal, dropped]) }),
    (update, doubt) => {
      log.warn({ updateId: update.update_id, doubt }, "an update is confirmed and not handed over");
      if (doubt !== "setAside") answerDroppedPress(bot, update);
      if (doubt !== "droppedToo") sayItTakesLong(bot, update);
    },
  );
  const state = { isConnected: false };
  const looping = pollUntil(signal, { bot, log, queue, state });
  return {
    isConnected: () => state.isConnected,
    stop: async () => {
      ending.abort();
      await looping;
      await queue.waitUntilSettled();
      await confirm(bot, queue.offset).catch(() => undefined);
      await bot.answers.drain(drainMs);
    },
  };
}

interface Polling {
  readonly bot: TollgateBot;
  readonly log: Logger;
  readonly queue: UpdateQueue;
  readonly state: { isConnected: boolean };
}

async function pollUntil(signal: AbortSignal, { bot, log, queue, state }: Polling): Promise<void> {
  const backoff = new Backoff(pauses);
  let lookMs = firstLookMs;
  let ready = false;
  while (!signal.aborted) {
    try {
      if (!ready) await prepare(bot, signal);
      ready = true;
      // Telegram has answered, so we count as connected while the long poll waits.
      state.isConnected = true;
      const { offset } = queue;
      const updates = await fetchUpdates(bot, queue, signal);
      state.isConnected = true;
      backoff.reset();
      lookMs = queue.take(updates, offset) ? firstLookMs : Math.min(lookMs * 2, longestLookMs);
      if (!queue.idle) await waitUntilSettled(queue, lookMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      state.isConnected = false;
      log.warn({ reason: describeError(error) }, "no updates from Telegram");
      await delay(backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Learns who the bot is before the first update, and deletes a webhook, which excludes polling. */
async function prepare(bot: TollgateBot, signal: AbortSignal): Promise<void> {
  bot.botInfo = await fetchMe(bot, signal);
  await bot.telegram.callApi("deleteWebhook", {}, timeoutOptions(callTimeoutMs, signal));
}

/**
 * Fetches new updates. While an update waits Telegram sends it again at once,
 * so a long poll would not wait.
 */
function fetchUpdates(
  bot: TollgateBot,
  queue: UpdateQueue,
  signal: AbortSignal,
): Promise<Update[]> {
  const timeout = queue.idle ? longPollSeconds : 0;
  const request = { offset: queue.offset, timeout, limit: 100, allowed_updates: allowedUpdates };
  return bot.telegram.callApi(
    "getUpdates",
    request,
    timeoutOptions(timeout * 1_000 + callTimeoutMs, signal),
  );
}

async function waitUntilSettled(
  queue: UpdateQueue,
  lateMs: number,
  signal: AbortSignal,
): Promise<void> {
  const settled = new AbortController();
  const late = delay(lateMs, undefined, { signal: AbortSignal.any([signal, settled.signal]) });
  await Promise.race([queue.waitUntilSettled(), late.catch(() => undefined)]);
  settled.abort();
}

/**
 * Warns the person that what they sent may be lost if this process ends before Temporal is back.
 */
function sayItTakesLong(bot: TollgateBot, update: Update): void {
  const { message, callback_query: press } = update as Partial<
    Update.MessageUpdate & Update.CallbackQueryUpdate
  >;
  const chat = message?.chat ?? press?.message?.chat;
  if (chat?.type !== "private" || (message && "successful_payment" in message)) return;
  const language = languageOf((message ?? press)?.from?.language_code);
  const text = textsIn(language).messaging.answer.takesLong;
  const reply = { chat_id: chat.id, text };
  void bot.answers.push({
    lane: chatLane(chat.id),
    bytes: 2 * text.length,
    send: () => bot.telegram.callApi("sendMessage", reply, timeoutOptions(callTimeoutMs)),
  });
}

/** Ends the waiting state of a press that was dropped and is handled by nobody. */
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

/** Confirms what has been handled, so that the next start does not get it again. */
async function confirm(bot: TollgateBot, offset: number): Promise<void> {
  if (offset === 0) return;
  const confirmation = { offset, timeout: 0, limit: 1, allowed_updates: allowedUpdates };
  await bot.telegram.callApi("getUpdates", confirmation, timeoutOptions(2_000));
}
