import { balanceGateway, type GatewayName } from "../../domain/payments/payment.ts";
import type { RefundCapability } from "../../domain/payments/refund.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";

/** Finds the adapter of a gateway. */
export interface GatewayDirectory {
  /** @throws Refused when it is not configured (any more). */
  get(name: GatewayName): Promise<PaymentGateway>;
}

/**
 * How money can be refunded: not at all by a gateway that is no longer configured,
 * in any part from the balance.
 */
export async function findRefundCapability(
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
