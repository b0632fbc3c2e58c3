import { Unavailable } from "../client/unavailable.ts";

/** PostgreSQL's class of errors about the data that was sent, e.g. a zero byte in a text. */
const badData = /^22/u;

/**
 * Awaits a read of the database.
 * @throws Unavailable when it failed, unless it failed over what a person wrote: that would fail again.
 */
export async function orUnavailable<Value>(read: Promise<Value>): Promise<Value> {
  return read.catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (typeof code === "string" && badData.test(code)) throw error;
    throw new Unavailable("the database did not answer", error);
  });
}
