import express, { Router } from "express";

const answerTimeoutMs = 25_000;
const secretHeader = "x-telegram-bot-api-secret-token";

/**
 * Hands Telegram's updates on to the bot as they came, and its answer back. The bot proves the
 * secret; the api does not know it. 503 while the bot is away, so that Telegram comes again.
 */
export function telegramWebhook(botUrl: string): Router {
  const body = express.raw({ type: () => true, limit: "1mb" });
  return Router().post("/webhooks/telegram", body, async (request, response) => {
    const secret = request.get(secretHeader);
    const handedOn = await fetch(new URL("/webhooks/telegram", botUrl), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(secret === undefined ? {} : { [secretHeader]: secret }),
      },
      body: request.body as Buffer<ArrayBuffer>,
      signal: AbortSignal.timeout(answerTimeoutMs),
    }).catch(() => undefined);
    response.sendStatus(handedOn?.status ?? 503);
  });
}
