import { type Guard, isText, optional, shape } from "./guards.ts";

/** A failed request. The message is for the person at the screen. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  /** The HTTP status, or 0 when nobody answered. */
  readonly status: number;
  /** The answer's JSON; undefined when it had none. */
  readonly body: unknown;

  constructor(message: string, status: number, body?: unknown) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: object;
}

const isRefusal = shape<{ description?: string | undefined; error?: string | undefined }>({
  description: optional(isText),
  error: optional(isText),
});

const unreachable =
  "Tollgate does not answer. Check that it is still running in its terminal, then try again.";

/** @throws RequestFailed with a line that says what to do. */
export async function ask(
  url: string,
  { method = "GET", body }: RequestOptions = {},
): Promise<Response> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, headers, ...sent }).catch(() => undefined);
  if (response === undefined) throw new RequestFailed(unreachable, 0);
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => undefined);
  throw new RequestFailed(explainRefusal(response.status, answer), response.status, answer);
}

/** As `ask`, and parses the answer. @throws RequestFailed also when the answer is not as agreed. */
export async function askFor<T>(
  guard: Guard<T>,
  url: string,
  options: RequestOptions = {},
): Promise<T> {
  const response = await ask(url, options);
  const value: unknown = await response.json().catch(() => undefined);
  if (guard(value)) return value;
  const what = "Tollgate answered something this page does not know. Reload the page.";
  throw new RequestFailed(what, response.status);
}

/** What went wrong, in words for the person at the screen. */
export function reasonOf(error: unknown): string {
  if (error instanceof RequestFailed) return error.message;
  return "Something in this page broke. Reload it and try again.";
}

function explainRefusal(status: number, body: unknown): string {
  const reason = isRefusal(body) ? (body.description ?? body.error) : undefined;
  if (reason !== undefined) return reason;
  if (status < 500) return `Tollgate refused this (${status}). Reload the page.`;
  return "The Telegram emulator does not answer. It comes back by itself; try again in a moment.";
}
