import { ActivityFailure, ApplicationFailure } from "@temporalio/workflow";
import { type Failure, failures } from "../domain/failures.ts";

/** Whether a step ended in the failure of this name. */
export function isFailure(error: unknown, failure: Failure): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === failure
  );
}

/**
 * Whether a gateway will not return money. One that was switched off will not, unless it is at it: then the money may
 * move all the same.
 */
export const isRefundRefused = (error: unknown, isTaken: boolean): boolean =>
  isFailure(error, failures.refundRefused) || (isFailure(error, failures.gatewayOff) && !isTaken);
