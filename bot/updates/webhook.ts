import { createHash, timingSafeEqual } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import express, { type ErrorRequestHandler, type Express } from "express";
import type { Update } from "telegraf/types";
import { z } from "zod";
import { listenToStrangers } from "../../runtime/http-server.ts";
import type { Logger } from "../../runtime/log.ts";
import type { TollgateBot } from "../bot.ts";
import { handleDurably } from "../delivery.ts";
import { allowedUpdates, callTimeoutMs, describeError, fetchMe, timeoutOptions, type UpdateSource } from "../telegram.ts";

export interface WebhookOptions {
  /** Where Telegram reaches us; the api hands on what comes there. */
  readonly url: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
}

/** Telegram gives up waiting after a minute or so; before that it is told to come again. */
const longestHandlingMs = 20_000;

/** How long answers are waited for at the end. */
const drainMs = 3_000;

const anUpdate = z.looseObject({ update_id: z.int() });

/**
 * Takes updates at `/webhooks/telegram`. 200 is said only when Temporal holds the fact; until then
 * 503, and Telegram comes again (https://core.telegram.org/bots/api#setwebhook). Rejects when the
 * port is taken.
 */
export async function serveWebhook(
  bot: TollgateBot,
  log: Logger,
  options: WebhookOptions,
): Promise<UpdateSource> {
  const ending = new AbortController();
  const app = takeUpdates(bot, log, { secret: options.secret, ended: ending.signal });
  const { host, port } = options;
  const server = await listenToStrangers(app, { host, port, portVariable: "WEBHOOK_PORT" });
  // Without this Node asks for a body by itself, before anybody has looked at the secret.
  server.on("checkContinue", app);
  const state = { registered: false };
  const registering = register(bot, log, { ...options, ended: ending.signal }).then((done) => {
    state.registered = done;
  });
  return {
    isConnected: () => server.listening && state.registered,
    stop: async () => {
      ending.abort();
      const closed = new Promise<void>((told) => server.close(() => told()));
      await Promise.all([registering, closed]);
      await bot.answers.drain(drainMs);
    },
  };
}

function takeUpdates(
  bot: TollgateBot,
  log: Logger,
  { secret, ended }: { secret: string; ended: AbortSignal },
): Express {
  const app = express().disable("x-powered-by");
  app.post("/webhooks/telegram", (request, response, next) => {
    if (!matches(request.get("x-telegram-bot-api-secret-token") ?? "", secret)) {
      return void response.sendStatus(403);
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    next();
  });
  app.post("/webhooks/telegram", express.json({ limit: "1mb" }), async (request, response) => {
    const update = anUpdate.safeParse(request.body);
    if (!update.success) return void response.sendStatus(400);
    const signal = AbortSignal.any([ended, AbortSignal.timeout(longestHandlingMs)]);
    try {
      bot.botInfo ??= await fetchMe(bot, signal);
      await handleDurably(bot, update.data as unknown as Update, { log, signal });
      response.sendStatus(200);
    } catch {
      // A connection that is kept alive would hold up our own end.
      if (ended.aborted) response.set("connection", "close");
      response.sendStatus(503);
    }
  });
  return app.use(unreadable);
}

/** What could not be read is told so without a word of why: express itself would show the stack. */
const unreadable: ErrorRequestHandler = (error, _request, response, _next) => {
  const { status } = error as { status?: unknown };
  response.sendStatus(status === 413 ? 413 : 400);
};

/** Tells Telegram where we listen, until it knows; false when we were stopped before. */
async function register(
  bot: TollgateBot,
  log: Logger,
  { url, secret, ended }: WebhookOptions & { readonly ended: AbortSignal },
): Promise<boolean> {
  const webhook = { url, secret_token: secret, allowed_updates: allowedUpdates };
  for (let pauseMs = 200; !ended.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    try {
      await bot.telegram.callApi("setWebhook", webhook, timeoutOptions(callTimeoutMs, ended));
      return true;
    } catch (error) {
      if (ended.aborted) return false;
      log.warn({ reason: describeError(error) }, "the webhook could not be set");
      await delay(pauseMs, undefined, { signal: ended }).catch(() => undefined);
    }
  }
  return false;
}

/** In constant time, whatever the lengths. */
function matches(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

const digest = (text: string) => createHash("sha256").update(text).digest();
