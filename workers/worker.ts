import { fileURLToPath } from "node:url";
import { NativeConnection, Worker, type WorkerInterceptors } from "@temporalio/worker";
import { Telegram } from "telegraf";
import { usualPolling } from "../activities/operations/reconciliation/ports.ts";
import { DurableClient } from "../client/durable.ts";
import { Hosts } from "../db/access/hosts.ts";
import { ensureAccountStarts } from "../db/operations/settings.ts";
import { type Database, openDatabase, queriesOf } from "../db/orm.ts";
import { Gateways } from "../db/payments/gateways.ts";
import { Plans } from "../db/payments/plans.ts";
import { Customers } from "../db/people/customers.ts";
import { ReadCache } from "../db/read-cache.ts";
import { Vault } from "../db/vault.ts";
import { telegramId } from "../domain/ids.ts";
import { dayMs, instant } from "../domain/time.ts";
import { newAccess } from "../gateways/hosts/registry.ts";
import { TelegramMessenger } from "../gateways/messenger/telegram.ts";
import type { PaymentGateway } from "../gateways/payments/port.ts";
import { readEnvironment } from "../runtime/configuration.ts";
import { serveHealth } from "../runtime/health-server.ts";
import { createLogger, type Logger } from "../runtime/log.ts";
import type { Running } from "../runtime/process.ts";
import { openRedis } from "../runtime/redis.ts";
import { connectTemporal, temporalOptions } from "../runtime/temporal.ts";
import { reconcilerTaskQueue, taskQueue } from "../workflows/contract/names.ts";
import { createActivities } from "./activities.ts";
import { type WorkerConfiguration, workerEnvironment } from "./config.ts";
import { connectGateways, GatewayRegistry } from "./gateways.ts";
import { HostRegistry } from "./hosts.ts";
import { messageMetrics } from "./message-metrics.ts";
import { auditGauge, businessMetrics } from "./metrics.ts";
import { keepReconcilers, notifyLostLoops } from "./reconcilers.ts";
import { startResealing } from "./resealing.ts";
import { retryUntilDone } from "./retry.ts";
import { deleteFormerSchedules } from "./schedules.ts";
import { addSearchAttributes } from "./search-attributes.ts";
import { installTelemetry } from "./telemetry.ts";
import { workflowWorkerOptions } from "./workflow-worker-options.ts";

/** Starts the process that runs workflows and activities. `around` are interceptors of the SDK. */
export async function startWorker(around: WorkerInterceptors = {}): Promise<Running> {
  const configuration = readEnvironment("worker", workerEnvironment);
  const { BOT_TOKEN: botToken, TELEGRAM_API_ROOT: telegramApiRoot } = configuration;
  const gateways = connectGateways(configuration, { botToken, telegramApiRoot });
  const log = createLogger("worker", configuration.LOG_LEVEL);
  const telemetry = await installTelemetry(log);
  const database = await openDatabase(configuration.DATABASE_URL);
  const temporal = connectTemporal();
  const registry = businessMetrics(database.em);
  let polling = false;
  const health = await serveHealth({
    host: configuration.METRICS_HOST,
    port: configuration.METRICS_PORT,
    registry,
    moreMetrics: () => telemetry.metrics(),
    checks: {
      database: () => database.ping(),
      temporal: () => temporal.ping(),
      worker: async () => {
        if (!polling) throw new Error("not polling yet");
      },
    },
  });
  const prepared = await retryUntilDone("the database", log, () =>
    prepareDatabase(configuration, { database, gateways, log }),
  );
  const { hosts, vault } = prepared;
  const endResealing = startResealing({ em: database.em, vault, registry, log });
  const client = new DurableClient(temporal.client, temporalTimeoutMs);
  const reconcilerKeeper = await retryUntilDone("Temporal", log, async () => {
    await addSearchAttributes(temporal.connection, temporal.namespace);
    await deleteFormerSchedules(temporal.client);
    const reconciled = { hosts: await hosts.load(), gateways: gateways.map(nameOf) };
    return keepReconcilers(client, reconciled, log);
  });
  const redis = configuration.REDIS_URL && openRedis(configuration.REDIS_URL, log);
  const ending = new AbortController();
  const workers = await createWorkers(configuration, log, {
    around,
    database,
    client,
    vault,
    hosts,
    startedAt: prepared.startedAt,
    cache: new ReadCache(redis || undefined),
    gateways: new GatewayRegistry(gateways),
    observer: messageMetrics(registry, database.em),
    onAudit: auditGauge(registry),
    endLoops: ending.signal,
    lostLoop: () => void reconcilerKeeper.checkNow(),
  });
  const finished = Promise.all(workers.map((worker) => worker.run())).catch((error: unknown) => {
    log.fatal({ reason: String(error) }, "the worker stopped unexpectedly");
    process.exit(1);
  });
  polling = true;
  log.info({ taskQueue }, "worker is polling");
  return {
    stop: async () => {
      // The loops end first: until then no other worker can take them over.
      reconcilerKeeper.stop();
      ending.abort();
      for (const worker of workers) worker.shutdown();
      await Promise.all([finished, endResealing()]);
      await Promise.all([health.close(), temporal.close(), redis && redis.close()]);
      await database.close();
    },
  };
}

/** No person waits for a worker's calls of Temporal. */
const temporalTimeoutMs = 10_000;

const nameOf = ({ capabilities }: PaymentGateway) => capabilities.name;

interface PreparedDatabase {
  readonly database: Database;
  readonly gateways: readonly PaymentGateway[];
  readonly log: Logger;
}

async function prepareDatabase(
  configuration: WorkerConfiguration,
  { database, gateways, log }: PreparedDatabase,
) {
  const vault = new Vault(configuration.ENCRYPTION_KEYS, {
    unreadable: (purpose, reason) =>
      log.error({ purpose, reason }, "a stored secret cannot be opened: its row is left out"),
  });
  const { em } = database;
  const stored = new Hosts(em, vault);
  if (configuration.HOSTS_FILE !== undefined) await stored.importAll(configuration.HOSTS_FILE);
  const { PLANS_FILE: plans, SHOP_STARTED_AT: override } = configuration;
  if (plans !== undefined) await new Plans(em).importAll(plans);
  await new Gateways(em).publish(gateways.map(({ capabilities }) => capabilities));
  await new Customers(em).setAdmins(configuration.ADMIN_IDS.map(telegramId));
  const now = instant(new Date());
  const accounts = gateways.map(({ capabilities }) => capabilities.account);
  const starts = await ensureAccountStarts(queriesOf(em), accounts, now);
  const startedAt = (account: string) => override ?? starts.get(account) ?? now;
  const hosts = new HostRegistry(stored, log);
  await hosts.load();
  return { vault, hosts, startedAt };
}

type WorkerPorts = Parameters<typeof createActivities>[0];

type Configured =
  | ("messenger" | "newAccess" | "adminIds" | "policy" | "refundLimits")
  | ("gatewayPolling" | "hostPolling" | "now");

type WorkerOptions = Omit<WorkerPorts, Configured> & {
  readonly around: WorkerInterceptors;
  /** Called when the workflow of a reconciler's loop is gone. */
  readonly lostLoop: () => void;
};

/**
 * Makes the worker that runs the workflows, and the one that runs the reconcilers' loops, each with
 * its own slots.
 */
async function createWorkers(
  configuration: WorkerConfiguration,
  log: Logger,
  { around, lostLoop, ...ports }: WorkerOptions,
): Promise<readonly Worker[]> {
  const { connectionOptions, namespace } = temporalOptions();
  const connection = await retryUntilDone("Temporal", log, () =>
    NativeConnection.connect(connectionOptions),
  );
  const { BOT_TOKEN, TELEGRAM_API_ROOT: apiRoot, WORKFLOW_BUNDLE } = configuration;
  const code = WORKFLOW_BUNDLE
    ? { workflowBundle: { codePath: WORKFLOW_BUNDLE } }
    : { workflowsPath: fileURLToPath(new URL("../workflows/index.ts", import.meta.url)) };
  const { workflows, reconcilers } = createActivities({
    ...ports,
    messenger: new TelegramMessenger(new Telegram(BOT_TOKEN, { apiRoot })),
    newAccess,
    adminIds: configuration.ADMIN_IDS.map(telegramId),
    policy: {
      autoApprove: configuration.AUTO_APPROVE,
      trialDays: configuration.TRIAL_DAYS,
      reapplyAfterMs: configuration.REAPPLY_AFTER_DAYS * dayMs,
    },
    refundLimits: configuration.REFUND_APPROVAL_ABOVE ?? {},
    gatewayPolling: usualPolling,
    now: () => new Date(),
  });
  const shutdown = { shutdownGraceTime: "5s", shutdownForceTime: "10s" } as const;
  const common = { connection, namespace, interceptors: around, ...shutdown };
  return Promise.all([
    Worker.create({
      ...common,
      ...code,
      ...workflowWorkerOptions,
      taskQueue,
      activities: workflows,
      maxConcurrentActivityTaskExecutions: 50,
    }),
    Worker.create({
      ...common,
      interceptors: {
        ...around,
        activity: [...(around.activity ?? []), notifyLostLoops(lostLoop)],
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
 * Each host, each gateway and the messages have a loop; a signal to one is a short activity
 * beside it.
 */
const maxLoops = 1_000;
