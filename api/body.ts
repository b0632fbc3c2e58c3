import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";

/** Why a body is not read. */
export class BodyRefused extends Error {
  readonly status: 400 | 413 | 415;

  constructor(status: BodyRefused["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads a whole body, as it came, into `request.body`. What says that it is larger, or is packed, is refused
 * before a byte of it is read; what turns out to be larger, at the byte that is one too many.
 */
export function wholeBody(mostBytes: number): RequestHandler {
  return (request, _response, next) => {
    bytesOf(request, mostBytes).then((body) => {
      request.body = body;
      next();
    }, next);
  };
}

/** So much more is read of a body after its answer, that a client which is nearly done reads the answer. */
const mostUnreadBytes = 16_384;

/** Ends a connection whose request was answered before its body came, instead of reading all of that. */
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

/** @throws BodyRefused when the headers alone say that the body is not for us. */
export function checkBody({ headers }: IncomingMessage, mostBytes: number): void {
  const packed = headers["content-encoding"];
  // What is packed may be larger than it looks, and a signature is over what came.
  if (packed !== undefined && packed !== "identity") throw new BodyRefused(415, "it is packed");
  if (Number(headers["content-length"] ?? 0) > mostBytes) throw tooLarge();
}

export const tooLarge = (): BodyRefused => new BodyRefused(413, "it is too large");

async function bytesOf(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
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
