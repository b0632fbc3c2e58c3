/** Who is away: `ours` is Temporal or the database. */
export type Party = "telegram" | "ours";

/** A part that we need is away: the update stays unacknowledged and is handled again. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly party: Party;
  /** When Telegram itself asked us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, cause: unknown, of: { party: Party; retryAfterMs?: number }) {
    super(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.party = of.party;
    this.retryAfterMs = of.retryAfterMs;
  }
}

/** PostgreSQL's class of errors about the data that was sent, e.g. a zero byte in a text. */
const badData = /^22/u;

/** Turns a failed read into `Unavailable`; what failed for what a person wrote would fail again. */
export async function reading<Value>(read: Promise<Value>): Promise<Value> {
  return read.catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (typeof code === "string" && badData.test(code)) throw error;
    throw new Unavailable("the database did not answer", error, { party: "ours" });
  });
}
