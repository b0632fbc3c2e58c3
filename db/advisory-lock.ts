import type { Queries } from "./orm.ts";
import { sql } from "./prepared.ts";

/**
 * Waits for the lock of this name and holds it to the end of the transaction, so that what takes it
 * is done by one transaction after the other. PostgreSQL's advisory locks have no builder.
 */
export async function lockByName(db: Queries, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(db);
}
