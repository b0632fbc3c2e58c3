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

/** Everything that both sides run on, and the product around it. */
export interface Environment {
  readonly client: Client;
  readonly connection: Connection;
  /** As the owner of all tables: for making customers and looking at the books. */
  readonly books: Database;
  /** Seals with the worker's own key. */
  readonly vault: Vault;
  readonly ear: StepLog;
  readonly relay: Relay;
  readonly telegramUrl: string;
  readonly cryptoBotUrl: string;
  /** The processes that share the machine, by what they are. */
  readonly parts: Readonly<Record<Exclude<EnvironmentPart, "payers">, readonly number[]>>;
}

export type EnvironmentPart =
  | "worker A"
  | "worker B"
  | "api"
  | "Temporal"
  | "PostgreSQL"
  | "emulators"
  | "payers";

interface Ground extends Servers {
  readonly ends: CleanupStack;
  readonly folder: string;
  readonly key: Buffer;
}

const vaultKeyId = "k1";
const botToken = "123456:TEST";
const cryptoBotToken = "12345:AAbenchTokenOfNoWorth0000000000000000";
const at = (port: number) => `http://127.0.0.1:${port}`;

/** Starts it all anew, in a folder that is gone afterwards. */
export async function openPlant(kind: ServerKind, ends: CleanupStack): Promise<Environment> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-bench-"));
  await ends.keep(Promise.resolve(folder), () => rmSync(folder, { recursive: true, force: true }));
  // The account that runs PostgreSQL passes through.
  chmodSync(folder, 0o711);
  const key = randomBytes(32);
  const ground = { ...(await startServers(kind, folder, ends)), folder, ends, key };
  const ear = new StepLog();
  const [api = 0, telegram = 0, cryptoBot = 0] = await freePorts(3);
  const relay = await ends.keep(startRelay(`${at(api)}/webhooks/cryptobot`), (it) => it.stop());
  const outside = { telegram, cryptoBot, relayUrl: relay.url };
  const [emulators, product, connection, books] = await Promise.all([
    startEmulators(ground, outside),
    startProduct(ground, ear, { api, ...outside }),
    ends.keep(Connection.connect({ address: ground.temporal.address }), (it) => it.close()),
    ends.keep(openDatabase(ground.postgres.url, 4), (it) => it.close()),
  ]);
  return {
    client: new Client({ connection }),
    connection,
    books,
    vault: new Vault([{ id: vaultKeyId, key }]),
    ear,
    relay,
    telegramUrl: at(telegram),
    cryptoBotUrl: at(cryptoBot),
    parts: {
      ...product,
      Temporal: [ground.temporal.pid],
      PostgreSQL: [ground.postgres.pid],
      emulators,
    },
  };
}

interface Outside {
  readonly telegram: number;
  readonly cryptoBot: number;
  readonly relayUrl: string;
}

async function startEmulators(
  ground: Ground,
  { telegram, cryptoBot, relayUrl }: Outside,
): Promise<number[]> {
  const started = await Promise.all([
    start(ground, {
      name: "telegram",
      file: "emulators/telegram/main.ts",
      readyUrl: `${at(telegram)}/healthz`,
      env: { BOT_TOKEN: botToken, TELEGRAM_EMULATOR_PORT: String(telegram) },
    }),
    start(ground, {
      name: "cryptobot",
      file: "emulators/cryptobot/main.ts",
      readyUrl: `${at(cryptoBot)}/healthz`,
      env: {
        CRYPTOBOT_TOKEN: cryptoBotToken,
        CRYPTOBOT_EMULATOR_PORT: String(cryptoBot),
        CRYPTOBOT_EMULATOR_WEBHOOK_URL: relayUrl,
      },
    }),
  ]);
  return started.map(({ pid }) => pid);
}

/** Each side's worker, and the product's api: what a shop runs beside its servers. */
async function startProduct(
  ground: Ground,
  ear: StepLog,
  ports: Outside & { readonly api: number },
): Promise<Record<"worker A" | "worker B" | "api", number[]>> {
  const { temporal, folder } = ground;
  const [ofWorker = 0, ofApi = 0] = await freePorts(2);
  const hosts = [
    { name: "one", capacity: 4_000, settings: await createMemoryDemoHost(join(folder, "host")) },
  ];
  writeFileSync(join(folder, "hosts.json"), JSON.stringify(hosts), { mode: 0o600 });
  const onLine = (line: string) => ear.hear(line);
  const common = { TEMPORAL_ADDRESS: temporal.address, CRYPTOBOT_TOKEN: cryptoBotToken };
  const [bare, worker, api] = await Promise.all([
    start(ground, {
      name: "bare",
      file: fileURLToPath(new URL("../bare/worker.ts", import.meta.url)),
      env: common,
      onLine,
    }),
    start(ground, {
      name: "worker",
      file: fileURLToPath(new URL("./worker.ts", import.meta.url)),
      env: { ...common, ...workerVariables(ground, ports), METRICS_PORT: String(ofWorker) },
      readyUrl: `${at(ofWorker)}/readyz`,
      onLine,
    }),
    start(ground, {
      name: "api",
      file: "api/main.ts",
      env: {
        ...common,
        DATABASE_URL: as("reader", ground.postgres),
        API_PORT: String(ports.api),
        METRICS_PORT: String(ofApi),
        LOG_LEVEL: "warn",
      },
      readyUrl: `${at(ports.api)}/readyz`,
    }),
  ]);
  for (const [name, { exited }] of Object.entries({ bare, worker })) {
    void exited.then((how) => ear.lose(new UserError(`the ${name} process has ended (${how})`)));
  }
  return { "worker A": [bare.pid], "worker B": [worker.pid], api: [api.pid] };
}

function workerVariables(
  { folder, postgres, redisUrl, key }: Ground,
  { telegram, cryptoBot }: Outside,
): Record<string, string> {
  return {
    DATABASE_URL: as("writer", postgres),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    BOT_TOKEN: botToken,
    TELEGRAM_API_ROOT: at(telegram),
    CRYPTOBOT_URL: at(cryptoBot),
    ADMIN_IDS: "1001",
    ENCRYPTION_KEYS: `${vaultKeyId}:${key.toString("base64")}`,
    HOSTS_FILE: join(folder, "hosts.json"),
    PLANS_FILE: join(import.meta.dirname, "../../plans.json"),
    LOG_LEVEL: "info",
  };
}

function as(role: "writer" | "reader", { url }: PostgresServer): string {
  const own = new URL(url);
  own.username = `tollgate_${role}`;
  return own.href;
}

const stop = (running: Running): Promise<void> => running.stop();

const start = ({ ends, folder }: Ground, program: Omit<Program, "folder">): Promise<Running> =>
  ends.keep(startProgram({ ...program, folder }), stop);
