import { ApplicationFailure } from "@temporalio/common";
import type { Failure } from "../domain/failures.ts";
import { Refused, SlowDown } from "../gateways/refused.ts";

/**
 * Makes a `catch` handler: a refusal ends the retries under a name that the workflow can read; any
 * other error is retried.
 * @returns a handler that always throws: an ApplicationFailure of this type, or the error itself.
 */
export function refusedAs(type: Failure): (error: unknown) => never {
  return (error) => {
    if (error instanceof Refused) throw ApplicationFailure.nonRetryable(error.message, type);
    throw retriedInTime(error);
  };
}

/** Gives a `SlowDown` the retry delay that was asked for; other errors are returned unchanged. */
export function retriedInTime(error: unknown): unknown {
  if (!(error instanceof SlowDown)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: "SlowDown",
    nextRetryDelay: error.retryAfterMs,
  });
}
