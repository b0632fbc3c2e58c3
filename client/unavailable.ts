/**
 * Temporal or the database cannot be reached: the sender has to keep its message and repeat it. For
 * example, a Telegram update stays unacknowledged, and a webhook is answered with 503.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";

  constructor(message: string, cause: unknown) {
    super(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
