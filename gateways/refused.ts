/**
 * The other side understood and said no: the same request would get the same answer. Everything
 * else that an adapter throws is an outage and is retried. Operators read the messages: never put a
 * secret in one.
 */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** The other side asked us to come back later: the caller waits `retryAfterMs` and tries again. */
export class SlowDown extends Error {
  override readonly name = "SlowDown";
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
