/**
 * The panel could not do it: HTTP 200 with `{"success": false, "msg": "<words> (<reason>)"}`. The
 * words are translated, the reason never is.
 */
export class Failure extends Error {}

/** A reason of the panel's own, which ends with a line break there. */
export const failure = (...words: readonly string[]): Failure =>
  new Failure(`${words.join(" ")}\n`);

/** A client or an inbound that there is not. */
export const notFound = (): Failure => new Failure("record not found");
