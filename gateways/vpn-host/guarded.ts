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
import { Refused } from "../refused.ts";
import type { VpnHost } from "../vpn-host.ts";

export interface Guard {
  /** How long one call may take. */
  readonly timeoutMs: number;
  readonly breaker: {
    /** After how many failures in a row the host is left alone. A refusal is an answer and no failure. */
    readonly failures: number;
    /** For how long; then one call is let through to see. */
    readonly pauseMs: number;
  };
}

const isOutage = (error: unknown): boolean => !(error instanceof Refused);

/**
 * The same host, behind a time limit and a circuit breaker: while it does not answer, calls fail at once and
 * keep nobody waiting. Both failures are outages, to be tried again. One guard per host, kept.
 */
export function guarded(host: VpnHost, { timeoutMs, breaker }: Guard): VpnHost {
  const circuit = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(breaker.failures),
    halfOpenAfter: breaker.pauseMs,
  });
  const policy = wrap(circuit, timeout(timeoutMs, TimeoutStrategy.Aggressive));
  const within = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await policy.execute(call);
    } catch (error) {
      if (isTaskCancelledError(error)) {
        throw new Error(`the VPN host did not answer within ${timeoutMs} ms`, { cause: error });
      }
      if (!isBrokenCircuitError(error)) throw error;
      const problem = `the VPN host failed ${breaker.failures} times in a row and is left alone`;
      throw new Error(`${problem} for ${breaker.pauseMs} ms`, { cause: error });
    }
  };
  return {
    grant: (access) => within(() => host.grant(access)),
    restore: (accesses) => within(() => host.restore(accesses)),
    revoke: (publicKey) => within(() => host.revoke(publicKey)),
    list: () => within(() => host.list()),
    usage: () => within(() => host.usage()),
    describe: () => within(() => host.describe()),
  };
}
