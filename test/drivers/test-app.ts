import { randomBytes } from "node:crypto";
import type { Client, Connection } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { Telegram } from "telegraf";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import type { HostPolling } from "../../activities/access/host-loop.ts";
import type { Limits } from "../../activities/messaging/rate-limiter.ts";
import {
  type PollingOptions,
  usualPolling,
} from "../../activities/operations/reconciliation/ports.ts";
import type { GatewayDirectory } from "../../activities/payments/gateway-directory.ts";
import type { BotMetrics } from "../../bot/metrics.ts";
import { DurableClient } from "../../client/durable.ts";
import { ensureReconcilers } from "../../client/reconcilers.ts";
import { Hosts } from "../../db/access/hosts.ts";
import { type Database, openDatabase } from "../../db/orm.ts";
import type { OfferedPlan } from "../../db/payments/plans.ts";
import { Customers } from "../../db/people/customers.ts";
import { ReadCache } from "../../db/read-cache.ts";
import { Vault } from "../../db/vault.ts";
import { type HostId, telegramId } from "../../domain/ids.ts";
import type { ApprovalLimits } from "../../domain/payments/refund.ts";
import type { SignupPolicy } from "../../domain/people/signup.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import type { MemorySettings } from "../../gateways/hosts/amneziawg/settings.ts";
import { newTunnelAccess } from "../../gateways/hosts/amneziawg/tunnel.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { PaymentGateway } from "../../gateways/payments/port.ts";
import { createLogger } from "../../runtime/log.ts";
import { createActivities } from "../../workers/activities.ts";
import { GatewayRegistry } from "../../workers/gateways.ts";
import { workflowWorkerOptions } from "../../workers/workflow-worker-options.ts";
import { reconcilerTaskQueue, taskQueue } from "../../workflows/contract/names.ts";
import { createDatabase } from "./database.ts";
import { memorySettings } from "./memory-settings.ts";
import { createNamespace } from "./namespace.ts";
import type { Person } from "./person.ts";
import { adminId, testAppActions } from "./test-app-acts.ts";
import { startBot } from "./test-app-bot.ts";
import { openShop, shopPlans } from "./test-app-plans.ts";

export { memorySettings } from "./memory-settings.ts";
export { adminId } from "./test-app-acts.ts";
/** The bot's token. */
export const token = "123456:TEST";

/** How a test app differs from the usual one. */
export interface TestAppOptions {
  readonly policy?: Partial<SignupPolicy>;
  readonly adminIds?: readonly number[];
  /** Wraps the product's host, to make it fail. */
  readonly host?: (real: MemoryVpnHost) => VpnHost;
  /** The gateways; by default the memory gateway, named `memory`. */
  readonly gateways?: (world: { readonly emulatorUrl: string }) => readonly PaymentGateway[];
  /** Wraps the directory of configured gateways, to switch some off. */
  readonly directory?: (known: GatewayDirectory) => GatewayDirectory;
  readonly plans?: readonly OfferedPlan[];
  readonly refundLimits?: ApprovalLimits;
  /** Runs the gateways' reconcilers at this pace; without it no statement is read. */
  readonly gatewayPolling?: Partial<PollingOptions>;
  readonly hostPolling?: Partial<HostPolling>;
  /** Limits of sending; by default none: tests of the pace set Telegram's. */
  readonly messageLimits?: Limits;
  readonly onAudit?: (disagreements: number) => void;
  readonly capacity?: number;
  readonly network?: string;
  /** A second host, beside the app's own. */
  readonly secondHost?: {
    readonly settings: MemorySettings;
    readonly host: VpnHost;
    readonly capacity?: number;
  };
}

/**
 * The whole product in one process, on a real Temporal server, PostgreSQL and the
 * Telegram emulator.
 */
export interface TestApp {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  readonly emulatorUrl: string;
  /** Opened as the owner of all tables: to read the books, not to change them. */
  readonly books: Database;
  readonly host: MemoryVpnHost;
  readonly hostId: HostId;
  readonly metrics: BotMetrics;
  /** The memory gateway; unused when the options have others. */
  readonly memory: MemoryPaymentGateway;
  /** A person who has not pressed Start; a new one without an id. */
  person(id?: number): Person;
  /** An admin who has pressed Start. */
  admin(id?: number): Promise<Person>;
  /** A new customer who has been approved and has a first key. */
  customer(): Promise<Person>;
  /** Skips time of a workflow and of the reconcilers. */
  pass(workflowId: string, ms: number): Promise<void>;
  /** Skips time of the reconcilers only. */
  elapse(ms: number): Promise<void>;
  /** The reconcilers' clock. */
  now(): Date;
  /** Rows of a query, with the columns' own names. */
  rows<Row>(query: string, values?: unknown[]): Promise<Row[]>;
  /** Waits for a person's subscription and returns its workflow id. */
  subscriptionOf(person: Person): Promise<string>;
}

const quickPolling = { everyMs: 1_000, inFlightMs: 100, sweepEveryMs: 5_000 };

const noLimits: Limits = { perSecond: 1_000, chatBurst: 1_000, chatRefillMs: 1 };

const quiet = createLogger("test", process.env["TEST_LOG_LEVEL"] ?? "silent");

/** Opens a test app for the tests of a file; skipped time is reset after each test. */
export function useTestApp(options: TestAppOptions = {}): TestApp {
  const app = {} as Record<string, unknown>;
  const cleanup = new AsyncDisposableStack();
  const clock = { aheadMs: 0 };
  beforeAll(async () => {
    Object.assign(app, await openTestApp(options, cleanup, clock));
  });
  // The next test's customers come at the present time.
  afterEach(() => {
    clock.aheadMs = 0;
  });
  afterAll(() => cleanup.disposeAsync());
  return app as unknown as TestApp;
}

async function openTestApp(
  options: TestAppOptions,
  cleanup: AsyncDisposableStack,
  clock: { aheadMs: number },
): Promise<TestApp> {
  const [urls, temporal, emulator] = await Promise.all([
    createDatabase(),
    createNamespace(),
    startTelegramEmulator({ port: 0, token }),
  ]);
  cleanup.defer(() => emulator.close());
  cleanup.defer(() => temporal.connection.close());
  const [books, writer, reader] = await Promise.all([
    openDatabase(urls.ownerUrl, 2),
    openDatabase(urls.writerUrl, 10),
    openDatabase(urls.readerUrl, 5),
  ]);
  for (const database of [books, writer, reader]) cleanup.defer(() => database.close());
  const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
  const settings = memorySettings(options.network);
  const host = new MemoryVpnHost(settings);
  const hosts = new Hosts(writer.em, vault);
  const second = options.secondHost;
  await hosts.importAll([
    { name: "one", capacity: options.capacity ?? 500, weight: 1, settings },
    ...(second === undefined
      ? []
      : [{ name: "two", capacity: second.capacity ?? 500, weight: 1, settings: second.settings }]),
  ]);
  const stored = await hosts.list();
  const one = stored.find(({ name }) => name === "one");
  const adminIds = (options.adminIds ?? [adminId]).map(telegramId);
  await new Customers(writer.em).setAdmins(adminIds);
  const wrappedHost = options.host?.(host) ?? host;
  const memory = new MemoryPaymentGateway();
  const gateways = options.gateways?.({ emulatorUrl: emulator.url }) ?? [memory];
  await openShop(writer, { plans: options.plans ?? shopPlans, gateways });
  await startWorkers(
    {
      options,
      writer,
      vault,
      host: wrappedHost,
      stored,
      gateways,
      adminIds,
      emulatorUrl: emulator.url,
      temporal,
      clock,
    },
    cleanup,
  );
  const metrics = startBot(
    { reader, client: temporal.client, apiRoot: emulator.url, token, log: quiet },
    cleanup,
  );
  const ready = {
    books,
    host,
    hostId: one!.id,
    clock,
    memory,
    metrics,
    emulatorUrl: emulator.url,
    ...temporal,
  };
  return { ...ready, ...testAppActions(ready) };
}

interface ActingParts {
  readonly options: TestAppOptions;
  readonly writer: Database;
  readonly vault: Vault;
  readonly host: VpnHost;
  readonly stored: readonly { readonly id: HostId; readonly name: string }[];
  readonly clock: { aheadMs: number };
  readonly gateways: readonly PaymentGateway[];
  readonly adminIds: SignupPolicyAdmins;
  readonly emulatorUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly client: Client;
  };
}

type SignupPolicyAdmins = Parameters<typeof createActivities>[0]["adminIds"];

async function startWorkers(acting: ActingParts, cleanup: AsyncDisposableStack): Promise<void> {
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
  await ensureReconcilers(new DurableClient(client), {
    hosts: acting.stored,
    gateways: reads ? acting.gateways.map(({ capabilities: facts }) => facts.name) : [],
  });
}

function activityPortsOf(
  acting: ActingParts,
  endLoops: AbortSignal,
): Parameters<typeof createActivities>[0] {
  const { options, stored, clock } = acting;
  const known = new GatewayRegistry(acting.gateways);
  const policy = { autoApprove: false, trialDays: 3, reapplyAfterMs: dayMs };
  const secondId = stored.find(({ name }) => name === "two")?.id;
  return {
    database: acting.writer,
    client: new DurableClient(acting.temporal.client),
    vault: acting.vault,
    cache: new ReadCache(undefined),
    messenger: new TelegramMessenger(new Telegram(token, { apiRoot: acting.emulatorUrl })),
    hosts: {
      get: async (id) => (id === secondId ? options.secondHost!.host : acting.host),
    },
    newAccess: newTunnelAccess,
    policy: { ...policy, ...options.policy },
    adminIds: acting.adminIds,
    gateways: options.directory?.(known) ?? known,
    refundLimits: options.refundLimits ?? {},
    gatewayPolling: { ...usualPolling, ...quickPolling, ...options.gatewayPolling },
    hostPolling: {
      compareEveryMs: 1_000,
      awayAfterMs: 500,
      retryEveryMs: 200,
      ...options.hostPolling,
    },
    startedAt: () => instant(0),
    observer: { over: () => undefined },
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
