import { fileURLToPath } from "node:url";
import { NativeConnection, Worker, type WorkerInterceptors } from "@temporalio/worker";
import { Telegram } from "telegraf";
import { Customers } from "../db/customers.ts";
import { Gateways } from "../db/gateways.ts";
import { Hosts } from "../db/hosts.ts";
import { type Database, openDatabase } from "../db/orm.ts";
import { Plans } from "../db/plans.ts";
import { ReadCache } from "../db/read-cache.ts";
import { Vault } from "../db/vault.ts";
import { telegramId } from "../domain/ids.ts";
import { dayMs } from "../domain/time.ts";
import { TelegramMessenger } from "../gateways/messenger/telegram.ts";
import type { PaymentGateway } from "../gateways/payment-gateway.ts";
import { hostWarnings } from "../gateways/vpn-host/settings.ts";
import { readEnvironment } from "../runtime/configuration.ts";
import { createLogger, type Logger } from "../runtime/log.ts";
import type { Running } from "../runtime/process.ts";
import { openRedis } from "../runtime/redis.ts";
import { connectTemporal, temporalOptions } from "../runtime/temporal.ts";
import { serveVitals } from "../runtime/vitals.ts";
import { taskQueue } from "../workflows/contract.ts";
import { createActivities } from "./activities.ts";
import { type WorkerConfiguration, workerEnvironment } from "./config.ts";
import { connectGateways, gatewayNames, KnownGateways } from "./gateways.ts";
import { KnownHosts } from "./hosts.ts";
import { businessMetrics } from "./metrics.ts";
import { untilItWorks } from "./patience.ts";
import { TemporalPaymentDoor } from "./payment-door.ts";
import { startResealing } from "./resealing.ts";
import { ensureHostSchedules, ensurePaymentSchedules, paymentsEveryMs } from "./schedules.ts";
import { addSearchAttributes } from "./search-attributes.ts";
import { installTelemetry } from "./telemetry.ts";

/** Starts what acts: it runs the workflows and takes their steps. `around` are interceptors of the SDK. */
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
  const vitals = await serveVitals({
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
  const { hosts, vault } = await untilItWorks("the database", log, () =>
    prepareBooks(configuration, { database, gateways, log }),
  );
  const endResealing = startResealing({ em: database.em, vault, registry, log });
  await untilItWorks("Temporal", log, async () => {
    await addSearchAttributes(temporal.connection, temporal.namespace);
    await ensureHostSchedules(temporal.client, await hosts.load());
    await ensurePaymentSchedules(temporal.client, {
      configured: gateways.map(nameOf),
      gatewayNames,
    });
  });
  const redis = configuration.REDIS_URL && openRedis(configuration.REDIS_URL, log);
  const worker = await createWorker(configuration, log, {
    em: database.em,
    vault,
    hosts,
    cache: new ReadCache(redis || undefined),
    gateways: new KnownGateways(gateways),
    door: new TemporalPaymentDoor(temporal.client),
    around,
  });
  const ended = worker.run().catch((error: unknown) => {
    log.fatal({ reason: String(error) }, "the worker stopped by itself");
    process.exit(1);
  });
  polling = true;
  log.info({ taskQueue }, "worker is polling");
  return {
    stop: async () => {
      worker.shutdown();
      await Promise.all([ended, endResealing()]);
      await Promise.all([vitals.close(), temporal.close(), redis && redis.close()]);
      await database.close();
    },
  };
}

const nameOf = ({ facts }: PaymentGateway) => facts.name;

interface Books {
  readonly database: Database;
  readonly gateways: readonly PaymentGateway[];
  readonly log: Logger;
}

async function prepareBooks(
  configuration: WorkerConfiguration,
  { database, gateways, log }: Books,
) {
  const vault = new Vault(configuration.ENCRYPTION_KEYS, {
    unreadable: (purpose, reason) =>
      log.error({ purpose, reason }, "a stored secret cannot be opened: its row is left out"),
  });
  const books = new Hosts(database.em, vault);
  if (configuration.HOSTS_FILE !== undefined) await books.importAll(configuration.HOSTS_FILE);
  const { PLANS_FILE: plans } = configuration;
  if (plans !== undefined) await new Plans(database.em).importAll(plans);
  await new Gateways(database.em).publish(gateways.map(({ facts }) => facts));
  await new Customers(database.em).setAdmins(configuration.ADMIN_IDS.map(telegramId));
  const hosts = new KnownHosts(books, log);
  for (const { name, settings } of await hosts.load()) {
    for (const warning of hostWarnings(settings)) log.warn({ host: name }, warning);
  }
  return { vault, hosts };
}

type Ready = "em" | "vault" | "hosts" | "cache" | "gateways" | "door";

type Given = Pick<Parameters<typeof createActivities>[0], Ready> & {
  readonly around: WorkerInterceptors;
};

async function createWorker(
  configuration: WorkerConfiguration,
  log: Logger,
  { around, ...given }: Given,
): Promise<Worker> {
  const { connectionOptions, namespace } = temporalOptions();
  const connection = await untilItWorks("Temporal", log, () =>
    NativeConnection.connect(connectionOptions),
  );
  const { BOT_TOKEN, TELEGRAM_API_ROOT: apiRoot, WORKFLOW_BUNDLE } = configuration;
  const code = WORKFLOW_BUNDLE
    ? { workflowBundle: { codePath: WORKFLOW_BUNDLE } }
    : { workflowsPath: fileURLToPath(new URL("../workflows/index.ts", import.meta.url)) };
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    ...code,
    activities: createActivities({
      ...given,
      messenger: new TelegramMessenger(new Telegram(BOT_TOKEN, { apiRoot })),
      adminIds: configuration.ADMIN_IDS.map(telegramId),
      policy: {
        autoApprove: configuration.AUTO_APPROVE,
        trialDays: configuration.TRIAL_DAYS,
        reapplyAfterMs: configuration.REAPPLY_AFTER_DAYS * dayMs,
      },
      refundLimits: configuration.REFUND_APPROVAL_ABOVE ?? {},
      pace: { inFlightMs: 2_000, everyMs: paymentsEveryMs },
    }),
    interceptors: around,
    maxCachedWorkflows: 100,
    maxConcurrentActivityTaskExecutions: 50,
    shutdownGraceTime: "5s",
    shutdownForceTime: "10s",
  });
}
