/** Temporal or the database is away: the update stays unacknowledged and is handled again. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";

  constructor(message: string, cause: unknown) {
    super(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** PostgreSQL's class of errors about the data that was sent, e.g. a zero byte in a text. */
const badData = /^22/u;

/** Turns a failed read into `Unavailable`; what failed for what a person wrote would fail again. */
export async function reading<Value>(read: Promise<Value>): Promise<Value> {
  return read.catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (typeof code === "string" && badData.test(code)) throw error;
    throw new Unavailable("the database did not answer", error);
  });
}
