import type { CallOutcome } from "../kit/calls.ts";

/** An API call, and the client it was about. */
export interface RecordedCall extends CallOutcome {
  /** HTTP; 0: the connection was ended without an answer. */
  readonly status: number;
  readonly email?: string | undefined;
  /** How long a write took for the clients of its inbounds, in milliseconds. */
  readonly tookMs?: number | undefined;
}
