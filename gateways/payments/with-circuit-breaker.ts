import { circuitBreakerOf, type CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { PaymentGateway } from "./port.ts";

/** The same gateway behind `circuitBreakerOf`. */
export function withCircuitBreaker(
  gateway: PaymentGateway,
  breaker: CircuitBreakerOptions,
): PaymentGateway {
  const { capabilities, savedCards } = gateway;
  const withBreaker = circuitBreakerOf(capabilities.name, breaker);
  return {
    capabilities,
    issueInvoice: (order, text, options) =>
      withBreaker(() => gateway.issueInvoice(order, text, options)),
    ...(gateway.cancelInvoice === undefined
      ? {}
      : {
          cancelInvoice: (order, reference) =>
            withBreaker(async () => gateway.cancelInvoice?.(order, reference)),
        }),
    ...(gateway.changeRecurring === undefined
      ? {}
      : {
          changeRecurring: (change) => withBreaker(async () => gateway.changeRecurring?.(change)),
        }),
    ...(savedCards === undefined
      ? {}
      : {
          savedCards: {
            find: (consent) => withBreaker(() => savedCards.find(consent)),
            charge: (charge) => withBreaker(() => savedCards.charge(charge)),
            remove: (consent) => withBreaker(() => savedCards.remove(consent)),
          },
        }),
    lookup: (order, reference) => withBreaker(() => gateway.lookup(order, reference)),
    refund: (request) => withBreaker(() => gateway.refund(request)),
    statement: (cursor) => withBreaker(() => gateway.statement(cursor)),
  };
}
