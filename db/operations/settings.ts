import { type Instant, instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyOf } from "../prepared.ts";

const nameOf = (account: string): string => `started-at/${account}`;

/**
 * When this installation first used each of these gateway accounts: the first call for an account
 * stores `now`, later ones return that. What a gateway lists from before is not ours.
 */
export async function ensureAccountStarts(
  db: Queries,
  accounts: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, Instant>> {
  if (accounts.length === 0) return new Map();
  const names = accounts.map(nameOf);
  await db
    .insertInto("settings")
    .values(names.map((name) => ({ name, value: now })))
    .onConflict((row) => row.column("name").doNothing())
    .execute();
  const rows = await db
    .selectFrom("settings")
    .select(["name", "value"])
    .where("name", "=", anyOf(names))
    .execute();
  const values = new Map(rows.map(({ name, value }) => [name, instant(value)]));
  return new Map(accounts.map((account) => [account, values.get(nameOf(account)) ?? now]));
}
