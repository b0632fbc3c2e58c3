/**
 * The other side understood and said no: asking again would get the same answer. Everything else
 * that an adapter throws is an outage and is tried again. Messages are shown to operators: never
 * put a secret in one.
 */
export class Refused extends Error {
  override readonly name = "Refused";
}

/**
 * The other side asked us to come back later; the caller waits `retryAfterMs` and tries the same
 * again.
 */
export class SlowDown extends Error {
  override readonly name = "SlowDown";
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
