import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openDatabase } from "../../db/orm.ts";
import { freePorts } from "../../tools/servers/ports.ts";
import { type PostgresServer, startPostgres } from "../../tools/servers/postgres.ts";
import { type Running, UserError } from "../../tools/servers/process.ts";
import { findRedis, startRedis } from "../../tools/servers/redis.ts";
import { findTemporalCli } from "../../tools/servers/temporal-cli.ts";
import {
  buildServerBinaries,
  startPostgresBackedTemporal,
} from "../../tools/servers/temporal-postgres.ts";
import { startTemporal, type TemporalServer } from "../../tools/servers/temporal.ts";
import type { CleanupStack } from "./cleanup-stack.ts";
import { startProgram } from "./program.ts";

/** The development server in memory, or the production server on the product's own PostgreSQL. */
export const serverKinds = ["dev", "postgres"] as const;
/** The Temporal server that a run uses. */
export type ServerKind = (typeof serverKinds)[number];

/** The running servers. */
export interface Servers {
  readonly postgres: PostgresServer;
  readonly temporal: TemporalServer;
  /** Undefined where no Redis is installed; the product works without it. */
  readonly redisUrl: string | undefined;
}

/**
 * Starts the servers that both sides share. Temporal has production settings: nothing is made
 * faster for tests.
 */
export async function startServers(
  kind: ServerKind,
  folder: string,
  cleanup: CleanupStack,
): Promise<Servers> {
  const postgres = await cleanup.keep(startDatabase(folder), stop);
  const [temporal, redis] = await Promise.all([
    cleanup.keep(startTemporalServer(kind, folder, postgres), stop),
    startCache(folder, cleanup),
  ]);
  return { postgres, temporal, redisUrl: redis?.url };
}

const say = (line: string): void => console.error(line);

const stop = (running: Running): Promise<void> => running.stop();

async function startCache(folder: string, cleanup: CleanupStack) {
  const program = findRedis();
  if (program === undefined) return undefined;
  const [port = 0] = await freePorts(1);
  const options = { dataDir: join(folder, "redis"), port, endsWithParent: true };
  return cleanup.keep(startRedis(program, options), stop);
}

async function startTemporalServer(
  kind: ServerKind,
  folder: string,
  { url: postgresUrl }: PostgresServer,
): Promise<TemporalServer> {
  if (kind === "postgres") {
    const binaries = await buildServerBinaries(say);
    const dataDir = join(folder, "temporal");
    return startPostgresBackedTemporal({ binaries, dataDir, postgresUrl, endsWithParent: true });
  }
  const [port = 0] = await freePorts(1);
  const logFile = join(folder, "temporal.log");
  return startTemporal(await findTemporalCli(say), { port, endsWithParent: true, logFile });
}

/**
 * As safe at a power cut as in production; counts statements, and has room for a Temporal server.
 */
async function startDatabase(folder: string): Promise<PostgresServer> {
  const [port = 0] = await freePorts(1);
  const password = randomBytes(16).toString("hex");
  const options = { dataDir: join(folder, "books"), port, password, endsWithParent: true };
  const first = await startPostgres(options);
  await runStatements(first.url, [
    "alter system set shared_preload_libraries = 'pg_stat_statements'",
    "alter system set max_connections = 300",
  ]);
  await first.stop();
  const counting = await startPostgres(options);
  await runStatements(counting.url, [
    "create extension pg_stat_statements",
    "alter system set pg_stat_statements.track = 'none'",
    "select pg_reload_conf()",
  ]);
  await migrate(counting.url, password, folder);
  return counting;
}

/**
 * Creates the tables in this database, in a process of its own; both roles get this password.
 * @throws UserError when that process fails.
 */
export async function migrate(ownerUrl: string, password: string, folder: string): Promise<void> {
  const env = {
    DATABASE_OWNER_URL: ownerUrl,
    DATABASE_WRITER_PASSWORD: password,
    DATABASE_READER_PASSWORD: password,
  };
  const { exited } = await startProgram({ name: "migrate", file: "db/migrate.ts", env, folder });
  const ending = await exited;
  if (ending !== "exit code 0") throw new UserError(`db/migrate.ts failed (${ending})`);
}

async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  const database = await openDatabase(url, 1);
  try {
    for (const statement of statements) await database.em.fork().execute(statement);
  } finally {
    await database.close();
  }
}
