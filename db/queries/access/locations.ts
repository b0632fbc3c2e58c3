import { expressionBuilder } from "kysely";
import {
  type Audience,
  byOrder,
  type Location,
  type LocationCode,
} from "../../../domain/access/location.ts";
import { locationId, telegramId } from "../../../domain/ids.ts";
import { type EntityManager, type Queries, queriesOf, type Schema } from "../../orm.ts";
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

/** Locations, for display. */
export class LocationQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** All of them in the owner's order; none: the shop has made none. */
  list(): Promise<Location[]> {
    return listLocations(queriesOf(this.#em));
  }
}
