/** The panel said no: `{"detail": …}` with this status, as FastAPI words it. */
export class Refusal extends Error {
  readonly status: number;
  /** Text, or a message for each field. */
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(typeof detail === "string" ? detail : JSON.stringify(detail));
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

/**
 * The panel met an error that it does not handle: 500 with the text `Internal Server Error`. What
 * was committed before stays.
 */
export class Crash extends Error {}

/** A 401, which asks for a token. */
export const unauthorized = (detail: string): Refusal =>
  new Refusal(401, detail, { "www-authenticate": "Bearer" });

/** A 422 that names the wrong fields. */
export const unprocessable = (fields: Readonly<Record<string, string>>): Refusal =>
  new Refusal(422, fields);
