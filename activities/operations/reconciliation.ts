import { log } from "@temporalio/activity";
import type { GatewayName } from "../../domain/payments/payment.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import type { GatewaySteps } from "../../workflows/steps/reconcilers.ts";
import { type LoopPorts, runEndlessLoop } from "../endless-loop.ts";
import { workWithHeartbeats } from "../heartbeat.ts";
import type { GatewayDirectory } from "../payments/gateway-directory.ts";
import { gatewayChannel, reconcile } from "./reconciliation/loop.ts";
import type { ReconcilerPorts } from "./reconciliation/ports.ts";

/** What the steps of gateways' reconcilers work with. */
export interface ReconciliationPorts extends ReconcilerPorts, LoopPorts {
  readonly gateways: GatewayDirectory;
  /** Wakes the listeners of this channel. */
  readonly notify: (channel: string) => Promise<void>;
}

/** The activities of gateways' reconcilers. */
export function createReconciliationActivities(ports: ReconciliationPorts): GatewaySteps {
  return {
    async reconcileGateway(name, shown) {
      const gateway = await findGateway(ports.gateways, name);
      if (gateway === undefined) return "notConfigured";
      const warn = (message: string, about: object) =>
        log.warn(message, { gateway: name, ...about });
      return runEndlessLoop(ports, (signal) =>
        workWithHeartbeats(() => reconcile(ports, gateway, { shown, signal, warn })),
      );
    },

    wakeGateway: (name) => ports.notify(gatewayChannel(name)),
  };
}

async function findGateway(
  gateways: GatewayDirectory,
  name: GatewayName,
): Promise<PaymentGateway | undefined> {
  try {
    return await gateways.get(name);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
