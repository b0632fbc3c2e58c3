import { fileURLToPath } from "node:url";
import { NativeConnection, Worker, type WorkerInterceptors } from "@temporalio/worker";
import { Telegram } from "telegraf";
import { usualPolling } from "../activities/operations/reconciliation/polling.ts";
import { workerSource } from "../domain/access/host-health.ts";
import { groupId } from "../domain/ids.ts";
import { dayMs } from "../domain/time.ts";
import { agentSource } from "../gateways/hosts/probes/agent-source.ts";
import { reachFromHere } from "../gateways/hosts/probes/reach.ts";
import { newAccess } from "../gateways/hosts/registry.ts";
import { TelegramMessenger } from "../gateways/messenger/telegram.ts";
import { staffOf } from "../runtime/environment.ts";
import type { Logger } from "../runtime/log.ts";
import { temporalOptions } from "../runtime/temporal.ts";
import { reconcilerTaskQueue, taskQueue } from "../workflows/contract/names.ts";
import { createActivities } from "./activities.ts";
import { type WorkerConfiguration } from "./config.ts";
import { logFailures } from "./failure-log.ts";
import { notifyLostLoops } from "./reconcilers.ts";
import { retryUntilDone } from "./retry.ts";
import { workflowWorkerOptions } from "./workflow-worker-options.ts";

type ActivityPorts = Parameters<typeof createActivities>[0];

type ConfiguredPorts =
  | ("messenger" | "newAccess" | "staff" | "supportGroup" | "policy" | "refundLimits")
  | ("gatewayPolling" | "hostPolling" | "hostProbing" | "publicUrl" | "now");

/** What the workers need beside the configuration. */
export type WorkerOptions = Omit<ActivityPorts, ConfiguredPorts> & {
  readonly around: WorkerInterceptors;
  /** Called when the workflow of a reconciler's loop is gone. */
  readonly lostLoop: () => void;
};

/**
 * Makes the worker that runs the workflows, and the one that runs the reconcilers' loops, each with
 * its own slots. Waits for Temporal.
 */
export async function createWorkers(
  configuration: WorkerConfiguration,
  log: Logger,
  { around, lostLoop, ...ports }: WorkerOptions,
): Promise<readonly Worker[]> {
  const { connectionOptions, namespace } = temporalOptions();
  const connection = await retryUntilDone("Temporal", log, () =>
    NativeConnection.connect(connectionOptions),
  );
  const { workflows, reconcilers } = createActivities({
    ...ports,
    ...configuredPorts(configuration),
  });
  const shutdown = { shutdownGraceTime: "5s", shutdownForceTime: "10s" } as const;
  const common = { connection, namespace, ...shutdown };
  const activity = [...(around.activity ?? []), logFailures(log)];
  return Promise.all([
    Worker.create({
      ...common,
      ...workflowCode(configuration),
      ...workflowWorkerOptions,
      interceptors: { ...around, activity },
      taskQueue,
      activities: workflows,
      maxConcurrentActivityTaskExecutions: 50,
    }),
    Worker.create({
      ...common,
      interceptors: {
        ...around,
        activity: [...activity, notifyLostLoops(lostLoop)],
      },
      taskQueue: reconcilerTaskQueue,
      activities: reconcilers,
      maxConcurrentActivityTaskExecutions: maxLoops,
      // A loop learns of a pause from the answer to a heartbeat.
      maxHeartbeatThrottleInterval: "1s",
    }),
  ]);
}

/**
 * Each host, each gateway and the messages have a loop;
 * a signal to one is a short activity beside it.
 */
const maxLoops = 1_000;

/** The built bundle where one was made, else the sources, which are bundled at start. */
const workflowCode = ({ WORKFLOW_BUNDLE: codePath }: WorkerConfiguration) =>
  codePath
    ? { workflowBundle: { codePath } }
    : { workflowsPath: fileURLToPath(new URL("../workflows/index.ts", import.meta.url)) };

const configuredPorts = (
  configuration: WorkerConfiguration,
): Pick<ActivityPorts, ConfiguredPorts> => {
  const { BOT_TOKEN, TELEGRAM_API_ROOT: apiRoot, SUPPORT_GROUP: supportGroup } = configuration;
  return {
    messenger: new TelegramMessenger(new Telegram(BOT_TOKEN, { apiRoot })),
    newAccess,
    publicUrl: configuration.PUBLIC_URL,
    staff: staffOf(configuration),
    supportGroup: supportGroup === undefined ? undefined : groupId(supportGroup),
    policy: {
      autoApprove: configuration.AUTO_APPROVE,
      reapplyAfterMs: configuration.REAPPLY_AFTER_DAYS * dayMs,
    },
    refundLimits: configuration.REFUND_APPROVAL_ABOVE ?? {},
    gatewayPolling: usualPolling,
    hostProbing: {
      sources: [
        { name: workerSource, reach: reachFromHere },
        ...configuration.PROBE_AGENTS.map(agentSource),
      ],
    },
    now: () => new Date(),
  };
};
