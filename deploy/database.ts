// Prepares a PostgreSQL server for Tollgate and, when Temporal uses the same server, for Temporal:
// roles, passwords, databases, migrations. Safe to repeat; run it before each new version starts.
import * as z from "zod";
import { migrate } from "../db/migrate.ts";
import { type EntityManager, openDatabase } from "../db/orm.ts";
import { ConfigurationError, readEnvironment } from "../runtime/configuration.ts";
import { variables } from "../runtime/environment.ts";

const password = z
  .string({ error: "must be a password: openssl rand -hex 24 makes one" })
  .min(16, "must have 16 characters or more: openssl rand -hex 24 makes one");

/** The variables of this step. */
export const databaseEnvironment = z.object({
  /** The connection of a superuser; no other process is given it. */
  DATABASE_OWNER_URL: variables.databaseUrl,
  DATABASE_WRITER_PASSWORD: password,
  DATABASE_READER_PASSWORD: password,
  /** Unset when Temporal's database is elsewhere. */
  TEMPORAL_DATABASE_PASSWORD: password.optional(),
});

/** The same names are in deploy/temporal, for Temporal's schema tool and server. */
const temporal = { role: "temporal", databases: ["temporal", "temporal_visibility"] } as const;

async function prepareTemporal(ownerUrl: string, rolePassword: string): Promise<void> {
  const database = await openDatabase(ownerUrl, 1);
  try {
    const em = database.em.fork();
    const { role, databases } = temporal;
    if (!(await exists(em, "pg_roles where rolname", role))) await run(em, "create role %I", role);
    await run(em, "alter role %I login password %L", role, rolePassword);
    for (const name of databases) {
      if (await exists(em, "pg_database where datname", name)) continue;
      await run(em, "create database %I owner %I", name, role);
    }
  } finally {
    await database.close();
  }
}

async function exists(em: EntityManager, where: string, name: string): Promise<boolean> {
  const rows: unknown[] = await em.execute(`select 1 from ${where} = ?`, [name]);
  return rows.length > 0;
}

/** Runs a statement in which PostgreSQL has quoted the names (%I) and texts (%L). */
async function run(em: EntityManager, template: string, ...words: string[]): Promise<void> {
  const places = words.map(() => "?::text").join(", ");
  const [row]: { statement: string }[] = await em.execute(
    `select format('${template}', ${places}) as statement`,
    words,
  );
  if (row !== undefined) await em.execute(row.statement);
}

if (import.meta.main) {
  try {
    const env = readEnvironment("database", databaseEnvironment);
    const { DATABASE_WRITER_PASSWORD: writer, DATABASE_READER_PASSWORD: reader } = env;
    await migrate(env.DATABASE_OWNER_URL, { writer, reader });
    const temporalPassword = env.TEMPORAL_DATABASE_PASSWORD;
    if (temporalPassword !== undefined)
      await prepareTemporal(env.DATABASE_OWNER_URL, temporalPassword);
    process.stdout.write("The database is up to date.\n");
  } catch (error) {
    const reason = error instanceof ConfigurationError ? error.message : String(error);
    process.stderr.write(`The database could not be prepared: ${reason}\n`);
    process.exit(1);
  }
}
