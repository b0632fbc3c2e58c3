import { balanceGateway, type GatewayName } from "../../domain/payments/payment.ts";
import type { RefundCapability } from "../../domain/payments/refund.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";

/** Finds the adapter of a gateway. */
export interface GatewayDirectory {
  /** @throws Refused (as a rejection) when it is not configured (any more). */
  get(name: GatewayName): Promise<PaymentGateway>;
}

/** How money goes back: by a gateway that has been switched off not at all, from the balance in any part. */
export async function refundsOf(
  gateways: GatewayDirectory,
  name: GatewayName,
): Promise<RefundCapability> {
  if (name === balanceGateway) return "partial";
  try {
    return (await gateways.get(name)).capabilities.refunds;
  } catch (error) {
    if (error instanceof Refused) return "none";
    throw error;
  }
}
