import { type IncomingMessage, request as ask } from "node:http";
import { request as askSecurely } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Router } from "express";
import { BodyRefused, checkBody, tooLarge } from "../body.ts";

const answerTimeoutMs = 25_000;
const mostBytes = 1_048_576;
const secretHeader = "x-telegram-bot-api-secret-token";

/**
 * Hands Telegram's updates on to the bot as they come, and its answer back. The bot proves the secret; the api
 * does not know it. So nothing is gathered here: a piece is held while the bot takes it, and who cannot prove
 * the secret is refused before the bot has read anything. 503 while the bot is away, so that Telegram comes
 * again.
 */
export function telegramWebhook(botUrl: string): Router {
  return Router().post("/webhooks/telegram", async (request, response) => {
    const secret = request.get(secretHeader);
    if (secret === undefined) return void response.sendStatus(403);
    checkBody(request, mostBytes);
    const url = new URL("/webhooks/telegram", botUrl);
    const status = await handOn(request, { url, secret }).catch((error: unknown) => {
      if (error instanceof BodyRefused) throw error;
      return 503;
    });
    response.sendStatus(status);
  });
}

/** The bot's answer, which may come before it has read everything. */
async function handOn(
  request: IncomingMessage,
  { url, secret }: { readonly url: URL; readonly secret: string },
): Promise<number> {
  const length = request.headers["content-length"];
  const call = (url.protocol === "https:" ? askSecurely : ask)(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [secretHeader]: secret,
      ...(length === undefined ? {} : { "content-length": length }),
    },
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  try {
    return await new Promise<number>((answered, failed) => {
      call.once("response", (answer) => {
        answer.resume();
        answered(answer.statusCode ?? 503);
      });
      call.once("error", failed);
      pipeline(request, limited(), call).catch(failed);
    });
  } finally {
    request.unpipe();
    call.destroy();
  }
}

function limited(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, passed) {
      bytes += chunk.length;
      passed(bytes > mostBytes ? tooLarge() : null, chunk);
    },
  });
}
