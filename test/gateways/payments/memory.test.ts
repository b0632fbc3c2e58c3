import { money } from "../../../domain/money.ts";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import { paymentGatewayContract } from "./contract.ts";

for (const refunds of ["partial", "whole", "none"] as const) {
  const traits = { name: `memory, refunds ${refunds}`, refunds, hasStatement: true, calls: [] };
  paymentGatewayContract(traits, async () => {
    const gateway = new MemoryPaymentGateway({ refunds, currencies: ["RUB", "USDT"] });
    return {
      gateway,
      // It lives in one process only.
      another: () => gateway,
      price: money(29_900, "RUB"),
      pay: async (order) => void gateway.settle(order),
      returned: async (_order, reference) => gateway.returnedOf(reference),
      inject: async () => undefined,
      secrets: [],
    };
  });
}
