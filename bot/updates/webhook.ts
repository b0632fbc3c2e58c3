import express, { type ErrorRequestHandler, type Express } from "express";
import type { Update } from "telegraf/types";
import * as z from "zod";
import { retryWithBackoff } from "../../runtime/backoff.ts";
import { listenPublicly } from "../../runtime/http-server.ts";
import type { Logger } from "../../runtime/log.ts";
import { sameSecret } from "../../runtime/secret.ts";
import { callTimeoutMs, timeoutOptions } from "../call-timeout.ts";
import { handleDurably } from "../delivery.ts";
import { allowedUpdates, describeError, fetchMe, type UpdateSource } from "../telegram.ts";
import type { TollgateBot } from "../tollgate-bot.ts";

/** Where the bot takes webhooks, and how it knows Telegram. */
export interface WebhookOptions {
  /** The address that Telegram calls; the api passes on what comes there. */
  readonly url: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
}

/** Telegram's timeout is about a minute; we answer 503 before it, and Telegram tries again. */
const longestHandlingMs = 20_000;

/** How long to wait for answers at the end. */
const drainMs = 3_000;

const updateShape = z.looseObject({ update_id: z.int() });

/**
 * Takes updates at `/webhooks/telegram`. Answers 200 only when Temporal holds the update's effect
 * durably; until then 503, and Telegram tries again. @throws Error when the port is taken.
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export async function serveWebhook(
  bot: TollgateBot,
  log: Logger,
  options: WebhookOptions,
): Promise<UpdateSource> {
  const ending = new AbortController();
  const app = createUpdateApp(bot, log, { secret: options.secret, ended: ending.signal });
  const { host, port } = options;
  const server = await listenPublicly(app, { host, port, portVariable: "WEBHOOK_PORT" });
  // Without this, Node asks for the body before the secret was checked.
  server.on("checkContinue", app);
  const state = { registered: false };
  const registering = register(bot, log, { ...options, ended: ending.signal }).then((done) => {
    state.registered = done;
  });
  return {
    isConnected: () => server.listening && state.registered,
    stop: async () => {
      ending.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([registering, closed]);
      await bot.answers.drain(drainMs);
    },
  };
}

function createUpdateApp(
  bot: TollgateBot,
  log: Logger,
  { secret, ended }: { secret: string; ended: AbortSignal },
): Express {
  const app = express().disable("x-powered-by");
  app.post("/webhooks/telegram", (request, response, next) => {
    if (!sameSecret(request.get("x-telegram-bot-api-secret-token") ?? "", secret)) {
      return void response.sendStatus(403);
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    next();
  });
  app.post("/webhooks/telegram", express.json({ limit: "1mb" }), async (request, response) => {
    const update = updateShape.safeParse(request.body);
    if (!update.success) return void response.sendStatus(400);
    const signal = AbortSignal.any([ended, AbortSignal.timeout(longestHandlingMs)]);
    try {
      bot.botInfo ??= await fetchMe(bot, signal);
      await handleDurably(bot, update.data as unknown as Update, { log, signal });
      response.sendStatus(200);
    } catch {
      // A kept-alive connection would delay our own end.
      if (ended.aborted) response.set("connection", "close");
      response.sendStatus(503);
    }
  });
  return app.use(unreadable);
}

/** Answers a body that cannot be read without saying why: express itself would show the stack. */
const unreadable: ErrorRequestHandler = (error, _request, response, _next) => {
  const { status } = error as { status?: unknown };
  response.sendStatus(status === 413 ? 413 : 400);
};

/** Sets the webhook, and retries until Telegram has it; false when we were stopped before. */
async function register(
  bot: TollgateBot,
  log: Logger,
  { url, secret, ended }: WebhookOptions & { readonly ended: AbortSignal },
): Promise<boolean> {
  const webhook = { url, secret_token: secret, allowed_updates: allowedUpdates };
  const set = () =>
    bot.telegram.callApi("setWebhook", webhook, timeoutOptions(callTimeoutMs, ended));
  const onFailure = (error: unknown) => {
    if (!ended.aborted) log.warn({ reason: describeError(error) }, "the webhook could not be set");
  };
  const pauses = { firstPauseMs: 200, longestPauseMs: 10_000 };
  return retryWithBackoff(set, { ...pauses, signal: ended, onFailure }).then(
    () => true,
    () => false,
  );
}
