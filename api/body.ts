import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";

/** A body is not read; its status says why. */
export class BodyRefused extends Error {
  readonly status: 400 | 413 | 415;

  constructor(status: BodyRefused["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads a whole body, unchanged, into `request.body`. A body that is declared too large or
 * compressed is refused before a byte is read; one that turns out to be too large, at the first
 * byte too many.
 */
export function wholeBody(mostBytes: number): RequestHandler {
  return (request, _response, next) => {
    readBytes(request, mostBytes).then((body) => {
      request.body = body;
      next();
    }, next);
  };
}

/**
 * How much of a body is still read after its answer,
 * so that a client which is nearly done reads the answer.
 */
const mostUnreadBytes = 16_384;

/**
 * Closes a connection whose request was answered before its body arrived,
 * instead of reading all of it.
 */
export const endUnread: RequestHandler = (request, response, next) => {
  response.once("finish", () => {
    if (request.complete) return;
    let left = mostUnreadBytes;
    request.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) request.destroy();
    });
    request.resume();
  });
  next();
};

/**
 * Checks a body by its headers alone.
 * @throws BodyRefused when it is compressed or declared larger than `mostBytes`.
 */
export function checkBody({ headers }: IncomingMessage, mostBytes: number): void {
  const encoding = headers["content-encoding"];
  // A compressed body may be larger than it looks, and signatures cover the bytes as sent.
  if (encoding !== undefined && encoding !== "identity")
    throw new BodyRefused(415, "it is compressed");
  if (Number(headers["content-length"] ?? 0) > mostBytes) throw tooLarge();
}

/** The refusal of a body that is too large. */
export const tooLarge = (): BodyRefused => new BodyRefused(413, "it is too large");

async function readBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  checkBody(request, mostBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((whole, failed) => {
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) return void chunks.push(chunk);
      chunks.length = 0;
      request.off("data", take);
      failed(tooLarge());
    };
    request.on("data", take);
    request.once("end", () => whole(Buffer.concat(chunks)));
    request.once("error", failed);
    request.once("close", () => failed(new BodyRefused(400, "it ended in the middle")));
  });
}
