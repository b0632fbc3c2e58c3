/**
 * Temporal or the database is away: whoever told us something keeps it and tells it again, e.g. an update of
 * Telegram stays unacknowledged, a webhook is answered with 503.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";

  constructor(message: string, cause: unknown) {
    super(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
