import { spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { acceptsConnections } from "./ports.ts";
import { postgresHome, type PostgresHome } from "./postgres-home.ts";
import {
  commandLine,
  launch,
  type ProcessOptions,
  processOptionsOf,
  type Running,
  UserError,
  waitUntil,
} from "./process.ts";

/** A running PostgreSQL server of ours. */
export interface PostgresServer extends Running {
  /** Connects as a superuser to the database `tollgate`. Contains the password. */
  readonly url: string;
  readonly dataFolder: string;
}

/** Options of `startPostgres`. */
export interface PostgresOptions extends ProcessOptions {
  /** Where the cluster is, or is created when there is none. */
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  /** Faster, but loses data at a power cut: for data that is thrown away. */
  readonly throwAway?: boolean;
}

const superuser = "tollgate";
const database = "tollgate";

/**
 * Starts PostgreSQL on 127.0.0.1 with password authentication, on an existing cluster or a new one,
 * and creates the database `tollgate` when it does not exist. A cluster left by a killed server is
 * used as it is.
 * @throws UserError when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, password } = options;
  const home = postgresHome(dataDir);
  if (!existsSync(join(home.data, "PG_VERSION"))) createCluster(home, password);
  removeStaleLock(home.data);
  const logFile = options.logFile ?? join(dataDir, "postgres.log");
  const running = await launch({
    command: join(home.programs, "postgres"),
    args: ["-D", home.data, "-p", String(port), ...settings(options).flatMap((one) => ["-c", one])],
    env: plainEnvironment(),
    cwd: home.data,
    ...processOptionsOf({ ...options, logFile }),
    // The "fast" shutdown: sessions are ended, files are left clean.
    stopSignal: "SIGINT",
    ...home.owner,
  });
  const url = (name: string) => `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`;
  try {
    await waitUntil(() => isReady(port, url("postgres")), {
      what: `PostgreSQL (see ${logFile})`,
      gone: running.exited,
    });
    await createDatabase(url("postgres"));
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...running, url: url(database), dataFolder: home.data };
}

function settings({ throwAway }: PostgresOptions): string[] {
  const always = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "log_min_messages=warning",
    // A quarter of the default: the whole database stays smaller than that for a long time, and
    // after a day all of these buffers are in memory.
    "shared_buffers=32MB",
  ];
  if (!throwAway) return always;
  return [
    ...always,
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
  ];
}

/**
 * The same message texts and times whatever the user's shell sets;
 * PG* variables would change the server.
 */
const plainEnvironment = () => ({ PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" });

function createCluster({ programs, data, owner }: PostgresHome, password: string): void {
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(data), { recursive: true, mode: 0o755 });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(tmpdir(), `tollgate-${process.pid}-${Date.now()}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: "wx" });
  if (owner) for (const path of [draft, passwordFile]) chownSync(path, owner.uid, owner.gid);
  try {
    const access = [`--username=${superuser}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
    // The built-in locale sorts the same on every machine and knows letters beyond ASCII.
    const texts = [
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
    ];
    const made = spawnSync(
      join(programs, "initdb"),
      [`--pgdata=${draft}`, ...access, ...texts, "--no-sync", "--no-instructions"],
      { ...owner, cwd: draft, env: plainEnvironment(), encoding: "utf8" },
    );
    if (made.status !== 0) {
      throw new UserError(
        `PostgreSQL could not create its files in ${draft}: ${made.stderr || made.error}`,
      );
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
  // Only a complete cluster gets the name: an interrupted start leaves nothing half made.
  renameSync(draft, data);
}

/**
 * After a kill -9 the lock names an id that another process may have by now, and PostgreSQL would
 * refuse to start.
 */
function removeStaleLock(data: string): void {
  const lock = join(data, "postmaster.pid");
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, "utf8").split("\n")[0]);
  if (!commandLine(pid).includes(data)) rmSync(lock, { force: true });
}

async function isReady(port: number, url: string): Promise<boolean> {
  if (!(await acceptsConnections("127.0.0.1", port))) return false;
  try {
    await query(url, "select 1");
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    // 28P01: the cluster was created with another password; waiting does not help.
    if (code === "28P01") {
      throw new UserError(
        "the embedded PostgreSQL does not know our password: run `npm start -- --reset`",
      );
    }
    return false;
  }
}

async function createDatabase(url: string): Promise<void> {
  const found = await query(url, `select 1 from pg_database where datname = '${database}'`);
  if (found === 0) await query(url, `create database ${database}`);
}

/**
 * Runs one statement on a connection of its own. Returns the number of rows returned or changed.
 */
export async function query(url: string, text: string): Promise<number> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query(text)).rowCount ?? 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}
