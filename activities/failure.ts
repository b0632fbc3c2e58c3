import { ApplicationFailure } from "@temporalio/common";
import type { Failure } from "../domain/failures.ts";
import { Refused, SlowDown } from "../gateways/refused.ts";

/** A refusal ends the retries and gets a name the workflow can read. Anything else is retried. */
export function refusedAs(type: Failure): (error: unknown) => never {
  return (error) => {
    if (error instanceof Refused) throw ApplicationFailure.nonRetryable(error.message, type);
    throw retriedInTime(error);
  };
}

/** Gives "come back later" the delay that was asked for; passes everything else on as it is. */
export function retriedInTime(error: unknown): unknown {
  if (!(error instanceof SlowDown)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: "SlowDown",
    nextRetryDelay: error.retryAfterMs,
  });
}
