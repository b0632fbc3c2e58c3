import { sql } from "kysely";
import {
  type DeviceId,
  deviceId,
  type SubscriptionId,
  subscriptionId,
} from "../../../domain/ids.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import type { Location, LocationCode, LocationLabel } from "../../../domain/access/location.ts";
import type { TrafficOnDay } from "../../../domain/access/traffic-days.ts";
import { monthOf, type TrafficInMonth } from "../../../domain/access/traffic-months.ts";
import type { Day } from "../../../domain/zone.ts";
import { countAll, countWhere, sumOf } from "../../expressions.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { isGoingOn } from "./access-rights.ts";

/**
 * A device as its owner and admins see it, without secrets. Bytes are totals since it was added.
 */
export interface DeviceDetails {
  readonly id: DeviceId;
  readonly name: string;
  /**
   * Where its current access is; undefined while it waits for time or for a host with room. On a
   * panel it has no address.
   */
  readonly place:
    | {
        readonly host: string;
        readonly address: string | undefined;
        /** Left out: its host is in none. */
        readonly location?: LocationLabel;
      }
    | undefined;
  /** The location that its owner has picked; left out: any. */
  readonly pick?: LocationLabel & Pick<Location, "code">;
  readonly addedAt: Instant;
  /** When its owner last chose to use it before their other devices. */
  readonly chosenAt: Instant | undefined;
  /** When it ends before the time does; undefined: it does not. */
  readonly endsAt: Instant | undefined;
  /** The plan has no room for it. */
  readonly isPaused: boolean;
  /** False: its owner alone has the key, which was made before the shop had this host. */
  readonly isKeyKnown: boolean;
  readonly uploaded: number;
  readonly downloaded: number;
  readonly uploadedToday: number;
  readonly downloadedToday: number;
  readonly lastHandshakeAt: Instant | undefined;
}

/** How many devices a subscription has. */
export interface DeviceCount {
  readonly held: number;
  /** Those that plan and purchases have no place for. */
  readonly off: number;
}

/** Devices, for display. */
export class DeviceQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** How many devices of a subscription are not revoked. */
  async count(subscription: SubscriptionId, now: Instant): Promise<DeviceCount> {
    const { held, on } = await queriesOf(this.#em)
      .selectFrom("devices as d")
      .leftJoin("accesses as a", (join) =>
        join.onRef("a.deviceId", "=", "d.id").on("a.retiredAt", "is", null),
      )
      .select([countAll.as("held"), countWhere(isGoingOn(now)).as("on")])
      .where("d.subscriptionId", "=", subscription as string)
      .where("d.revokedAt", "is", null)
      .executeTakeFirstOrThrow();
    return { held, off: held - on };
  }

  /** The subscription of a device, whoever asks; undefined: there is no such device. */
  async findSubscription(of: DeviceId): Promise<SubscriptionId | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("devices")
      .select("subscriptionId")
      .where("id", "=", of as string)
      .executeTakeFirst();
    return row && subscriptionId(row.subscriptionId);
  }

  /**
   * What the devices of a subscription, revoked ones as well, have moved on each day since `since`;
   * days without traffic are left out. Days are those of UTC.
   */
  async listDays(subscription: SubscriptionId, since: Day): Promise<TrafficOnDay[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("traffic_daily as y")
      .innerJoin("devices as d", "d.id", "y.deviceId")
      .select((day) => [
        sql<Day>`to_char(y.day, 'YYYY-MM-DD')`.as("on"),
        sumOf(day.ref("y.uploaded")).as("uploaded"),
        sumOf(day.ref("y.downloaded")).as("downloaded"),
      ])
      .where("d.subscriptionId", "=", subscription as string)
      .where("y.day", ">=", since)
      .groupBy("y.day")
      .execute();
    return rows.map(({ on: day, uploaded, downloaded }) => ({
      day,
      uploaded: uploaded ?? 0,
      downloaded: downloaded ?? 0,
    }));
  }

  /**
   * What the devices of a subscription, revoked ones as well, have moved in each month since the one
   * that begins with `since`; months without traffic are left out. Months are those of UTC.
   */
  async listMonths(subscription: SubscriptionId, since: Day): Promise<TrafficInMonth[]> {
    const month = sql<Day>`to_char(t.month, 'YYYY-MM-DD')`;
    const rows = await queriesOf(this.#em)
      .selectFrom((of) =>
        of
          .selectFrom("traffic_months as m")
          .select(["m.deviceId", "m.month", "m.uploaded", "m.downloaded"])
          .where("m.month", ">=", since)
          .unionAll(
            of
              .selectFrom("traffic_daily as y")
              .select(["y.deviceId", sql<Day>`date_trunc('month', y.day)::date`.as("month")])
              .select(["y.uploaded", "y.downloaded"])
              .where("y.day", ">=", since),
          )
          .as("t"),
      )
      .innerJoin("devices as d", "d.id", "t.deviceId")
      .select((of) => [
        month.as("since"),
        sumOf(of.ref("t.uploaded")).as("uploaded"),
        sumOf(of.ref("t.downloaded")).as("downloaded"),
      ])
      .where("d.subscriptionId", "=", subscription as string)
      .groupBy("t.month")
      .execute();
    return rows.map(({ since: first, uploaded, downloaded }) => {
      return { month: monthOf(first), uploaded, downloaded };
    });
  }

  /**
   * The devices of a subscription that are not revoked, oldest first.
   * `now` says which day is today.
   */
  async list(subscription: SubscriptionId, now: Instant): Promise<DeviceDetails[]> {
    const db = queriesOf(this.#em);
    const rows = await db
      .selectFrom("devices as d")
      .innerJoin("subscriptions as s", "s.id", "d.subscriptionId")
      .leftJoin("accesses as a", (join) =>
        join.onRef("a.deviceId", "=", "d.id").on("a.retiredAt", "is", null),
      )
      .leftJoin("hosts as h", "h.id", "a.hostId")
      .leftJoin("locations as hl", "hl.id", "h.locationId")
      .leftJoin("locations as dl", "dl.id", "d.locationId")
      .select(["hl.flag", "hl.names", "dl.code", "dl.flag as pickFlag", "dl.names as pickNames"])
      // A device had one identity per key, and each counts its own traffic.
      .leftJoinLateral(
        (of) =>
          of
            .selectFrom("traffic_counters as k")
            .select((counter) => [
              sumOf(counter.ref("k.uploaded")).as("uploaded"),
              sumOf(counter.ref("k.downloaded")).as("downloaded"),
              counter.fn.max("k.lastHandshakeAt").as("latest"),
            ])
            .whereRef("k.deviceId", "=", "d.id")
            .as("t"),
        (join) => join.onTrue(),
      )
      // Each host counts a day for itself.
      .leftJoinLateral(
        (of) =>
          of
            .selectFrom("traffic_daily as p")
            .select((part) => [
              sumOf(part.ref("p.uploaded")).as("uploaded"),
              sumOf(part.ref("p.downloaded")).as("downloaded"),
            ])
            .whereRef("p.deviceId", "=", "d.id")
            .where("p.day", "=", now.slice(0, 10))
            .as("y"),
        (join) => join.onTrue(),
      )
      .select([
        "d.id",
        "d.name",
        "d.createdAt",
        "d.chosenAt",
        "h.name as host",
        "a.address",
        "a.endsAt",
        "a.pausedAt",
        "a.isKeyKnown",
      ])
      .select(["t.uploaded", "t.downloaded", "t.latest"])
      .select(["y.uploaded as uploadedToday", "y.downloaded as downloadedToday"])
      .where("d.subscriptionId", "=", subscription as string)
      .where("d.revokedAt", "is", null)
      .orderBy("d.createdAt")
      .orderBy("d.id")
      .execute();
    return rows.map((row) => ({
      id: deviceId(row.id),
      name: row.name,
      ...placeOf(row),
      addedAt: instant(row.createdAt),
      chosenAt: row.chosenAt === null ? undefined : instant(row.chosenAt),
      endsAt: row.endsAt === null ? undefined : instant(row.endsAt),
      isPaused: row.pausedAt !== null,
      isKeyKnown: row.isKeyKnown ?? true,
      uploaded: row.uploaded ?? 0,
      downloaded: row.downloaded ?? 0,
      uploadedToday: row.uploadedToday ?? 0,
      downloadedToday: row.downloadedToday ?? 0,
      lastHandshakeAt: row.latest ? instant(row.latest) : undefined,
    }));
  }
}

interface PlacedRow {
  readonly host: string | null;
  readonly address: string | null;
  readonly flag: string | null;
  readonly names: Location["names"] | null;
  readonly code: string | null;
  readonly pickFlag: string | null;
  readonly pickNames: Location["names"] | null;
}

function placeOf(row: PlacedRow): Pick<DeviceDetails, "place" | "pick"> {
  const { host, address, flag, names, code, pickFlag, pickNames } = row;
  const location = flag === null || names === null ? {} : { location: { flag, names } };
  const pick =
    code === null || pickFlag === null || pickNames === null
      ? {}
      : { pick: { code: code as LocationCode, flag: pickFlag, names: pickNames } };
  const place = host === null ? undefined : { host, address: address ?? undefined, ...location };
  return { place, ...pick };
}
