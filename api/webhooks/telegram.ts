import { type IncomingMessage, request as ask } from "node:http";
import { request as askSecurely } from "node:https";
import { Transform } from "node:stream";
import { Router } from "express";
import { BodyRefused, checkBody, tooLarge } from "../body.ts";

const answerTimeoutMs = 25_000;
const mostBytes = 1_048_576;
const secretHeader = "x-telegram-bot-api-secret-token";

/**
 * Hands Telegram's updates on to the bot as they come, and its answer back. The bot proves the secret; the api
 * does not know it. So the bot is shown the headers first, and only when it asks for the body (100 Continue) is
 * that read, piece by piece. 503 while the bot is away, so that Telegram comes again.
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
      expect: "100-continue",
      [secretHeader]: secret,
      ...(length === undefined ? {} : { "content-length": length }),
    },
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const within = limited();
  try {
    return await new Promise<number>((answered, failed) => {
      call.once("response", (answer) => {
        answer.resume();
        answered(answer.statusCode ?? 503);
      });
      for (const part of [call, within]) part.on("error", failed);
      request.once("close", () => {
        if (!request.complete) failed(new BodyRefused(400, "it ended in the middle"));
      });
      call.once("continue", () => request.pipe(within).pipe(call));
      call.flushHeaders();
    });
  } finally {
    // What is left of the request is read by Node, to nowhere: it must stay open for the answer.
    request.unpipe(within);
    within.destroy();
    call.destroy();
  }
}

function limited(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, passed) {
      bytes += chunk.length;
      if (bytes > mostBytes) passed(tooLarge());
      else passed(null, chunk);
    },
  });
}
