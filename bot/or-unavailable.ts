import { Unavailable } from "../client/unavailable.ts";

/** PostgreSQL's error class for bad data, e.g. a zero byte in a text. */
const badData = /^22/u;

/**
 * Awaits a read of the database.
 * @throws Unavailable when it failed, unless the cause is what a person wrote, which would
 * fail again.
 */
export async function orUnavailable<Value>(read: Promise<Value>): Promise<Value> {
  return read.catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (typeof code === "string" && badData.test(code)) throw error;
    throw new Unavailable("the database did not answer", error);
  });
}
