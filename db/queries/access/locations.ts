import { expressionBuilder } from "kysely";
import {
  type Audience,
  byOrder,
  type Location,
  type LocationCode,
  type LocationRights,
} from "../../../domain/access/location.ts";
import { locationId, type SubscriptionId, telegramId } from "../../../domain/ids.ts";
import type { Queries, Schema } from "../../orm.ts";
import { sql } from "../../prepared.ts";

interface LocationRow {
  readonly id: string;
  readonly code: string;
  readonly flag: string;
  readonly names: Location["names"];
  readonly groups: readonly string[];
  readonly sort: number;
  readonly hidden: boolean;
  readonly audience: Audience["kind"];
  readonly members: readonly number[];
}

const locationOf = (row: LocationRow): Location => ({
  id: locationId(row.id),
  code: row.code as LocationCode,
  flag: row.flag,
  names: row.names,
  groups: row.groups,
  order: row.sort,
  isHidden: row.hidden,
  audience:
    row.audience === "named"
      ? { kind: "named", customers: row.members.map(telegramId) }
      : { kind: row.audience },
});

/** All locations that are not removed, in the owner's order; none: the shop has made none. */
export async function listLocations(db: Queries): Promise<Location[]> {
  const rows = await db
    .selectFrom("locations")
    .select(["id", "code", "flag", "names", "groups", "sort", "hidden", "audience", "members"])
    .where("removedAt", "is", null)
    .execute();
  return rows.map(locationOf).toSorted(byOrder);
}

interface Customers {
  readonly c: Schema["customers"];
}

/** Whether `customers as c` has ever paid for time. */
export const hasPaid = expressionBuilder<Customers, "c">()
  .exists((of: ReturnType<typeof expressionBuilder<Schema & Customers, "c">>) =>
    of
      .selectFrom("subscriptions as own")
      .innerJoin("time_lots as l", "l.subscriptionId", "own.id")
      .select("l.cause")
      .whereRef("own.customerId", "=", "c.id")
      .where("l.kind", "=", sql.lit("payment")),
  )
  .$castTo<boolean>();

/** What decides which locations a subscription's devices may have; undefined: it does not exist. */
export async function findRights(
  db: Queries,
  of: SubscriptionId,
): Promise<LocationRights | undefined> {
  const row = await db
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .leftJoin("plans as p", (join) =>
      join.onRef("p.code", "=", "s.plan").onRef("p.version", "=", "s.planVersion"),
    )
    .select(["c.telegramId", "p.locationGroups as groups", hasPaid.as("paid")])
    .where("s.id", "=", of as string)
    .executeTakeFirst();
  return (
    row && {
      telegramId: telegramId(row.telegramId),
      hasPaid: row.paid,
      groups: row.groups ?? undefined,
    }
  );
}
