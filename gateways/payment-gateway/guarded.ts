import { type Guard, guardOf } from "../guard.ts";
import type { PaymentGateway } from "../payment-gateway.ts";

/** The same gateway, guarded: see `guardOf`. */
export function guarded(gateway: PaymentGateway, guard: Guard): PaymentGateway {
  const { facts } = gateway;
  const within = guardOf(facts.name, guard);
  return {
    facts,
    issueInvoice: (order, wording, asking) =>
      within(() => gateway.issueInvoice(order, wording, asking)),
    lookup: (order, reference) => within(() => gateway.lookup(order, reference)),
    refund: (request) => within(() => gateway.refund(request)),
    statement: (cursor) => within(() => gateway.statement(cursor)),
  };
}
