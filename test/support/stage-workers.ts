import type { Client } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { Telegram } from "telegraf";
import { inject } from "vitest";
import { ensureReconcilers } from "../../client/reconcilers.ts";
import type { Database } from "../../db/orm.ts";
import { ReadCache } from "../../db/read-cache.ts";
import type { Vault } from "../../db/vault.ts";
import type { HostId } from "../../domain/ids.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import type { PaymentGateway } from "../../gateways/payment-gateway.ts";
import type { VpnHost } from "../../gateways/vpn-host.ts";
import { newTunnelAccess } from "../../gateways/vpn-host/tunnel.ts";
import { createActivities } from "../../workers/activities.ts";
import { KnownGateways } from "../../workers/gateways.ts";
import { reconcilerTaskQueue, taskQueue } from "../../workflows/contract.ts";
import type { StageOptions } from "./stage.ts";

export type Endings = (() => Promise<unknown>)[];

/** What the workers of a stage act on. */
export interface Acting {
  readonly options: StageOptions;
  readonly writer: Database;
  readonly vault: Vault;
  readonly given: VpnHost;
  readonly stored: readonly { readonly id: HostId; readonly name: string }[];
  readonly clock: { aheadMs: number };
  readonly gateways: readonly PaymentGateway[];
  readonly adminIds: World["adminIds"];
  readonly token: string;
  readonly emulatorUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly client: Client;
  };
}

type World = Parameters<typeof createActivities>[0];

/** The workers of the product, in this process, and the reconcilers that they run. */
export async function startActing(acting: Acting, endings: Endings): Promise<void> {
  const { address, namespace, client } = acting.temporal;
  installRuntime();
  const connection = await NativeConnection.connect({ address });
  const ending = new AbortController();
  const { stories, reconcilers } = createActivities(worldOf(acting, ending.signal));
  const workers = await Promise.all([
    Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: { codePath: inject("temporal").codePath },
      activities: stories,
      maxCachedWorkflows: 100,
    }),
    Worker.create({ connection, namespace, taskQueue: reconcilerTaskQueue, activities: reconcilers }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  endings.push(
    () => connection.close(),
    () => {
      ending.abort();
      for (const worker of workers) worker.shutdown();
      return running;
    },
  );
  const reads = acting.options.gatewayPace !== undefined;
  await ensureReconcilers(client, {
    hosts: acting.stored,
    gateways: reads ? acting.gateways.map(({ facts }) => facts.name) : [],
  });
}

function worldOf(acting: Acting, endLoops: AbortSignal): World {
  const { options, stored, clock } = acting;
  const known = new KnownGateways(acting.gateways);
  const policy = { autoApprove: false, trialDays: 3, reapplyAfterMs: dayMs };
  const secondId = stored.find(({ name }) => name === "two")?.id;
  return {
    database: acting.writer,
    client: acting.temporal.client,
    vault: acting.vault,
    cache: new ReadCache(undefined),
    messenger: new TelegramMessenger(new Telegram(acting.token, { apiRoot: acting.emulatorUrl })),
    hosts: {
      get: async (id) => (id === secondId ? options.secondHost!.host : acting.given),
    },
    newAccess: newTunnelAccess,
    policy: { ...policy, ...options.policy },
    adminIds: acting.adminIds,
    gateways: options.directory?.(known) ?? known,
    refundLimits: options.refundLimits ?? {},
    gatewayPace: { everyMs: 1_000, inFlightMs: 100, sweepEveryMs: 5_000, ...options.gatewayPace },
    hostPace: { compareEveryMs: 1_000, awayAfterMs: 500, retryEveryMs: 200, ...options.hostPace },
    startedAt: instant(0),
    observer: { over: () => undefined },
    onAudit: () => undefined,
    endLoops,
    now: () => new Date(Date.now() + clock.aheadMs),
  };
}

function installRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  } catch {
    // One per process: another stage has installed it.
  }
}
