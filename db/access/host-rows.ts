import type { LocationCode } from "../../domain/access/location.ts";
import type { HostId } from "../../domain/ids.ts";
import { countAll } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { listLocations } from "../queries/access/locations.ts";

/** How many accesses a host may have, retired ones as well until they are removed. */
export async function countAccesses(db: Queries, id: HostId): Promise<number> {
  const { count } = await db
    .selectFrom("accesses")
    .select(countAll.as("count"))
    .where("hostId", "=", id as string)
    .where("removedAt", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * Where a host is after a change of its location: null, in none; undefined, as it was. Call it
 * under `lockPlaces`.
 * @returns undefined: there is no such location.
 */
export async function locateHost(
  db: Queries,
  { locationId }: { readonly locationId: string | null },
  code: LocationCode | null | undefined,
): Promise<{ readonly locationId: string | null } | undefined> {
  if (code === undefined) return { locationId };
  if (code === null) return { locationId: null };
  const found = (await listLocations(db)).find((one) => one.code === code);
  return found && { locationId: found.id };
}
