import type { HostId } from "../../domain/ids.ts";
import { type GatewayName, gatewayName } from "../../domain/payments/payment.ts";
import { waitUntil } from "../../tools/servers/process.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import type { CompletedPayment } from "./contender.ts";
import type { Environment } from "./environment.ts";
import type { ProductSide } from "./product-side.ts";

/** How long a payment without a webhook took from the start of the reconciler's pass. */
export type Repair = Omit<CompletedPayment, "workflowId">;

const gateway = workflowIds.gateway(gatewayName("cryptobot"));

/**
 * Pauses the reconcilers of gateways and hosts: a pass during a round would slow one side by
 * chance. Messages are still sent.
 */
export async function pauseReconcilers({ client, books }: Environment): Promise<void> {
  const em = books.em.fork();
  const gateways: { name: GatewayName }[] = await em.execute(
    "select name from gateways where active",
  );
  const hosts: { id: HostId }[] = await em.execute("select id from hosts");
  const ids = [
    ...gateways.map(({ name }) => workflowIds.gateway(name)),
    ...hosts.map(({ id }) => workflowIds.host(id)),
  ];
  for (const id of ids) await pause({ client }, id);
}

/**
 * Makes `count` payments that no webhook reports, and measures how long the gateway's reconciler
 * needs for each.
 */
export async function measureRepairs(
  environment: Environment,
  shop: ProductSide,
  count: number,
): Promise<Repair[]> {
  const repaired: Repair[] = [];
  for (let place = 0; place < count; place += 1) {
    await shop.prepare();
    const pass = () => environment.client.workflow.getHandle(gateway).signal(signals.resume);
    repaired.push(await shop.payWithoutWebhook(place, pass));
    await pause(environment, gateway);
  }
  return repaired;
}

/** Pauses a reconciler. Resolves when none of its activities is running. */
async function pause({ client }: Pick<Environment, "client">, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.signal(signals.pause);
  const isPaused = async () => {
    const { pendingActivities = [] } = (await handle.describe()).raw;
    return pendingActivities?.length === 0;
  };
  await waitUntil(isPaused, { what: `${workflowId} to be paused` });
}
