import { ActivityFailure, ApplicationFailure } from "@temporalio/workflow";
import { type Failure, failures } from "../domain/failures.ts";

/** Whether a step ended with the failure of this name. */
export function isFailure(error: unknown, failure: Failure): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === failure
  );
}

/**
 * Whether a refund has finally failed. A gateway that is no longer configured fails it too, unless
 * it had accepted the refund (`isTaken`): then the money may still move.
 */
export const isRefundRefused = (error: unknown, isTaken: boolean): boolean =>
  isFailure(error, failures.refundRefused) || (isFailure(error, failures.gatewayOff) && !isTaken);
