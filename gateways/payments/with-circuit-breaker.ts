import { circuitBreakerOf, type CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { PaymentGateway } from "./port.ts";

/** The same gateway behind `circuitBreakerOf`. */
export function withCircuitBreaker(
  gateway: PaymentGateway,
  breaker: CircuitBreakerOptions,
): PaymentGateway {
  const { capabilities } = gateway;
  const guarded = circuitBreakerOf(capabilities.name, breaker);
  return {
    capabilities,
    issueInvoice: (order, text, options) =>
      guarded(() => gateway.issueInvoice(order, text, options)),
    lookup: (order, reference) => guarded(() => gateway.lookup(order, reference)),
    refund: (request) => guarded(() => gateway.refund(request)),
    statement: (cursor) => guarded(() => gateway.statement(cursor)),
  };
}
