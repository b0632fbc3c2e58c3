import type { Location, WantedPlace } from "../../domain/access/location.ts";
import {
  type SubscriptionId,
  subscriptionId,
  type TelegramId,
  telegramId,
} from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { isWaiting } from "../queries/access/access-rights.ts";
import { hasPaid } from "../queries/access/locations.ts";

/** An access that has time and no place. */
export interface WaitingAccess {
  readonly id: string;
  readonly telegramId: TelegramId;
  readonly about: SubscriptionId;
  readonly wants: WantedPlace;
}

/** Whether an access that has time waits for a place. */
export async function hasWaiting(db: Queries, now: Instant): Promise<boolean> {
  return (await selectWaiting(db, now).limit(1).execute()).length > 0;
}

/**
 * The accesses that have waited longest, in their order, up to `limit`. Where there are more, as
 * many of each pick and plan: those who wait for a full location do not hide the others.
 */
export async function listLongestWaiting(
  db: Queries,
  locations: readonly Location[],
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<WaitingAccess[]> {
  const oldest = await selectWaiting(db, now)
    .orderBy("a.createdAt")
    .orderBy("a.id")
    .limit(limit)
    .execute();
  const rows =
    oldest.length < limit || locations.length === 0
      ? oldest
      : await db
          .selectFrom(selectTurns(db, now).as("w"))
          .select(["w.id", "w.owner", "w.about", "w.pick", "w.groups", "w.paid"])
          .where("w.turn", "<=", limit)
          .orderBy("w.since")
          .orderBy("w.id")
          .execute();
  return rows.map((row) => ({
    id: row.id,
    telegramId: telegramId(row.owner),
    about: subscriptionId(row.about),
    wants: wantsOf(row, locations),
  }));
}

/** What decides where a device may be, as the books have it. */
export interface PlaceRow {
  readonly owner: number;
  readonly paid: boolean;
  readonly pick: string | null;
  readonly groups: readonly string[] | null;
}

/** The place that a device wants. */
export const wantsOf = (row: PlaceRow, locations: readonly Location[]): WantedPlace => ({
  pick: locations.find(({ id }) => id === row.pick),
  rights: {
    telegramId: telegramId(row.owner),
    hasPaid: row.paid,
    // A shop without locations has nothing that groups could name.
    groups: locations.length === 0 ? undefined : (row.groups ?? undefined),
  },
});

const selectWaiting = (db: Queries, now: Instant) =>
  db
    .selectFrom("accesses as a")
    .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .innerJoin("devices as d", "d.id", "a.deviceId")
    .leftJoin("plans as p", (join) =>
      join.onRef("p.code", "=", "s.plan").onRef("p.version", "=", "s.planVersion"),
    )
    // In a query around this one a name of several words would not be translated.
    .select(["a.id", "a.createdAt as since", "c.telegramId as owner", "s.id as about"])
    .select(["d.locationId as pick", "p.locationGroups as groups", hasPaid.as("paid")])
    .where(isWaiting(now));

/** With the turn of each among those of its pick and plan, from 1. */
const selectTurns = (db: Queries, now: Instant) =>
  selectWaiting(db, now).select((of) =>
    of.fn
      .agg<number>("row_number")
      .over((over) =>
        over
          .partitionBy(["d.locationId", "s.plan", "s.planVersion"])
          .orderBy("a.createdAt")
          .orderBy("a.id"),
      )
      .as("turn"),
  );
