/** What a worker's log says of a payment that waits. */
export const waitsForMoney = "waits for money";

/** What a worker tells of a step that it has taken, as one line of JSON. */
export interface Step {
  readonly step: string;
  readonly workflowId: string;
  /** By a clock that all processes of the machine share. */
  readonly endedMs: number;
  readonly tookMs: number;
  /** How many it sent to PostgreSQL. */
  readonly statements: number;
  readonly failed: boolean;
}

/** Milliseconds since 1970, and parts of them. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** Whose step it is when Telegram takes a message to this person. */
export const chatOf = (telegramId: number): string => `chat:${telegramId}`;
