import type { HostId } from "../../domain/ids.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import { waitUntil } from "../../tools/servers/process.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import type { Paid } from "./contender.ts";
import type { Environment } from "./environment.ts";
import type { Shop } from "./shop.ts";

export type Repair = Omit<Paid, "workflowId">;

const gateway = workflowIds.gateway("cryptobot" as GatewayName);

/**
 * No gateway and no host is compared with the books from now on: in a round it would be some side's bad luck.
 * Messages are sent as ever.
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

/** Payments of which the gateway tells nobody: from the beginning of its reconciler's pass until they are booked. */
export async function repairs(plant: Environment, shop: Shop, count: number): Promise<Repair[]> {
  const repaired: Repair[] = [];
  for (let place = 0; place < count; place += 1) {
    await shop.prepare();
    const pass = () => plant.client.workflow.getHandle(gateway).signal(signals.resume);
    repaired.push(await shop.payUnheard(place, pass));
    await pause(plant, gateway);
  }
  return repaired;
}

/** Resolves when nothing of it runs any more. */
async function pause({ client }: Pick<Environment, "client">, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.signal(signals.pause);
  const isPaused = async () => {
    const { pendingActivities = [] } = (await handle.describe()).raw;
    return pendingActivities?.length === 0;
  };
  await waitUntil(isPaused, { what: `${workflowId} to be paused` });
}
