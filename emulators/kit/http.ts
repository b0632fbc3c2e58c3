import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

/** A request as the routes see it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** An answer. In its place `undefined` means that the connection is already taken care of. */
export interface Reply {
  readonly status: number;
  /** Bytes go out as they are, text as a page, undefined as nothing at all, the rest as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The request cannot be served; the message tells its sender what to change. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Turns an error into an answer; `bodyOf` words an internal one in the service's own form. */
export const failureReply =
  (bodyOf: (message: string) => object) =>
  (error: unknown): Reply =>
    error instanceof HttpError
      ? { status: error.status, body: { error: error.message } }
      : { status: 500, body: bodyOf(error instanceof Error ? error.message : "unknown") };

/** A 200 with this body. */
export const ok = (body: unknown): Reply => ({ status: 200, body });

/** A page that may load and run nothing. */
export function htmlPage(markup: string, status = 200): Reply {
  const headers = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
  return { status, body: markup, headers };
}

/** After a form was sent: the browser shows another page, which may be reloaded. */
export const seeOther = (location: string): Reply => ({
  status: 303,
  body: Buffer.alloc(0),
  headers: { location },
});

/** The size limit in bytes of a body without files. */
export const smallBody = 1024 * 1024;

/** The whole body. @throws HttpError 413 as soon as it is over the limit, by default a mebibyte. */
export async function readBody(raw: IncomingMessage, limit = smallBody): Promise<Buffer> {
  const tooLarge = () => new HttpError(413, `the body may have ${limit} bytes at most`);
  if (Number(raw.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as UTF-8. @throws HttpError 413 when it is over a mebibyte. */
export async function readText(raw: IncomingMessage): Promise<string> {
  return (await readBody(raw)).toString("utf8");
}

/** The fields of a form that a browser sent. */
export async function readForm(raw: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(raw));
}

/** A JSON object; nothing at all counts as an empty one. */
export async function readJson(raw: IncomingMessage): Promise<Record<string, unknown>> {
  return parseJsonObject(await readText(raw));
}

/** Parses a JSON object; blank text counts as an empty one. @throws HttpError 400 otherwise. */
export function parseJsonObject(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Reported below, in the same words.
  }
  throw new HttpError(400, "the body must be a JSON object");
}

/** @throws HttpError 400 that names every missing or wrong field. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) throw new HttpError(400, z.prettifyError(result.error));
  return result.data;
}

/** Writes an answer and ends the response. */
export function write(response: ServerResponse, { status, body, headers }: Reply): void {
  if (body === undefined) {
    const length = status === 204 ? {} : { "content-length": 0 };
    response.writeHead(status, { ...length, ...headers }).end();
    return;
  }
  const { type, content } = render(body);
  response.writeHead(status, {
    "content-type": type,
    "content-length": content.length,
    ...headers,
  });
  response.end(content);
}

function render(body: unknown): { type: string; content: Uint8Array } {
  if (body instanceof Uint8Array) return { type: "application/octet-stream", content: body };
  if (typeof body === "string") {
    return { type: "text/html; charset=utf-8", content: Buffer.from(body) };
  }
  return { type: "application/json", content: Buffer.from(JSON.stringify(body)) };
}

/** Stays silent for `holdMs`, or until the client hangs up, and then drops the connection. */
export async function fallSilent(response: ServerResponse, holdMs: number): Promise<undefined> {
  if (response.destroyed) return undefined;
  const ended = new AbortController();
  const quiet = sleep(holdMs, undefined, { ref: false, signal: ended.signal });
  await Promise.race([quiet, once(response, "close").catch(() => undefined)]);
  ended.abort();
  await quiet.catch(() => undefined);
  return dropConnection(response);
}

/** Drops the connection without an answer. */
export function dropConnection(response: ServerResponse): undefined {
  response.destroy();
  return undefined;
}
