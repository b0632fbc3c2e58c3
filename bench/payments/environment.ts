import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { type Database, openDatabase } from "../../db/orm.ts";
import { Vault } from "../../db/vault.ts";
import { createMemoryDemoHost } from "../../tools/amneziawg/demo-host.ts";
import { freePorts } from "../../tools/servers/ports.ts";
import type { PostgresServer } from "../../tools/servers/postgres.ts";
import { type Running, UserError } from "../../tools/servers/process.ts";
import type { CleanupStack } from "./cleanup-stack.ts";
import { type Program, startProgram } from "./program.ts";
import { type Relay, startRelay } from "./relay.ts";
import { type ServerKind, type Servers, startServers } from "./servers.ts";
import { StepLog } from "./step-log.ts";

/** The servers and processes of a run, shared by both sides. */
export interface Environment {
  readonly client: Client;
  readonly connection: Connection;
  /** Opened as the owner of all tables: to create customers and to read the books. */
  readonly books: Database;
  /** Has the worker's key. */
  readonly vault: Vault;
  readonly stepLog: StepLog;
  readonly relay: Relay;
  readonly telegramUrl: string;
  readonly cryptoBotUrl: string;
  /** The ids of the processes that share the machine, by kind. */
  readonly parts: Readonly<Record<Exclude<EnvironmentPart, "payers">, readonly number[]>>;
}

/** A part whose processor time is reported; "payers" is this process. */
export type EnvironmentPart =
  | "worker A"
  | "worker B"
  | "api"
  | "Temporal"
  | "PostgreSQL"
  | "emulators"
  | "payers";

interface SharedResources extends Servers {
  readonly cleanup: CleanupStack;
  readonly folder: string;
  readonly key: Buffer;
}

const vaultKeyId = "k1";
const botToken = "123456:TEST";
const cryptoBotToken = "12345:AAbenchTokenOfNoWorth0000000000000000";
const localUrl = (port: number) => `http://127.0.0.1:${port}`;

/** Starts everything, in a new folder that is deleted at the end. */
export async function openEnvironment(
  kind: ServerKind,
  cleanup: CleanupStack,
): Promise<Environment> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-bench-"));
  await cleanup.keep(Promise.resolve(folder), () =>
    rmSync(folder, { recursive: true, force: true }),
  );
  // The account that runs PostgreSQL has to pass through the folder.
  chmodSync(folder, 0o711);
  const key = randomBytes(32);
  const shared = { ...(await startServers(kind, folder, cleanup)), folder, cleanup, key };
  const stepLog = new StepLog();
  const [api = 0, telegram = 0, cryptoBot = 0] = await freePorts(3);
  const relay = await cleanup.keep(startRelay(`${localUrl(api)}/webhooks/cryptobot`), (it) =>
    it.stop(),
  );
  const outside = { telegram, cryptoBot, relayUrl: relay.url };
  const [emulators, product, connection, books] = await Promise.all([
    startEmulators(shared, outside),
    startProduct(shared, stepLog, { api, ...outside }),
    cleanup.keep(Connection.connect({ address: shared.temporal.address }), (it) => it.close()),
    cleanup.keep(openDatabase(shared.postgres.url, 4), (it) => it.close()),
  ]);
  return {
    client: new Client({ connection }),
    connection,
    books,
    vault: new Vault([{ id: vaultKeyId, key }]),
    stepLog,
    relay,
    telegramUrl: localUrl(telegram),
    cryptoBotUrl: localUrl(cryptoBot),
    parts: {
      ...product,
      Temporal: [shared.temporal.pid],
      PostgreSQL: [shared.postgres.pid],
      emulators,
    },
  };
}

interface OutsidePorts {
  readonly telegram: number;
  readonly cryptoBot: number;
  readonly relayUrl: string;
}

async function startEmulators(
  shared: SharedResources,
  { telegram, cryptoBot, relayUrl }: OutsidePorts,
): Promise<number[]> {
  const started = await Promise.all([
    start(shared, {
      name: "telegram",
      file: "emulators/telegram/main.ts",
      readyUrl: `${localUrl(telegram)}/healthz`,
      env: { BOT_TOKEN: botToken, TELEGRAM_EMULATOR_PORT: String(telegram) },
    }),
    start(shared, {
      name: "cryptobot",
      file: "emulators/cryptobot/main.ts",
      readyUrl: `${localUrl(cryptoBot)}/healthz`,
      env: {
        CRYPTOBOT_TOKEN: cryptoBotToken,
        CRYPTOBOT_EMULATOR_PORT: String(cryptoBot),
        CRYPTOBOT_EMULATOR_WEBHOOK_URL: relayUrl,
      },
    }),
  ]);
  return started.map(({ pid }) => pid);
}

/** Starts each side's worker and the product's api. */
async function startProduct(
  shared: SharedResources,
  stepLog: StepLog,
  ports: OutsidePorts & { readonly api: number },
): Promise<Record<"worker A" | "worker B" | "api", number[]>> {
  const { temporal, folder } = shared;
  const [workerMetricsPort = 0, apiMetricsPort = 0] = await freePorts(2);
  await writeHosts(folder);
  const onLine = (line: string) => stepLog.readLine(line);
  const common = { TEMPORAL_ADDRESS: temporal.address, CRYPTOBOT_TOKEN: cryptoBotToken };
  const [bare, worker, api] = await Promise.all([
    start(shared, {
      name: "bare",
      file: fileURLToPath(new URL("../bare/worker.ts", import.meta.url)),
      env: common,
      onLine,
    }),
    start(shared, {
      name: "worker",
      file: fileURLToPath(new URL("./worker.ts", import.meta.url)),
      env: {
        ...common,
        ...workerVariables(shared, ports),
        METRICS_PORT: String(workerMetricsPort),
      },
      readyUrl: `${localUrl(workerMetricsPort)}/readyz`,
      onLine,
    }),
    start(shared, {
      name: "api",
      file: "api/main.ts",
      env: {
        ...common,
        DATABASE_URL: roleUrl("reader", shared.postgres),
        API_PORT: String(ports.api),
        METRICS_PORT: String(apiMetricsPort),
        LOG_LEVEL: "warn",
      },
      readyUrl: `${localUrl(ports.api)}/readyz`,
    }),
  ]);
  for (const [name, { exited }] of Object.entries({ bare, worker })) {
    void exited.then((how) =>
      stepLog.failAll(new UserError(`the ${name} process has ended (${how})`)),
    );
  }
  return { "worker A": [bare.pid], "worker B": [worker.pid], api: [api.pid] };
}

async function writeHosts(folder: string): Promise<void> {
  const settings = await createMemoryDemoHost(join(folder, "host"));
  const hosts = [{ name: "one", capacity: 4_000, settings }];
  writeFileSync(join(folder, "hosts.json"), JSON.stringify(hosts), { mode: 0o600 });
}

function workerVariables(
  { folder, postgres, redisUrl, key }: SharedResources,
  { telegram, cryptoBot }: OutsidePorts,
): Record<string, string> {
  return {
    DATABASE_URL: roleUrl("writer", postgres),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    BOT_TOKEN: botToken,
    TELEGRAM_API_ROOT: localUrl(telegram),
    CRYPTOBOT_URL: localUrl(cryptoBot),
    ADMIN_IDS: "1001",
    ENCRYPTION_KEYS: `${vaultKeyId}:${key.toString("base64")}`,
    HOSTS_FILE: join(folder, "hosts.json"),
    PLANS_FILE: join(import.meta.dirname, "../../plans.json"),
    LOG_LEVEL: "info",
  };
}

function roleUrl(role: "writer" | "reader", { url }: PostgresServer): string {
  const own = new URL(url);
  own.username = `tollgate_${role}`;
  return own.href;
}

const stop = (running: Running): Promise<void> => running.stop();

const start = (
  { cleanup, folder }: SharedResources,
  program: Omit<Program, "folder">,
): Promise<Running> => cleanup.keep(startProgram({ ...program, folder }), stop);
