import type { Client } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { Telegram } from "telegraf";
import { inject } from "vitest";
import type { Limits } from "../../activities/messaging/rate-limiter.ts";
import { usualPolling } from "../../activities/operations/reconciliation/polling.ts";
import { DurableClient } from "../../client/durable.ts";
import { ensureReconcilers } from "../../client/reconcilers.ts";
import { ConfiguredHosts } from "../../db/access/configured-hosts.ts";
import { listen } from "../../db/notifications.ts";
import type { Database } from "../../db/orm.ts";
import { ReadCache } from "../../db/read-cache.ts";
import type { SealedBoxes } from "../../db/sealed-box.ts";
import type { Vault } from "../../db/vault.ts";
import { groupId, type HostId } from "../../domain/ids.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { newTunnelAccess } from "../../gateways/hosts/amneziawg/tunnel.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { createLogger } from "../../runtime/log.ts";
import { createActivities } from "../../workers/activities.ts";
import { GatewayRegistry } from "../../workers/gateways.ts";
import { followHostChanges } from "../../workers/host-changes.ts";
import { checkHostSettings, type HostRegistry } from "../../workers/hosts.ts";
import { workflowWorkerOptions } from "../../workers/workflow-worker-options.ts";
import { reconcilerTaskQueue, taskQueue } from "../../workflows/contract/names.ts";

import type { OtherHost, TestAppOptions } from "./test-app-options.ts";

/** The bot's token. */
export const token = "123456:TEST";

const quickPolling = { everyMs: 1_000, inFlightMs: 100, sweepEveryMs: 5_000 };

const noLimits: Limits = { perSecond: 1_000, chatBurst: 1_000, chatRefillMs: 1 };

interface ActingParts {
  readonly options: TestAppOptions;
  readonly writer: Database;
  readonly vault: Vault;
  readonly boxes: SealedBoxes;
  /** Undefined: the hosts are those that the test has made. */
  readonly registry: HostRegistry | undefined;
  readonly host: VpnHost;
  readonly others: Readonly<Record<string, OtherHost>>;
  readonly stored: readonly { readonly id: HostId; readonly name: string }[];
  readonly clock: { aheadMs: number };
  readonly gateways: readonly PaymentGateway[];
  readonly staff: Staff;
  readonly emulatorUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly client: Client;
  };
}

type Staff = Parameters<typeof createActivities>[0]["staff"];

export async function startWorkers(
  acting: ActingParts,
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const { address, namespace, client } = acting.temporal;
  installRuntime();
  const connection = await NativeConnection.connect({ address });
  const ending = new AbortController();
  const { workflows: activities, reconcilers } = createActivities(
    activityPortsOf(acting, ending.signal),
  );
  const workers = await Promise.all([
    Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: { codePath: inject("temporal").codePath },
      ...workflowWorkerOptions,
      activities,
    }),
    Worker.create({
      connection,
      namespace,
      taskQueue: reconcilerTaskQueue,
      activities: reconcilers,
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  cleanup.defer(() => connection.close());
  cleanup.defer(async () => {
    ending.abort();
    for (const worker of workers) worker.shutdown();
    await running;
  });
  const reads = acting.options.gatewayPolling !== undefined;
  const findTargets = async () => ({
    hosts: (await acting.registry?.load()) ?? acting.stored,
    gateways: reads ? acting.gateways.map(({ capabilities: facts }) => facts.name) : [],
  });
  await ensureReconcilers(new DurableClient(client), await findTargets());
  if (acting.registry === undefined) return;
  const { url } = acting.writer;
  const endFollowing = followHostChanges({
    listen: () => listen(url, ["host_settings"]),
    changed: async () => ensureReconcilers(new DurableClient(client), await findTargets()),
    log: quiet,
  });
  cleanup.defer(endFollowing);
}

const quiet = createLogger("test", process.env["TEST_LOG_LEVEL"] ?? "silent");

function activityPortsOf(
  acting: ActingParts,
  endLoops: AbortSignal,
): Parameters<typeof createActivities>[0] {
  const { options, stored, clock } = acting;
  const known = new GatewayRegistry(acting.gateways);
  const policy = { autoApprove: false, reapplyAfterMs: dayMs };
  const nameOf = (id: HostId) => stored.find((host) => host.id === id)?.name ?? "";
  return {
    database: acting.writer,
    client: new DurableClient(acting.temporal.client),
    vault: acting.vault,
    cache: new ReadCache(undefined),
    messenger: new TelegramMessenger(new Telegram(token, { apiRoot: acting.emulatorUrl })),
    hosts: acting.registry ?? {
      get: async (id) => acting.others[nameOf(id)]?.host ?? acting.host,
      forget: () => undefined,
      test: async () => undefined,
    },
    configured: new ConfiguredHosts(acting.writer.em, {
      vault: acting.vault,
      boxes: acting.boxes,
      check: checkHostSettings,
    }),
    newAccess: newTunnelAccess,
    publicUrl: options.publicUrl,
    policy: { ...policy, ...options.policy },
    staff: acting.staff,
    supportGroup: options.support?.group === undefined ? undefined : groupId(options.support.group),
    gateways: options.directory?.(known) ?? known,
    refundLimits: options.refundLimits ?? {},
    hostProbing: options.hostProbing,
    gatewayPolling: { ...usualPolling, ...quickPolling, ...options.gatewayPolling },
    hostPolling: {
      compareEveryMs: 1_000,
      awayAfterMs: 500,
      retryEveryMs: 200,
      ...options.hostPolling,
    },
    startedAt: () => instant(0),
    observer: { onFinished: () => undefined },
    messageLimits: options.messageLimits ?? noLimits,
    onAudit: options.onAudit ?? (() => undefined),
    endLoops,
    now: () => new Date(Date.now() + clock.aheadMs),
  };
}

/** One per process: another test app may have installed it. */
function installRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  } catch {}
}
