import { balanceGateway, type GatewayName } from "../domain/payment.ts";
import type { GatewayFacts, PaymentGateway } from "../gateways/payment-gateway.ts";
import { Refused } from "../gateways/refused.ts";

/** Finds the adapter of a gateway. Throws `Refused` when it is not configured (any more). */
export interface GatewayDirectory {
  get(name: GatewayName): PaymentGateway;
}

/** How money goes back: by a gateway that has been switched off not at all, from the balance in any part. */
export function refundsOf(gateways: GatewayDirectory, name: GatewayName): GatewayFacts["refunds"] {
  if (name === balanceGateway) return "partial";
  try {
    return gateways.get(name).facts.refunds;
  } catch (error) {
    if (error instanceof Refused) return "none";
    throw error;
  }
}
