import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { freePorts } from "../../tools/servers/ports.ts";
import { startPostgres } from "../../tools/servers/postgres.ts";
import type { Running } from "../../tools/servers/process.ts";
import { findRedis, startRedis } from "../../tools/servers/redis.ts";
import { buildProgram } from "../../tools/servers/temporal-build.ts";
import { memoryHostSettings } from "../gateways/hosts/host-settings.ts";
import { readCompose, root } from "./compose-file.ts";
import type { Deployment } from "./containers.ts";
import { buildImage } from "./image.ts";

/**
 * A machine that plays the server: our image, secrets, and the servers that come from other images.
 */
export interface Machine {
  readonly folder: string;
  readonly deployment: Deployment;
  readonly telegram: TelegramEmulator;
  /** Ports by service, and by `<service>-metrics`. */
  readonly ports: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const token = "123456:TEST";

/**
 * Builds the image and starts the servers. `installs` runs `npm ci`.
 * @throws Error when the image cannot be built or a server does not come up; everything is cleaned
 * up then.
 */
export async function prepareMachine({ installs }: { installs: boolean }): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-production-"));
  const servers: Running[] = [];
  let telegram: TelegramEmulator | undefined;
  const close = async () => {
    await telegram?.close();
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // Processes of the unprivileged account must be able to enter;
    // the folder of the secrets stays closed.
    chmodSync(folder, 0o755);
    const ports = await choosePorts();
    makeSecrets(folder);
    const path = await createPrograms(folder);
    const image = buildImage({ folder: join(folder, "image"), path, installs });
    await startServers({ folder, ports, servers });
    telegram = await startTelegramEmulator({ port: 0, token, webhookRetryMs: 200 });
    const deployment = await describeDeployment({
      folder,
      path,
      image,
      ports,
      telegramUrl: telegram.url,
    });
    return { folder, deployment, telegram, ports, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function choosePorts(): Promise<Record<string, string>> {
  const names = ["postgres", "redis", "api", "bot", "worker-metrics", "api-metrics", "bot-metrics"];
  const found = await freePorts(names.length);
  return Object.fromEntries(names.map((name, at) => [name, String(found[at])]));
}

function makeSecrets(folder: string): void {
  const secrets = join(folder, "secrets");
  const made = spawnSync("sh", [join(root, "deploy/secrets.sh"), secrets], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  writeFileSync(join(secrets, "bot_token"), `${token}\n`);
  const host = { name: "one", capacity: 100, weight: 1, settings: memoryHostSettings() };
  writeFileSync(join(secrets, "hosts.json"), JSON.stringify([host]));
}

/** Creates a folder with the programs of the images, under their names there. */
async function createPrograms(folder: string): Promise<string> {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  // A copy: the account that runs the processes may not be able to enter this checkout.
  copyFileSync(process.execPath, join(bin, "node"));
  chmodSync(join(bin, "node"), 0o755);
  for (const name of ["temporal", "temporal-server", "temporal-sql-tool"] as const) {
    const program = await buildProgram(name, (line) => console.error(line));
    symlinkSync(program, join(bin, name));
  }
  return `${bin}:${process.env["PATH"]}`;
}

interface ServerStart {
  readonly folder: string;
  readonly ports: Readonly<Record<string, string>>;
  readonly servers: Running[];
}

async function startServers({ folder, ports, servers }: ServerStart): Promise<void> {
  const password = readFileSync(join(folder, "secrets/postgres_password"), "utf8");
  const dataDir = join(folder, "servers");
  const postgres = { dataDir, port: Number(ports["postgres"]), password, throwAway: true };
  servers.push(await startPostgres({ ...postgres, endsWithParent: true }));
  const redis = findRedis();
  if (redis === undefined) return;
  servers.push(
    await startRedis(redis, { dataDir, port: Number(ports["redis"]), endsWithParent: true }),
  );
}

interface DeploymentParts {
  readonly folder: string;
  readonly path: string;
  readonly image: Deployment["image"];
  readonly ports: Record<string, string>;
  readonly telegramUrl: string;
}

async function describeDeployment(described: DeploymentParts): Promise<Deployment> {
  const { folder, path, image, ports, telegramUrl } = described;
  const compose = readCompose({
    ADMIN_IDS: "1001",
    TELEGRAM_API_ROOT: telegramUrl,
    BOT_MODE: "webhook",
    WEBHOOK_URL: `http://127.0.0.1:${ports["api"]}/webhooks/telegram`,
    LOG_LEVEL: "warn",
  });
  const temporal = await writeTemporalConfiguration(folder, ports);
  const at = (name: string) => `127.0.0.1:${ports[name]}`;
  return {
    compose,
    image,
    folder,
    path,
    secretsFolder: join(folder, "secrets"),
    instead: {
      "/etc/tollgate/temporal/": `${temporal}/`,
      "@postgres:5432/": `@${at("postgres")}/`,
      postgres: "127.0.0.1",
      "5432": String(ports["postgres"]),
      "redis:6379": at("redis"),
      "temporal:7233": at("temporal"),
      "http://bot:8001": `http://${at("bot")}`,
      "8001": String(ports["bot"]),
      "8000": String(ports["api"]),
      "7233": String(ports["temporal"]),
    },
    owner: findOwner(image.folder),
    metricsPort: (service) => ports[`${service}-metrics`] ?? "9090",
  };
}

/**
 * Copies deploy/temporal with other ports and paths: on this machine other servers may use them.
 */
async function writeTemporalConfiguration(
  folder: string,
  ports: Record<string, string>,
): Promise<string> {
  const target = join(folder, "temporal");
  cpSync(join(root, "deploy/temporal"), target, { recursive: true });
  const usual = ["7233", "7243", "6933", "7234", "6934", "7235", "6935", "7239", "6939"];
  const free = await freePorts(usual.length);
  ports["temporal"] = String(free[0]);
  for (const name of ["server.yaml", "server.sh"]) {
    let text = readFileSync(join(target, name), "utf8");
    // In two steps: a free port may equal one that is still to be replaced.
    for (const [at, port] of usual.entries()) text = text.replaceAll(port, `<${at}>`);
    for (const [at, port] of free.entries()) text = text.replaceAll(`<${at}>`, String(port));
    text = text.replaceAll("/etc/tollgate/temporal", target).replaceAll("0.0.0.0", "127.0.0.1");
    writeFileSync(join(target, name), text);
  }
  return target;
}

/** The unprivileged account, if we may become it and it can read the image. */
function findOwner(imageFolder: string): Deployment["owner"] {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout),
  );
  if (!uid || !gid) return undefined;
  const file = join(imageFolder, "node_modules/@temporalio/worker/package.json");
  const looked = spawnSync("test", ["-r", file], { uid, gid });
  return looked.status === 0 ? { uid, gid } : undefined;
}
