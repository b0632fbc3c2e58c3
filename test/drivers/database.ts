import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { migrate } from "../../db/migrate.ts";
import { type Database, openDatabase } from "../../db/orm.ts";
import { query } from "../../tools/servers/postgres.ts";
import { passwords } from "./roles.ts";

/** The URLs of a database, one for each role. */
export interface TestDatabase {
  readonly ownerUrl: string;
  readonly writerUrl: string;
  readonly readerUrl: string;
}

/** Creates a database on the run's server as a copy of the migrated one. */
export const createDatabase = (): Promise<TestDatabase> =>
  create(inject("postgres").template, () => Promise.resolve());

/** Creates an empty database and migrates it. */
export const createAndMigrate = (): Promise<TestDatabase> =>
  create("template1", (ownerUrl) => migrate(ownerUrl, passwords));

async function create(
  template: string,
  fill: (ownerUrl: string) => Promise<void>,
): Promise<TestDatabase> {
  const { url } = inject("postgres");
  const name = `tollgate_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  await query(url, `create database ${name} template ${template}`);
  const as = (user?: string, password?: string) => {
    const own = new URL(url);
    own.pathname = `/${name}`;
    if (user !== undefined && password !== undefined)
      Object.assign(own, { username: user, password });
    return own.href;
  };
  const ownerUrl = as();
  await fill(ownerUrl);
  return {
    ownerUrl,
    writerUrl: as("tollgate_writer", passwords.writer),
    readerUrl: as("tollgate_reader", passwords.reader),
  };
}

/** A database that is open in each role. */
export interface OpenDatabases extends TestDatabase {
  readonly owner: Database;
  readonly writer: Database;
  readonly reader: Database;
}

/** Creates a database for the tests of a file, open in each role from `beforeAll` to `afterAll`. */
export function useDatabase(): OpenDatabases {
  const opened = {} as Record<string, unknown>;
  beforeAll(async () => {
    const made = await createDatabase();
    const [owner, writer, reader] = await Promise.all([
      openDatabase(made.ownerUrl, 2),
      openDatabase(made.writerUrl, 10),
      openDatabase(made.readerUrl, 5),
    ]);
    Object.assign(opened, made, { owner, writer, reader });
  });
  afterAll(async () => {
    const { owner, writer, reader } = opened as unknown as OpenDatabases;
    await Promise.all([owner, writer, reader].map((database) => database?.close()));
  });
  return opened as unknown as OpenDatabases;
}

/** The value of ENCRYPTION_KEYS with one new key. */
export const newVaultKeys = (id = "k1"): string => `${id}:${randomBytes(32).toString("base64")}`;
