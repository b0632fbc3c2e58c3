import type { IncomingMessage, ServerResponse } from "node:http";

/** A request as the doors see it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Reply {
  readonly status: number;
  /** Text goes out as a page, everything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The request itself cannot be served; the message tells its sender what to change. */
export class Unservable extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const ok = (body: unknown): Reply => ({ status: 200, body });

const bodyLimit = 1024 * 1024;

/** The whole body as text. Throws a 413 as soon as it grows over a megabyte. */
export async function readText(raw: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Unservable(413, `the body may have ${bodyLimit} bytes at most`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A JSON object; nothing at all counts as an empty one. */
export async function readJson(raw: IncomingMessage): Promise<unknown> {
  const text = await readText(raw);
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, in the same words.
  }
  throw new Unservable(400, "the body must be a JSON object");
}

export function write(response: ServerResponse, { status, body, headers }: Reply): void {
  const isPage = typeof body === "string";
  const content = Buffer.from(isPage ? body : JSON.stringify(body));
  const type = isPage ? "text/html; charset=utf-8" : "application/json";
  response.writeHead(status, {
    "content-type": type,
    "content-length": content.length,
    ...headers,
  });
  response.end(content);
}
