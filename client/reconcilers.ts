import type { HostId } from "../domain/ids.ts";
import type { GatewayName } from "../domain/payments/payment.ts";
import { hostReconcilerOf } from "../workflows/contract/access.ts";
import { taskQueue, workflowIds } from "../workflows/contract/names.ts";
import type { audit, channels, gateway, host, messages, summary } from "../workflows/index.ts";
import type { DurableClient } from "./durable.ts";

/** The hosts and gateways that reconcilers keep equal to the books. */
export interface ReconcilerTargets {
  readonly hosts: readonly { readonly id: HostId; readonly name: string }[];
  readonly gateways: readonly GatewayName[];
}

/**
 * Starts every reconciler, the daily audit, summary and check of channels, where they do not run.
 * Running ones are left as they are.
 * @throws Unavailable when Temporal does not answer in time.
 */
export async function ensureReconcilers(
  client: DurableClient,
  { hosts, gateways }: ReconcilerTargets,
): Promise<void> {
  await Promise.all([
    client.start(({ workflow }) =>
      workflow.start<typeof messages>("messages", {
        taskQueue,
        workflowId: workflowIds.messages,
        args: [],
        staticSummary: "Sends messages to people",
      }),
    ),
    client.start(({ workflow }) =>
      workflow.start<typeof audit>("audit", {
        taskQueue,
        workflowId: workflowIds.audit,
        args: [],
        staticSummary: "Compares the books with themselves once a day",
      }),
    ),
    client.start(({ workflow }) =>
      workflow.start<typeof summary>("summary", {
        taskQueue,
        workflowId: workflowIds.summary,
        args: [],
        staticSummary: "Sends admins the summary of each day",
      }),
    ),
    client.start(({ workflow }) =>
      workflow.start<typeof channels>("channels", {
        taskQueue,
        workflowId: workflowIds.channels,
        args: [],
        staticSummary: "Checks who is in the channels that the shop requires",
      }),
    ),
    ...hosts.map((one) =>
      client.start(({ workflow }) => workflow.start<typeof host>("host", hostReconcilerOf(one))),
    ),
    ...gateways.map((name) =>
      client.start(({ workflow }) =>
        workflow.start<typeof gateway>("gateway", {
          taskQueue,
          workflowId: workflowIds.gateway(name),
          args: [name] as [GatewayName],
          staticSummary: `Compares ${name} with the books`,
        }),
      ),
    ),
  ]);
}
