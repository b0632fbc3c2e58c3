import { type Instant, instant } from "../domain/time.ts";
import type { Queries } from "./orm.ts";

const startName = "shop-started-at";

/**
 * When the shop first started: the first call writes `now`, every later one is answered with that. What gateways
 * list from before is not the shop's.
 */
export async function shopStart(db: Queries, now: Instant): Promise<Instant> {
  await db
    .insertInto("settings")
    .values({ name: startName, value: now })
    .onConflict((row) => row.column("name").doNothing())
    .execute();
  const { value } = await db
    .selectFrom("settings")
    .select("value")
    .where("name", "=", startName)
    .executeTakeFirstOrThrow();
  return instant(value);
}
