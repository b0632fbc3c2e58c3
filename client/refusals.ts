import { isGrpcServiceError } from "@temporalio/client";

/** gRPC's INVALID_ARGUMENT: the server understood and will not take this. */
const invalidArgument = 3;

/** The server says the same of a run that has taken as many signals as one run may: the next run takes more. */
const runIsFull = /execution limit for signal/iu;

/** What the server said stands in the cause of the SDK's error. */
export const reasonOf = (error: unknown): unknown =>
  (error instanceof Error && error.cause) || error;

/** Whether Temporal will never take this, however often it is sent again: it is malformed, or too large. */
export function isNeverTaken(error: unknown): boolean {
  const reason = reasonOf(error);
  if (!isGrpcServiceError(reason) || (reason.code as number) !== invalidArgument) return false;
  return !runIsFull.test(reason.details);
}
