import { ApplicationFailure, Context, log } from "@temporalio/activity";
import type { GatewayTrouble } from "../../domain/operations/reconciliation.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import type { GatewayAnswer, GatewaySteps } from "../../workflows/steps/reconcilers.ts";
import { workWithHeartbeats } from "../heartbeat.ts";
import type { GatewayDirectory } from "../payments/gateway-directory.ts";
import { gatewayChannel, reconcile } from "./reconciliation/loop.ts";
import type { ReconcilerPorts } from "./reconciliation/ports.ts";

export interface ReconciliationPorts extends ReconcilerPorts {
  readonly gateways: GatewayDirectory;
  /** Wakes the listeners of this channel. */
  readonly notify: (channel: string) => Promise<void>;
  /**
   * Aborted before the worker is shut down: the SDK cancels activities only after their grace time.
   */
  readonly shutdown: AbortSignal;
}

const handOverMs = 100;

/** The activities of gateways' reconcilers. */
export function createReconciliationActivities(ports: ReconciliationPorts): GatewaySteps {
  return {
    /**
     * Keeps a gateway equal to the books until the troubles that need a person differ from
     * `shown`, and returns them.
     * @throws ApplicationFailure (retryable) at shutdown, so that another worker goes on.
     */
    async reconcileGateway(
      name: GatewayName,
      shown: readonly GatewayTrouble[],
    ): Promise<GatewayAnswer> {
      const gateway = await findGateway(ports.gateways, name);
      if (gateway === undefined) return "notConfigured";
      const context = Context.current();
      const signal = AbortSignal.any([ports.shutdown, context.cancellationSignal]);
      const warn = (message: string, about: object) =>
        log.warn(message, { gateway: name, ...about });
      try {
        return await workWithHeartbeats(() => reconcile(ports, gateway, { shown, signal, warn }));
      } catch (error) {
        if (context.cancellationSignal.aborted) return await context.cancelled;
        if (!ports.shutdown.aborted) throw error;
        throw ApplicationFailure.create({
          message: "this worker shuts down",
          type: "HandedOver",
          nextRetryDelay: handOverMs,
        });
      }
    },

    /** Starts a pass of the gateway's loop now, wherever it runs. */
    wakeGateway: (name: GatewayName): Promise<void> => ports.notify(gatewayChannel(name)),
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
