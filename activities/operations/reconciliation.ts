import { ApplicationFailure, Context, log } from "@temporalio/activity";
import type { GatewayTrouble } from "../../domain/operations/reconciliation.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { beating } from "../heart.ts";
import type { GatewayDirectory } from "../payments/gateway-directory.ts";
import { gatewayChannel, type GatewayTurn, reconcile } from "./reconciliation/loop.ts";
import type { ReconcilerPorts } from "./reconciliation/ports.ts";

export interface ReconciliationPorts extends ReconcilerPorts {
  readonly gateways: GatewayDirectory;
  /** Wakes whoever listens to this channel. */
  readonly notify: (channel: string) => Promise<void>;
  /** Aborted before the worker is shut down: the SDK cancels its activities only after their grace time. */
  readonly shutdown: AbortSignal;
}

export type ReconciliationActivities = ReturnType<typeof createReconciliationActivities>;

/** `notConfigured`: this gateway's keys are gone, nobody reads it any more. */
export type GatewayAnswer = GatewayTurn | "notConfigured";

const handOverMs = 100;

export function createReconciliationActivities(ports: ReconciliationPorts) {
  return {
    /**
     * Keeps a gateway equal to the books, for as long as it may run. It returns when what needs a person differs
     * from what is `shown`. At shutdown it ends at once, to be tried again by another worker.
     */
    async reconcileGateway(
      name: GatewayName,
      shown: readonly GatewayTrouble[],
    ): Promise<GatewayAnswer> {
      const gateway = await find(ports.gateways, name);
      if (gateway === undefined) return "notConfigured";
      const context = Context.current();
      const signal = AbortSignal.any([ports.shutdown, context.cancellationSignal]);
      const warn = (message: string, about: object) =>
        log.warn(message, { gateway: name, ...about });
      try {
        return await beating(() => reconcile(ports, gateway, { shown, signal, warn }));
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

    /** Has the gateway's loop make a pass now, wherever it runs. */
    wakeGateway: (name: GatewayName): Promise<void> => ports.notify(gatewayChannel(name)),
  };
}

async function find(
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
