import type { CallOutcome } from "../kit/calls.ts";

/** An API call, and the user it was about. */
export interface RecordedCall extends CallOutcome {
  /** HTTP; 0: the connection was ended without an answer. */
  readonly status: number;
  readonly username?: string | undefined;
}
