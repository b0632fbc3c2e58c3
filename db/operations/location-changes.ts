import { isDeepStrictEqual } from "node:util";
import { v7 } from "uuid";
import type { Location } from "../../domain/access/location.ts";
import {
  changeLocation,
  type LocationFacts,
  newLocation,
} from "../../domain/access/location-change.ts";
import type {
  ShopChange,
  ShopChangeRequest,
  ShopChangeResult,
  ShopRefusal,
} from "../../domain/operations/shop-change.ts";
import type { Instant } from "../../domain/time.ts";
import { lockPlaces } from "../access/placement.ts";
import { notify } from "../notifications.ts";
import type { Queries } from "../orm.ts";
import { listLocations } from "../queries/access/locations.ts";
import { writeShopAudit } from "./shop-audit.ts";

type LocationChange = Extract<ShopChange, { kind: "newLocation" | "location" | "removeLocation" }>;

const refused = (why: ShopRefusal): ShopChangeResult => ({ kind: "refused", why });

/** Books a change of a location. Nobody is placed meanwhile, and those who wait are looked at. */
export async function changeLocations(
  db: Queries,
  request: ShopChangeRequest,
  { change, now }: { readonly change: LocationChange; readonly now: Instant },
): Promise<ShopChangeResult> {
  await lockPlaces(db);
  const all = await listLocations(db);
  if (change.kind === "newLocation") {
    const made = newLocation(change, all);
    if (typeof made === "string") return refused(made);
    await writeShopAudit(db, request, { act: "location", now, before: {}, after: auditOf(made) });
    await db
      .insertInto("locations")
      .values({ id: v7(), ...columnsOf(made), createdAt: new Date(now) })
      .execute();
    return { kind: "changed", location: made.code };
  }
  const before = all.find(({ code }) => code === change.code);
  if (before === undefined) return refused("noLocation");
  return change.kind === "removeLocation"
    ? remove(db, request, { before, now })
    : edit(db, request, { before, change, now });
}

async function edit(
  db: Queries,
  request: ShopChangeRequest,
  {
    before,
    change: { field, value },
    now,
  }: {
    readonly before: Location;
    readonly change: Extract<LocationChange, { kind: "location" }>;
    readonly now: Instant;
  },
): Promise<ShopChangeResult> {
  const after = changeLocation(before, field, value);
  if (after === undefined) return refused("badValue");
  if (isDeepStrictEqual(before, after)) return { kind: "same" };
  const states = { before: auditOf(before), after: auditOf(after) };
  await writeShopAudit(db, request, { act: "location", now, ...states });
  await db
    .updateTable("locations")
    .set(columnsOf(after))
    .where("id", "=", before.id as string)
    .execute();
  await notify(db, "hosts");
  return { kind: "changed", location: after.code };
}

/** Devices that were picked for it are wherever their plan leads from then on. */
async function remove(
  db: Queries,
  request: ShopChangeRequest,
  { before, now }: { readonly before: Location; readonly now: Instant },
): Promise<ShopChangeResult> {
  const id = before.id as string;
  const host = await db
    .selectFrom("hosts")
    .select("id")
    .where("locationId", "=", id)
    .where("state", "!=", "closed")
    .limit(1)
    .executeTakeFirst();
  if (host !== undefined) return refused("hasHosts");
  const after = { location: before.code, isRemoved: true };
  await writeShopAudit(db, request, { act: "location", now, before: auditOf(before), after });
  await db.updateTable("devices").set({ locationId: null }).where("locationId", "=", id).execute();
  await db
    .updateTable("locations")
    .set({ removedAt: new Date(now) })
    .where("id", "=", id)
    .execute();
  await notify(db, "hosts");
  return { kind: "changed", location: before.code };
}

const auditOf = ({ code, ...facts }: LocationFacts): Record<string, unknown> => ({
  location: code,
  ...columnsOf({ code, ...facts }),
});

const columnsOf = (facts: LocationFacts) => ({
  code: facts.code as string,
  flag: facts.flag,
  names: facts.names,
  groups: facts.groups,
  sort: facts.order,
  hidden: facts.isHidden,
  audience: facts.audience.kind,
  members:
    facts.audience.kind === "named" ? facts.audience.customers.map((id) => id as number) : [],
});
