import { type IncomingMessage, request as ask } from "node:http";
import { request as askSecurely } from "node:https";
import { Transform } from "node:stream";
import { Router } from "express";
import { BodyRefused, checkBody, tooLarge } from "../body.ts";

const answerTimeoutMs = 25_000;
const mostBytes = 1_048_576;
const secretHeader = "x-telegram-bot-api-secret-token";

/**
 * Forwards Telegram's updates to the bot, and the bot's answer back. Only the bot can check the
 * secret, which the api does not know. So the bot gets the headers first, and the body is read,
 * piece by piece, only when the bot asks for it (100 Continue). 503 while the bot is down, so that
 * Telegram sends the update again.
 */
export function telegramWebhook(botUrl: string): Router {
  return Router().post("/webhooks/telegram", async (request, response) => {
    const secret = request.get(secretHeader);
    if (secret === undefined) return void response.sendStatus(403);
    checkBody(request, mostBytes);
    const url = new URL("/webhooks/telegram", botUrl);
    const status = await forward(request, { url, secret }).catch((error: unknown) => {
      if (error instanceof BodyRefused) throw error;
      return 503;
    });
    response.sendStatus(status);
  });
}

/**
 * Forwards a request; resolves with the bot's status,
 * which may come before the bot has read everything.
 */
async function forward(
  request: IncomingMessage,
  { url, secret }: { readonly url: URL; readonly secret: string },
): Promise<number> {
  const length = request.headers["content-length"];
  const call = (url.protocol === "https:" ? askSecurely : ask)(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      expect: "100-continue",
      [secretHeader]: secret,
      ...(length === undefined ? {} : { "content-length": length }),
    },
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const limiter = byteLimiter();
  try {
    return await new Promise<number>((resolve, reject) => {
      call.once("response", (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 503);
      });
      for (const part of [call, limiter]) part.on("error", reject);
      request.once("close", () => {
        if (!request.complete) reject(new BodyRefused(400, "it ended in the middle"));
      });
      call.once("continue", () => request.pipe(limiter).pipe(call));
      call.flushHeaders();
    });
  } finally {
    // Node reads and drops the rest of the request, whose connection must stay open for the answer.
    request.unpipe(limiter);
    limiter.destroy();
    call.destroy();
  }
}

function byteLimiter(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > mostBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
}
