import { circuitBreakerOf, type CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { PaymentGateway } from "./port.ts";

/** The same gateway, guarded: see `circuitBreakerOf`. */
export function withCircuitBreaker(
  gateway: PaymentGateway,
  guard: CircuitBreakerOptions,
): PaymentGateway {
  const { capabilities: facts } = gateway;
  const within = circuitBreakerOf(facts.name, guard);
  return {
    capabilities: facts,
    issueInvoice: (order, wording, asking) =>
      within(() => gateway.issueInvoice(order, wording, asking)),
    lookup: (order, reference) => within(() => gateway.lookup(order, reference)),
    refund: (request) => within(() => gateway.refund(request)),
    statement: (cursor) => within(() => gateway.statement(cursor)),
  };
}
