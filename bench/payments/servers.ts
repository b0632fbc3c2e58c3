import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openDatabase } from "../../db/orm.ts";
import { freePorts } from "../../tools/servers/ports.ts";
import { type PostgresServer, startPostgres } from "../../tools/servers/postgres.ts";
import { type Running, UserError } from "../../tools/servers/process.ts";
import { findRedis, startRedis } from "../../tools/servers/redis.ts";
import { findTemporalCli } from "../../tools/servers/temporal-cli.ts";
import {
  startPostgresBackedTemporal,
  buildServerBinaries,
} from "../../tools/servers/temporal-postgres.ts";
import { startTemporal, type TemporalServer } from "../../tools/servers/temporal.ts";
import type { CleanupStack } from "./cleanup-stack.ts";
import { startProgram } from "./program.ts";

/** The development server in memory, or the one that production runs, on the product's own PostgreSQL. */
export const serverKinds = ["dev", "postgres"] as const;
export type ServerKind = (typeof serverKinds)[number];

export interface Servers {
  readonly postgres: PostgresServer;
  readonly temporal: TemporalServer;
  /** Undefined where no Redis is installed; then the product does without. */
  readonly redisUrl: string | undefined;
}

/** Starts the servers that both sides share. Temporal's settings are its own: nothing is made quicker. */
export async function startServers(
  kind: ServerKind,
  folder: string,
  ends: CleanupStack,
): Promise<Servers> {
  const postgres = await ends.keep(startBooks(folder), stop);
  const [temporal, redis] = await Promise.all([
    ends.keep(startTemporalServer(kind, folder, postgres), stop),
    startCache(folder, ends),
  ]);
  return { postgres, temporal, redisUrl: redis?.url };
}

const say = (line: string): void => console.error(line);

const stop = (running: Running): Promise<void> => running.stop();

async function startCache(folder: string, ends: CleanupStack) {
  const program = findRedis();
  if (program === undefined) return undefined;
  const [port = 0] = await freePorts(1);
  const options = { dataDir: join(folder, "redis"), port, guarded: true };
  return ends.keep(startRedis(program, options), stop);
}

async function startTemporalServer(
  kind: ServerKind,
  folder: string,
  { url: postgresUrl }: PostgresServer,
): Promise<TemporalServer> {
  if (kind === "postgres") {
    const binaries = await buildServerBinaries(say);
    const dataDir = join(folder, "temporal");
    return startPostgresBackedTemporal({ binaries, dataDir, postgresUrl, guarded: true });
  }
  const [port = 0] = await freePorts(1);
  const logFile = join(folder, "temporal.log");
  return startTemporal(await findTemporalCli(say), { port, guarded: true, logFile });
}

/** As safe at a power cut as in production; it counts statements, and a Temporal server fits in as well. */
async function startBooks(folder: string): Promise<PostgresServer> {
  const [port = 0] = await freePorts(1);
  const password = randomBytes(16).toString("hex");
  const options = { dataDir: join(folder, "books"), port, password, guarded: true };
  const first = await startPostgres(options);
  await told(first.url, [
    "alter system set shared_preload_libraries = 'pg_stat_statements'",
    "alter system set max_connections = 300",
  ]);
  await first.stop();
  const books = await startPostgres(options);
  await told(books.url, [
    "create extension pg_stat_statements",
    "alter system set pg_stat_statements.track = 'none'",
    "select pg_reload_conf()",
  ]);
  await migrate(books.url, password, folder);
  return books;
}

/** Makes the tables in this database, in a process of its own; both roles get this password. */
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

async function told(url: string, statements: readonly string[]): Promise<void> {
  const database = await openDatabase(url, 1);
  try {
    for (const statement of statements) await database.em.fork().execute(statement);
  } finally {
    await database.close();
  }
}
