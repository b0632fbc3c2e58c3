import type { Reply } from "../kit/http.ts";

/** Errors of the panel, with their HTTP status and their words [S: errors.ts of 3.3.2]. */
const errors = {
  A001: [500, "Server error"],
  A004: [403, "Forbidden role error"],
  A018: [500, "Failed to create user"],
  A019: [400, "User username already exists"],
  A020: [400, "User short UUID already exists"],
  A025: [404, "User not found"],
  A027: [500, "Revoke user subscription error"],
  A029: [400, "User already disabled"],
  A030: [400, "User already enabled"],
  A039: [500, "Update user error"],
  A062: [404, "Users not found"],
  A063: [404, "User with specified params not found"],
  A088: [500, "Bulk add inbounds to users error"],
  A089: [400, "LIMITED and EXPIRED statuses are not allowed to be set manually."],
  A098: [400, "User hwid device already exists"],
  A099: [400, "User hwid device limit reached"],
  A204: [404, "HWID device not found"],
  A226: [404, "Metadata not found"],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** The code of an error of the panel. */
export type ErrorCode = keyof typeof errors;

/** Something that the panel says instead of what was asked for. */
export abstract class Refusal extends Error {
  /** The answer, given the request's path with its query and the time. */
  abstract reply(url: string, nowMs: number): Reply;
}

/** An error with a code: `{timestamp, path, message, errorCode}`. */
export class CodedRefusal extends Refusal {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }

  reply(path: string, nowMs: number): Reply {
    const [status, words] = errors[this.code];
    const timestamp = new Date(nowMs).toISOString();
    // The filter of errors replaces both words and code of every 403.
    const message = status === 403 ? "Forbidden" : words;
    const errorCode = status === 403 ? "E000" : this.code;
    return { status, body: { timestamp, path, message, errorCode } };
  }
}

/** An answer of the framework beneath the panel. */
export class PlainRefusal extends Refusal {
  readonly #reply: Reply;

  constructor(status: number, body: object) {
    super(String(status));
    this.#reply = { status, body };
  }

  reply(): Reply {
    return this.#reply;
  }
}

/** No token, or one that is not the panel's or has expired. */
export const unauthorized = (): Refusal =>
  new PlainRefusal(401, { message: "Unauthorized", statusCode: 401 });

/** A token that may not do this. */
export const forbidden = (message = "Forbidden resource"): Refusal =>
  new PlainRefusal(403, { message, error: "Forbidden", statusCode: 403 });

/** A request whose fields are not as they have to be; the issues are those of zod. */
export const validationFailed = (issues: readonly object[]): Refusal =>
  new PlainRefusal(400, { statusCode: 400, message: "Validation failed", errors: issues });

/** A path that the panel does not serve. */
export const noSuchPath = (method: string, url: string): Refusal =>
  new PlainRefusal(404, {
    message: `Cannot ${method} ${url}`,
    error: "Not Found",
    statusCode: 404,
  });
