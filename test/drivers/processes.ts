import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import type { HostSettings } from "../../gateways/hosts/registry.ts";
import { startDemoHost } from "../../tools/amneziawg/demo-host.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { launch, type Running } from "../../tools/servers/process.ts";
import { compileCache } from "./compile-cache.ts";

const root = join(import.meta.dirname, "../..");

/** The names of the hosts. */
export const hostName = "one";
export const otherHostName = "two";

/** The heap limits of docker-compose.yml, in MB. */
const heapOf = (entry: string) =>
  `--max-old-space-size=${entry === "api/main.ts" || entry === "bot/main.ts" ? 192 : 768}`;

/** Where the product's processes find the servers. */
export interface ProcessEnvironment {
  readonly writerUrl: string;
  readonly readerUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly redisUrl?: string | undefined;
  readonly emulatorUrl: string;
  readonly adminId: number;
  /** Capacity of the other host, in devices; 1,000 by default, like the first. */
  readonly otherCapacity?: number;
  /** Further hosts, by their names. */
  readonly moreHosts?: Readonly<Record<string, HostSettings>>;
  /** Further variables of worker and api: the gateways' keys, the plans. */
  readonly shop?: NodeJS.ProcessEnv;
}

/** A process that can be killed and started again with the same environment. */
export class Killable {
  readonly #begin: () => Promise<Running>;
  #running: Running | undefined;
  #wanted = false;
  /** How often `keepAlive` has restarted it. */
  deaths = 0;

  constructor(begin: () => Promise<Running>) {
    this.#begin = begin;
  }

  /** Starts it, without restarting it later. */
  async start(): Promise<void> {
    this.#wanted = true;
    this.#running = await this.#begin();
  }

  /** The id of the latest process. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Kills it with SIGKILL and waits until it has ended; `keepAlive` does not restart it then. */
  async kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#wanted = false;
    process.kill(running.pid, "SIGKILL");
    await running.exited;
  }

  /** Starts it, and restarts it whenever it dies other than by `kill`, as a supervisor does. */
  async keepAlive(): Promise<void> {
    await this.start();
    void (async () => {
      while (this.#wanted) {
        await this.#running?.exited;
        if (!this.#wanted) return;
        this.deaths += 1;
        await this.start().catch(() => undefined);
      }
    })();
  }

  /** Stops it in an orderly way. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#running?.stop();
  }
}

/** The product as processes, each of which can be killed, with real VPN endpoints. */
export class Processes {
  readonly folder = mkdtempSync(join(tmpdir(), "tollgate-processes-"));
  readonly worker: Killable;
  readonly bot: Killable;
  readonly api: Killable;
  /** The first host, and another one, which the product knows once it has been started. */
  readonly host: Killable;
  readonly otherHost: Killable;
  readonly #hosts = new Map<string, HostSettings>();
  readonly #environment: ProcessEnvironment;
  readonly #encryptionKeys = `k1:${randomBytes(32).toString("base64")}`;
  #apiPort = 0;

  constructor(
    environment: ProcessEnvironment,
    workerEntry = "workers/main.ts",
    extra: object = {},
  ) {
    this.#environment = environment;
    this.worker = new Killable(() => this.#node(workerEntry, { ...this.#workerEnv(), ...extra }));
    this.bot = new Killable(() => this.#node("bot/main.ts", this.botEnv()));
    this.api = new Killable(() => this.#startApi());
    this.host = new Killable(() => this.#startHost(hostName));
    this.otherHost = new Killable(() => this.#startHost(otherHostName));
  }

  /** The api's URL, known after its first start. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#apiPort}`;
  }

  /** The bot's variables. */
  botEnv(): NodeJS.ProcessEnv {
    return { ...this.#common(), DATABASE_URL: this.#environment.readerUrl };
  }

  /** Stops all processes and deletes their folder. */
  async stop(): Promise<void> {
    await Promise.all([this.worker.stop(), this.bot.stop(), this.api.stop()]);
    await Promise.all([this.host.stop(), this.otherHost.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Settings with which `connectHost` reaches the first host; undefined before its start. */
  get settings(): HostSettings | undefined {
    return this.#hosts.get(hostName);
  }

  /** The same for the other host. */
  get otherSettings(): HostSettings | undefined {
    return this.#hosts.get(otherHostName);
  }

  async #startHost(name: string): Promise<Running> {
    const { process: endpoint, settings } = await startDemoHost({
      dataDir: join(this.folder, name),
      processOptions: { endsWithParent: true },
    });
    this.#hosts.set(name, settings);
    const more = Object.entries(this.#environment.moreHosts ?? {});
    const hosts = [...this.#hosts, ...more].map(([host, known]) => {
      const capacity = host === otherHostName ? (this.#environment.otherCapacity ?? 1_000) : 1_000;
      return { name: host, capacity, weight: 1, settings: known };
    });
    writeFileSync(join(this.folder, "hosts.json"), JSON.stringify(hosts), { mode: 0o600 });
    return endpoint;
  }

  async #startApi(): Promise<Running> {
    this.#apiPort ||= await freePort();
    const { readerUrl, shop } = this.#environment;
    const own = { DATABASE_URL: readerUrl, API_PORT: String(this.#apiPort) };
    return this.#node("api/main.ts", { ...this.#temporal(), ...own, ...shop });
  }

  #temporal(): NodeJS.ProcessEnv {
    const { temporalAddress, namespace } = this.#environment;
    return {
      PATH: process.env["PATH"],
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: namespace,
    };
  }

  #common(): NodeJS.ProcessEnv {
    const { redisUrl, emulatorUrl } = this.#environment;
    return {
      ...this.#temporal(),
      BOT_TOKEN: "123456:TEST",
      TELEGRAM_API_ROOT: emulatorUrl,
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    };
  }

  #workerEnv(): NodeJS.ProcessEnv {
    return {
      ...this.#common(),
      DATABASE_URL: this.#environment.writerUrl,
      ADMIN_IDS: String(this.#environment.adminId),
      ENCRYPTION_KEYS: this.#encryptionKeys,
      HOSTS_FILE: join(this.folder, "hosts.json"),
      WORKFLOW_BUNDLE: inject("temporal").codePath,
      ...this.#environment.shop,
    };
  }

  async #node(entry: string, env: NodeJS.ProcessEnv): Promise<Running> {
    const port = await freePort();
    const running = await launch({
      command: process.execPath,
      args: ["--disable-warning=ExperimentalWarning", heapOf(entry), join(root, entry)],
      env: { ...env, METRICS_PORT: String(port), ...compileCache },
      endsWithParent: true,
      logFile: join(this.folder, `${entry.replaceAll("/", "-")}.log`),
    });
    const hasExited = running.exited.then(() => true);
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (ready?.ok || (await Promise.race([hasExited, delay(50, false)]))) break;
    }
    return running;
  }
}
