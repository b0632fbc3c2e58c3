import type { Worker, WorkerInterceptors } from "@temporalio/worker";
import { DurableClient } from "../client/durable.ts";
import { ConfiguredHosts } from "../db/access/configured-hosts.ts";
import { type HostEntry, Hosts } from "../db/access/hosts.ts";
import { listen } from "../db/notifications.ts";
import { publishShopDefaults } from "../db/operations/shop-defaults.ts";
import { ensureAccountStarts } from "../db/operations/settings.ts";
import { type Database, type EntityManager, openDatabase, queriesOf } from "../db/orm.ts";
import { Gateways } from "../db/payments/gateways.ts";
import { type OfferedPlan, Plans } from "../db/payments/plans.ts";
import { Customers } from "../db/people/customers.ts";
import { ReadCache } from "../db/read-cache.ts";
import { publishBoxKey, SealedBoxes } from "../db/sealed-box.ts";
import { Vault } from "../db/vault.ts";
import { trialOfDays } from "../domain/operations/shop-settings.ts";
import { dayMs, instant } from "../domain/time.ts";
import type { PaymentGateway } from "../gateways/payments/port.ts";
import { readEnvironment } from "../runtime/configuration.ts";
import { serveHealth } from "../runtime/health-server.ts";
import { staffOf } from "../runtime/environment.ts";
import { createLogger, type Logger } from "../runtime/log.ts";
import type { Running } from "../runtime/process.ts";
import { openRedis } from "../runtime/redis.ts";
import { connectTemporal } from "../runtime/temporal.ts";
import { taskQueue } from "../workflows/contract/names.ts";
import { type WorkerConfiguration, workerEnvironment } from "./config.ts";
import { connectGateways, GatewayRegistry } from "./gateways.ts";
import { followHostChanges } from "./host-changes.ts";
import { checkHostSettings, HostRegistry } from "./hosts.ts";
import { messageMetrics } from "./message-metrics.ts";
import { auditGauge, businessMetrics } from "./metrics.ts";
import { keepReconcilers } from "./reconcilers.ts";
import { startResealing } from "./resealing.ts";
import { retryUntilDone } from "./retry.ts";
import { deleteFormerSchedules } from "./schedules.ts";
import { addSearchAttributes } from "./search-attributes.ts";
import { installTelemetry } from "./telemetry.ts";
import { createWorkers } from "./temporal-workers.ts";

/** Starts the process that runs workflows and activities. `around` are interceptors of the SDK. */
export async function startWorker(around: WorkerInterceptors = {}): Promise<Running> {
  const configuration = readEnvironment("worker", workerEnvironment);
  const { BOT_TOKEN: botToken, TELEGRAM_API_ROOT: telegramApiRoot } = configuration;
  const gateways = connectGateways(configuration, { botToken, telegramApiRoot });
  const log = createLogger("worker", configuration.LOG_LEVEL);
  const connected = await connectAndServe(configuration, log);
  const { database, temporal, registry } = connected;
  const prepared = await retryUntilDone("the database", log, () =>
    prepareDatabase(configuration, { database, gateways, log }),
  );
  const { hosts, vault } = prepared;
  const endResealing = startResealing({ em: database.em, vault, registry, log });
  const client = new DurableClient(temporal.client, temporalTimeoutMs);
  const reconcilerKeeper = await retryUntilDone("Temporal", log, async () => {
    await addSearchAttributes(temporal.connection, temporal.namespace);
    await deleteFormerSchedules(temporal.client);
    const names = gateways.map(nameOf);
    let known = await hosts.load();
    // While the database cannot be reached, those that were known are looked after.
    const findHosts = async () => (known = await hosts.load().catch(() => known));
    return keepReconcilers(
      client,
      async () => ({ hosts: await findHosts(), gateways: names }),
      log,
    );
  });
  const endFollowing = followHostChanges({
    listen: () => listen(database.url, ["host_settings"]),
    changed: () => reconcilerKeeper.checkNow(),
    log,
  });
  const redis = configuration.REDIS_URL && openRedis(configuration.REDIS_URL, log);
  const ending = new AbortController();
  const workers = await createWorkers(configuration, log, {
    around,
    database,
    client,
    vault,
    hosts,
    configured: new ConfiguredHosts(database.em, {
      vault,
      boxes: prepared.boxes,
      check: checkHostSettings,
    }),
    startedAt: prepared.startedAt,
    cache: new ReadCache(redis || undefined),
    gateways: new GatewayRegistry(gateways),
    observer: messageMetrics(registry, database.em),
    onAudit: auditGauge(registry),
    endLoops: ending.signal,
    lostLoop: () => void reconcilerKeeper.checkNow(),
  });
  const finished = runAll(workers, log);
  connected.reportPolling();
  log.info({ taskQueue }, "worker is polling");
  return {
    stop: async () => {
      // The loops end first: until then no other worker can take them over.
      reconcilerKeeper.stop();
      ending.abort();
      for (const worker of workers) worker.shutdown();
      await Promise.all([finished, endResealing(), endFollowing()]);
      await Promise.all([connected.close(), redis && redis.close()]);
      await database.close();
    },
  };
}

/** Ends the process when a worker stops although nobody has asked it to. */
const runAll = (workers: readonly Worker[], log: Logger): Promise<unknown> =>
  Promise.all(workers.map((worker) => worker.run())).catch((error: unknown) => {
    log.fatal({ reason: String(error) }, "the worker stopped unexpectedly");
    process.exit(1);
  });

/** Connects the database and Temporal, and serves health and metrics from the start on. */
async function connectAndServe(configuration: WorkerConfiguration, log: Logger) {
  const telemetry = await installTelemetry(log);
  const database = await openDatabase(configuration.DATABASE_URL);
  const temporal = connectTemporal();
  const registry = businessMetrics(database.em);
  let isPolling = false;
  const health = await serveHealth({
    host: configuration.METRICS_HOST,
    port: configuration.METRICS_PORT,
    registry,
    moreMetrics: () => telemetry.metrics(),
    checks: {
      database: () => database.ping(),
      temporal: () => temporal.ping(),
      worker: async () => {
        if (!isPolling) throw new Error("not polling yet");
      },
    },
  });
  return {
    database,
    temporal,
    registry,
    reportPolling: () => void (isPolling = true),
    /** Closes all but the database. */
    close: () => Promise.all([health.close(), temporal.close()]),
  };
}

/** No person waits for a worker's calls of Temporal. */
const temporalTimeoutMs = 10_000;

const nameOf = ({ capabilities }: PaymentGateway) => capabilities.name;

async function importPlans(
  em: EntityManager,
  plans: readonly OfferedPlan[],
  log: Logger,
): Promise<void> {
  const edited = await new Plans(em).importAll(plans);
  if (edited.length === 0) return;
  log.info({ plans: edited }, "an admin has edited these plans: the file of plans does not count");
}

async function importHosts(
  stored: Hosts,
  entries: readonly HostEntry[],
  log: Logger,
): Promise<void> {
  const { added, different } = await stored.importOnce(entries);
  if (added.length > 0) log.info({ hosts: added }, "hosts of the file are in the database now");
  if (different.length === 0) return;
  const words = "the database says otherwise of these hosts, and counts: change them by command";
  log.warn({ hosts: different }, words);
}

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
  const boxes = new SealedBoxes(configuration.ENCRYPTION_KEYS);
  await publishBoxKey(queriesOf(em), boxes);
  if (configuration.HOSTS_FILE !== undefined)
    await importHosts(stored, configuration.HOSTS_FILE, log);
  await stored.fillEndpoints();
  const { PLANS_FILE: plans, SHOP_STARTED_AT: override } = configuration;
  if (plans !== undefined) await importPlans(em, plans, log);
  const { TRIAL_DAYS, SUPPORT_CONTACT: support = "" } = configuration;
  const reapplyAfterMs = configuration.REAPPLY_AFTER_DAYS * dayMs;
  const defaults = { trial: trialOfDays(TRIAL_DAYS), support };
  await publishShopDefaults(queriesOf(em), defaults, { reapplyAfterMs });
  await new Gateways(em).publish(gateways.map(({ capabilities }) => capabilities));
  await new Customers(em).setStaff(staffOf(configuration));
  const now = instant(new Date());
  const accounts = gateways.map(({ capabilities }) => capabilities.account);
  const starts = await ensureAccountStarts(queriesOf(em), accounts, now);
  const startedAt = (account: string) => override ?? starts.get(account) ?? now;
  const hosts = new HostRegistry(stored, log);
  await hosts.load();
  return { vault, boxes, hosts, startedAt };
}
