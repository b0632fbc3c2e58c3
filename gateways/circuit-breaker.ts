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

/** The timeout of a step, and when its circuit breaker opens. */
export interface CircuitBreakerOptions {
  /** The timeout of one step, with all the calls that it needs. */
  readonly timeoutMs: number;
  readonly breaker: {
    /** After how many outages in a row the breaker opens. */
    readonly failures: number;
    /** How long it stays open; then one step is let through as a trial. */
    readonly pauseMs: number;
  };
}

/** A refusal is an answer, and so is a request to slow down. */
const isOutage = (error: unknown): boolean =>
  !(error instanceof Refused) && !(error instanceof SlowDown);

/**
 * Runs steps with a timeout and a circuit breaker: while `name` does not answer, they fail at once
 * and keep nobody waiting. Both failures are outages, which the caller retries. Make one for each
 * guarded service, and keep it.
 * @returns what runs a step. It throws what the step threw, and an Error of its own when the step
 * took too long or was not run.
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
