import type { IncomingMessage, ServerResponse } from "node:http";

/** A request as the doors see it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** `undefined` in place of one: the door has answered, or keeps the connection, itself. */
export interface Reply {
  readonly status: number;
  /** Bytes go out as they are, everything else as JSON. */
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

export const jsonLimit = 1024 * 1024;

/** The whole body. Throws a 413 as soon as it grows over the limit. */
export async function readBody(raw: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () => new Unservable(413, `the body may have ${limit} bytes at most`);
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

/** A JSON object; nothing at all counts as an empty one. */
export async function readJson(raw: IncomingMessage): Promise<Record<string, unknown>> {
  return parseJsonObject((await readBody(raw, jsonLimit)).toString("utf8"));
}

export function parseJsonObject(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below, in the same words.
  }
  throw new Unservable(400, "the body must be a JSON object");
}

export function write(response: ServerResponse, { status, body, headers }: Reply): void {
  const isBytes = body instanceof Uint8Array;
  const content = isBytes ? body : Buffer.from(JSON.stringify(body));
  const type = { "content-type": isBytes ? "application/octet-stream" : "application/json" };
  response.writeHead(status, { ...type, "content-length": content.length, ...headers });
  response.end(content);
}
