/** What a worker logs when a payment begins to wait for its money. */
export const waitsForMoneyLog = "waits for money";

/** A step that a worker has taken: one line of JSON in its output. */
export interface Step {
  readonly step: string;
  readonly workflowId: string;
  /** See `nowMs`: a clock that all processes of the machine share. */
  readonly endedMs: number;
  readonly tookMs: number;
  /** The number of statements that it sent to PostgreSQL. */
  readonly statements: number;
  readonly failed: boolean;
}

/** Milliseconds since 1970, with fractions. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** The `workflowId` of the step in which Telegram accepts a message to this person. */
export const chatOf = (telegramId: number): string => `chat:${telegramId}`;
