/** Telegram said no. `description` is worded as the Bot API words it. */
export class Refusal extends Error {
  readonly code: number;
  readonly retryAfter: number | undefined;

  constructor(code: number, description: string, retryAfter?: number) {
    super(description);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A 400 in the Bot API's form. */
export const badRequest = (words: string): Refusal => new Refusal(400, `Bad Request: ${words}`);
/** A 403 in the Bot API's form. */
export const forbidden = (words: string): Refusal => new Refusal(403, `Forbidden: ${words}`);
/** A 409 in the Bot API's form. */
export const conflict = (words: string): Refusal => new Refusal(409, `Conflict: ${words}`);
/** A 429 in the Bot API's form, with its `retry_after`. */
export const tooMany = (seconds: number): Refusal =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, seconds);
