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
import type { PaymentGateway } from "../payment-gateway.ts";
import { Refused, SlowDown } from "../refused.ts";

export interface Guard {
  /** How long one step may take, with all the calls that it needs. */
  readonly timeoutMs: number;
  readonly breaker: {
    /** After how many outages in a row the gateway is left alone. */
    readonly failures: number;
    /** For how long; then one step is let through to see. */
    readonly pauseMs: number;
  };
}

/** A refusal is an answer, and so is "come back later". */
const isOutage = (error: unknown): boolean =>
  !(error instanceof Refused) && !(error instanceof SlowDown);

/**
 * The same gateway, behind a time limit and a circuit breaker: while it does not answer, steps fail at once and
 * keep nobody waiting. Both failures are outages, to be tried again. One guard per gateway, kept.
 */
export function guarded(gateway: PaymentGateway, { timeoutMs, breaker }: Guard): PaymentGateway {
  const { facts } = gateway;
  const circuit = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(breaker.failures),
    halfOpenAfter: breaker.pauseMs,
  });
  const policy = wrap(circuit, timeout(timeoutMs, TimeoutStrategy.Aggressive));
  const within = async <Answer>(step: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await policy.execute(step);
    } catch (error) {
      if (isTaskCancelledError(error)) {
        throw new Error(`${facts.name} did not answer within ${timeoutMs} ms`, { cause: error });
      }
      if (!isBrokenCircuitError(error)) throw error;
      const problem = `${facts.name} failed ${breaker.failures} times in a row and is left alone`;
      throw new Error(`${problem} for ${breaker.pauseMs} ms`, { cause: error });
    }
  };
  return {
    facts,
    issueInvoice: (order, wording) => within(() => gateway.issueInvoice(order, wording)),
    lookup: (order, reference) => within(() => gateway.lookup(order, reference)),
    refund: (request) => within(() => gateway.refund(request)),
    statement: (cursor) => within(() => gateway.statement(cursor)),
  };
}
