/**
 * How often a gateway is read, and how long its reconciler waits for what may still come;
 * all in milliseconds.
 */
export interface PollingOptions {
  /** Passes begin at multiples of this. */
  readonly everyMs: number;
  /** How long a webhook that may be on its way is awaited before it counts as lost. */
  readonly inFlightMs: number;
  /** How often all open orders are compared with the running workflows. */
  readonly sweepEveryMs: number;
  /** After how long an event is sent to Temporal again if the books still do not have it. */
  readonly againMs: number;
  /**
   * How long the cursor waits for lines that are not in the books; after that they are quarantined.
   */
  readonly holdMs: number;
}

/** The intervals of production: a pass each minute; tests use shorter ones. */
export const usualPolling: PollingOptions = {
  everyMs: 60_000,
  inFlightMs: 2_000,
  sweepEveryMs: 600_000,
  againMs: 60_000,
  holdMs: 600_000,
};
