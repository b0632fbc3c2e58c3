import { randomBytes } from "node:crypto";
import type { Client, Connection } from "@temporalio/client";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { BotMetrics } from "../../bot/metrics.ts";
import { Hosts } from "../../db/access/hosts.ts";
import { publishShopDefaults } from "../../db/operations/shop-defaults.ts";
import { type Database, openDatabase, type Queries, queriesOf } from "../../db/orm.ts";
import { Customers } from "../../db/people/customers.ts";
import { publishBoxKey, SealedBoxes } from "../../db/sealed-box.ts";
import { Vault } from "../../db/vault.ts";
import { type HostId, telegramId } from "../../domain/ids.ts";
import { trialOfDays } from "../../domain/operations/shop-settings.ts";
import { dayMs } from "../../domain/time.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { MemoryVpnHost } from "../../gateways/hosts/memory.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import { createLogger } from "../../runtime/log.ts";
import { HostRegistry } from "../../workers/hosts.ts";
import { createDatabase } from "./database.ts";
import { memorySettings } from "./memory-settings.ts";
import { createNamespace } from "./namespace.ts";
import { leadDatabase, setDatabaseClock, startingAt } from "./one-clock.ts";
import type { Person } from "./person.ts";
import { adminId, testAppActions } from "./test-app-acts.ts";
import { startBot } from "./test-app-bot.ts";
import { otherHostsOf, type TestAppOptions } from "./test-app-options.ts";
import { openShop, shopPlans } from "./test-app-plans.ts";
import { startWorkers, token } from "./test-app-workers.ts";

export { memorySettings } from "./memory-settings.ts";
export { adminId } from "./test-app-acts.ts";
export { token } from "./test-app-workers.ts";

/**
 * The whole product in one process, on a real Temporal server,
 * PostgreSQL and the Telegram emulator.
 */
export interface TestApp {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  readonly emulatorUrl: string;
  /** The database as the entry points reach it, and Temporal. */
  readonly readerUrl: string;
  readonly address: string;
  /** Opened as the owner of all tables: to read the books, not to change them. */
  readonly books: Database;
  readonly host: MemoryVpnHost;
  readonly hostId: HostId;
  /** As the worker's environment has them. */
  readonly encryptionKeys: string;
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
  /** Typed queries of the books. */
  query(): Queries;
  /** Rows of a query in SQL, with the columns' own names. */
  rows<Row>(query: string, values?: unknown[]): Promise<Row[]>;
  /** Waits for a person's subscription and returns its workflow id. */
  subscriptionOf(person: Person): Promise<string>;
}

const quiet = createLogger("test", process.env["TEST_LOG_LEVEL"] ?? "silent");

/** Opens a test app for the tests of a file; skipped time is reset after each test. */
export function useTestApp(options: TestAppOptions = {}): TestApp {
  const app = {} as Record<string, unknown>;
  const cleanup = new AsyncDisposableStack();
  const { startsAt } = options;
  const untilStartMs = startsAt === undefined ? 0 : startsAt.getTime() - Date.now();
  const clock = { aheadMs: untilStartMs };
  beforeAll(async () => {
    Object.assign(app, await openTestApp(options, cleanup, clock));
  });
  // The next test's customers come at the present time.
  afterEach(async () => {
    clock.aheadMs = untilStartMs;
    const { books } = app as unknown as TestApp;
    if (startsAt !== undefined) await setDatabaseClock(books, clock);
  });
  afterAll(() => cleanup.disposeAsync());
  return app as unknown as TestApp;
}

async function openTestApp(
  options: TestAppOptions,
  cleanup: AsyncDisposableStack,
  clock: { aheadMs: number },
): Promise<TestApp> {
  const [urls, machine, emulator] = await Promise.all([
    createDatabase(),
    createNamespace(),
    startTelegramEmulator({ port: 0, token }),
  ]);
  const hasOneClock = options.startsAt !== undefined;
  const temporal = hasOneClock ? startingAt(clock, machine) : machine;
  if (hasOneClock) await leadDatabase(urls.ownerUrl, clock);
  cleanup.defer(() => emulator.close());
  cleanup.defer(() => temporal.connection.close());
  const [books, writer, reader] = await Promise.all([
    openDatabase(urls.ownerUrl, 2),
    openDatabase(urls.writerUrl, 10),
    openDatabase(urls.readerUrl, 5),
  ]);
  for (const database of [books, writer, reader]) cleanup.defer(() => database.close());
  const keys = [{ id: "k1", key: randomBytes(32) }];
  const vault = new Vault(keys);
  const boxes = new SealedBoxes(keys);
  await publishBoxKey(queriesOf(writer.em), boxes);
  const settings = memorySettings(options.network, options.network6);
  const host = new MemoryVpnHost(settings, () => Date.now() + clock.aheadMs);
  const hosts = new Hosts(writer.em, vault);
  const others = otherHostsOf(options);
  await hosts.importOnce([
    { name: "one", capacity: options.capacity ?? 500, weight: 1, settings },
    ...Object.entries(others).map(([name, { capacity = 500, settings: given }]) => {
      return { name, capacity, weight: 1, settings: given };
    }),
  ]);
  const stored = await hosts.list();
  const one = stored.find(({ name }) => name === "one");
  const staff = {
    admin: (options.adminIds ?? [adminId]).map(telegramId),
    support: (options.supportIds ?? []).map(telegramId),
    viewer: (options.viewerIds ?? []).map(telegramId),
  };
  await new Customers(writer.em).setStaff(staff);
  const wrappedHost = options.host?.(host) ?? host;
  const memory = new MemoryPaymentGateway();
  const gateways = options.gateways?.({ emulatorUrl: emulator.url }) ?? [memory];
  const trial = trialOfDays(options.policy?.trialDays ?? 3);
  await publishShopDefaults(queriesOf(writer.em), { trial }, { reapplyAfterMs: dayMs });
  await openShop(writer, { plans: options.plans ?? shopPlans, gateways });
  await startWorkers(
    {
      options,
      writer,
      vault,
      boxes,
      registry: options.storedHosts && new HostRegistry(hosts, quiet),
      host: wrappedHost,
      others,
      stored,
      gateways,
      staff,
      emulatorUrl: emulator.url,
      temporal,
      clock,
    },
    cleanup,
  );
  const metrics = startBot(
    { reader, client: temporal.client, apiRoot: emulator.url, token, log: quiet, staff, options },
    cleanup,
  );
  const ready = {
    books,
    host,
    hostId: one!.id,
    hasOneClock,
    encryptionKeys: keys.map(({ id, key }) => `${id}:${key.toString("base64")}`).join(),
    clock,
    memory,
    metrics,
    emulatorUrl: emulator.url,
    readerUrl: urls.readerUrl,
    ...temporal,
  };
  return { ...ready, ...testAppActions(ready) };
}
