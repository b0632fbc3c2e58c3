import { ScheduleOverlapPolicy } from "@temporalio/client";
import type { HostId } from "../../domain/ids.ts";
import type { GatewayName } from "../../domain/payment.ts";
import { until } from "../../tools/servers/process.ts";
import { workflowIds } from "../../workflows/contract.ts";
import type { Plant } from "./plant.ts";
import type { Shop } from "./shop.ts";
import type { Paid } from "./side.ts";

export type Repair = Omit<Paid, "workflowId">;

const reconciliation = workflowIds.reconciliation("cryptobot" as GatewayName);

/** No tick comes by itself from now on: in a round it would be some side's bad luck. */
export async function pauseTicks({ client, books }: Plant): Promise<void> {
  const em = books.em.fork();
  const gateways: { name: GatewayName }[] = await em.execute(
    "select name from gateways where active",
  );
  const hosts: { id: HostId }[] = await em.execute("select id from hosts");
  const schedules = [
    ...gateways.map(({ name }) => workflowIds.reconciliation(name)),
    ...hosts.flatMap(({ id }) => [workflowIds.hostReconciliation(id), workflowIds.traffic(id)]),
  ];
  for (const id of schedules) await client.schedule.getHandle(id).pause("measuring");
}

/** Payments of which the gateway tells nobody: from the tick's beginning until the time is given. */
export async function repairs(plant: Plant, shop: Shop, count: number): Promise<Repair[]> {
  const schedule = plant.client.schedule.getHandle(reconciliation);
  const isIdle = async () => (await schedule.describe()).info.runningActions.length === 0;
  const repaired: Repair[] = [];
  for (let left = count; left > 0; left -= 1) {
    await until(isIdle, { what: `the last tick of ${reconciliation}` });
    await shop.prepare();
    const tick = () => schedule.trigger(ScheduleOverlapPolicy.SKIP);
    repaired.push(await shop.payUnheard(0, tick));
  }
  return repaired;
}
