import { isGrpcServiceError } from "@temporalio/client";

/** gRPC's INVALID_ARGUMENT: the server understood the request and refuses it. */
const invalidArgument = 3;

/**
 * The server also uses it for a run that has received the maximum number of signals:
 * the next run accepts more.
 */
const runIsFull = /execution limit for signal/iu;

/** The server's error, which is the cause of the SDK's error. */
export const reasonOf = (error: unknown): unknown =>
  (error instanceof Error && error.cause) || error;

/**
 * Whether Temporal will never accept this, however often it is repeated:
 * it is malformed or too large.
 */
export function isNeverTaken(error: unknown): boolean {
  const reason = reasonOf(error);
  if (!isGrpcServiceError(reason) || (reason.code as number) !== invalidArgument) return false;
  return !runIsFull.test(reason.details);
}
