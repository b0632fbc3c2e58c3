import { openDatabase } from "./orm.ts";

/**
 * Migrates a database and sets the passwords of the two roles. `ownerUrl`'s role must be allowed to
 * create roles. Safe to repeat.
 * @throws Error when the database cannot be reached or a migration fails.
 */
export async function migrate(
  ownerUrl: string,
  passwords: { readonly writer: string; readonly reader: string },
): Promise<void> {
  const database = await openDatabase(ownerUrl, 1);
  try {
    await database.migrate();
    const em = database.em.fork();
    for (const [role, password] of Object.entries(passwords)) {
      const [row]: { statement: string }[] = await em.execute(
        `select format('alter role %I password %L', ?::text, ?::text) as statement`,
        [`tollgate_${role}`, password],
      );
      if (row !== undefined) await withoutRace(() => em.execute(row.statement));
    }
  } finally {
    await database.close();
  }
}

const tries = 20;

/**
 * Roles belong to the whole cluster: another database's migration may be changing one at this
 * moment, and PostgreSQL then rejects one of the two ("tuple concurrently updated").
 */
async function withoutRace(change: () => Promise<unknown>): Promise<void> {
  for (let left = tries; ; left -= 1) {
    try {
      await change();
      return;
    } catch (error) {
      if (left === 0 || !/tuple concurrently updated/u.test(String(error))) throw error;
    }
  }
}

function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: see .env.example`);
  return value;
}

if (import.meta.main) {
  try {
    const owner = requireEnvironment("DATABASE_OWNER_URL");
    const writer = requireEnvironment("DATABASE_WRITER_PASSWORD");
    const reader = requireEnvironment("DATABASE_READER_PASSWORD");
    await migrate(owner, { writer, reader });
    process.stdout.write("The database is up to date.\n");
  } catch (error) {
    process.stderr.write(`The database could not be brought up to date: ${String(error)}\n`);
    process.exit(1);
  }
}
