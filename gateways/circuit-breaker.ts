import {
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  isTaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import { Refused, SlowDown } from "./refused.ts";

export interface CircuitBreakerOptions {
  /** How long one step may take, with all the calls that it needs. */
  readonly timeoutMs: number;
  readonly breaker: {
    /** After how many outages in a row what is guarded is left alone. */
    readonly failures: number;
    /** For how long; then one step is let through to see. */
    readonly pauseMs: number;
  };
}

/** A refusal is an answer, and so is "come back later". */
const isOutage = (error: unknown): boolean =>
  !(error instanceof Refused) && !(error instanceof SlowDown);

/**
 * Runs steps behind a time limit and a circuit breaker: while `name` does not answer, they fail at once and keep
 * nobody waiting. Both failures are outages, to be tried again. One guard for whatever it guards, kept.
 */
export function circuitBreakerOf(name: string, { timeoutMs, breaker }: CircuitBreakerOptions) {
  const circuit = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(breaker.failures),
    halfOpenAfter: breaker.pauseMs,
  });
  const policy = wrap(circuit, timeout(timeoutMs, TimeoutStrategy.Aggressive));
  return async <Answer>(step: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await policy.execute(step);
    } catch (error) {
      if (isTaskCancelledError(error)) {
        throw new Error(`${name} did not answer within ${timeoutMs} ms`, { cause: error });
      }
      if (!isBrokenCircuitError(error)) throw error;
      const problem = `${name} failed ${breaker.failures} times in a row and is left alone`;
      throw new Error(`${problem} for ${breaker.pauseMs} ms`, { cause: error });
    }
  };
}
