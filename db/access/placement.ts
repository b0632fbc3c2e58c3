import { isOpenTo, type Location, suits } from "../../domain/access/location.ts";
import { assignHosts, hasRoom, type HostLoad } from "../../domain/access/placement.ts";
import { panelUserName } from "../../domain/derived-ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import type { Notice } from "../../domain/messaging/notice.ts";
import type { Instant } from "../../domain/time.ts";
import { lockByName } from "../advisory-lock.ts";
import { countAll, moment } from "../expressions.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { hasTime, isRetired } from "../queries/access/access-rights.ts";
import { listLocations } from "../queries/access/locations.ts";
import { recordsOf } from "../rows.ts";
import { freeAddresses, type FreePlace, freePlaces } from "./free-places.ts";
import { hostTroubleTo } from "./waiting-notices.ts";
import { listLongestWaiting, type WaitingAccess } from "./waiting-accesses.ts";

/** Accesses placed per transaction; the next one places the rest. */
const atOnce = 1_000;

/** A host as placement sees it. */
export interface Place extends HostLoad {
  /** Null: a panel, whose users have names of their own instead of addresses. */
  readonly network: string | null;
  readonly network6: string | null;
  /** It does not answer, nobody reaches it, or it is in maintenance. */
  readonly isAway: boolean;
  readonly isMaintained: boolean;
  /** Undefined: the host is in none. */
  readonly location: Location | undefined;
}

/**
 * Gives a host and an address to accesses that have time and no place, the longest waiting first,
 * each on the least loaded host that is open, answers, has room and is where its device may be.
 * Owners of accesses that cannot be placed are notified once.
 * @returns how many are left without a place.
 */
export async function placeWaiting(db: Queries, now: Instant): Promise<number> {
  await lockPlaces(db);
  const locations = await listLocations(db);
  let waiting = await listLongestWaiting(db, locations, { now, limit: atOnce });
  if (waiting.length === 0) return 0;
  const hosts = await selectHostsWithRoom(db, locations, now);
  let places = hosts.filter((host) => !host.isAway);
  while (waiting.length > 0 && places.length > 0) {
    const assigned = assignHosts(waiting, places, isSuitable);
    if (assigned.size === 0) break;
    const placed = new Set<string>();
    const left: Place[] = [];
    for (const place of places) {
      const accesses = assigned.get(place.id) ?? [];
      if (accesses.length === 0) {
        left.push(place);
        continue;
      }
      const free = await freePlaces(db, place, accesses.length);
      await assignPlaces(db, { place, accesses, free, now });
      for (const { id } of accesses.slice(0, free.length)) placed.add(id);
      // Otherwise its network is full, even if its capacity is not reached.
      if (free.length === accesses.length)
        left.push({ ...place, living: place.living + free.length });
    }
    waiting = waiting.filter(({ id }) => !placed.has(id));
    places = left.filter(hasRoom);
  }
  // If a host with room does not answer, that host is what the customers wait for.
  const away = hosts.filter((host) => host.isAway);
  await enqueue(
    db,
    waiting.map((access) => {
      const { id, telegramId: to, about } = access;
      const suitable = away.filter((host) => isSuitable(access, host));
      if (suitable.length === 0) return noticeTo(to, `no-room/${id}`, noHostFree(access), about);
      const isMaintained = suitable.every((host) => host.isMaintained);
      return hostTroubleTo(to, { id, about, isMaintained });
    }),
  );
  return waiting.length;
}

/** Who waits for the place that they have picked is told which it is. */
function noHostFree({ wants: { pick, rights } }: WaitingAccess): Notice {
  if (pick === undefined || !isOpenTo(pick, rights)) return { kind: "noHostFree" };
  return { kind: "noHostFree", location: { flag: pick.flag, names: pick.names } };
}

const isSuitable = ({ wants }: WaitingAccess, { location }: Place): boolean =>
  suits(wants, location);

/**
 * Keeps two transactions from choosing the same address; the unique index would reject the second.
 */
export async function lockPlaces(db: Queries): Promise<void> {
  await lockByName(db, "device places");
}

/** The hosts that take devices and have room, also those that do not answer. */
export async function selectHostsWithRoom(
  db: Queries,
  locations: readonly Location[],
  now: Instant,
): Promise<Place[]> {
  const rows = await db
    .selectFrom("hosts as h")
    .select(["h.id", "h.network", "h.network6", "h.capacity", "h.weight"])
    .select(["h.awaySince", "h.sickSince", "h.maintenanceId", "h.locationId"])
    .select((of) =>
      of
        .selectFrom("accesses as a")
        .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
        .select(countAll.as("count"))
        .whereRef("a.hostId", "=", "h.id")
        .where("a.removedAt", "is", null)
        .where((it) => it.not(isRetired(now)))
        .where(hasTime(now))
        .as("living"),
    )
    .select((of) =>
      of
        .selectFrom("external_users as e")
        .select(countAll.as("count"))
        .whereRef("e.hostId", "=", "h.id")
        .as("external"),
    )
    .where("h.state", "=", "open")
    .where("h.weight", ">", 0)
    .orderBy("h.name")
    .execute();
  return rows
    .map(({ awaySince, sickSince, maintenanceId, living, external, locationId, ...host }) => ({
      ...host,
      // Whoever is not ours and stays there needs room, too.
      living: (living ?? 0) + (external ?? 0),
      isAway: awaySince !== null || sickSince !== null || maintenanceId !== null,
      isMaintained: maintenanceId !== null,
      location: locations.find(({ id }) => id === locationId),
    }))
    .filter(hasRoom);
}

async function assignPlaces(
  db: Queries,
  assignment: {
    readonly place: Place;
    readonly accesses: readonly WaitingAccess[];
    readonly free: readonly FreePlace[];
    readonly now: Instant;
  },
): Promise<void> {
  const { place, accesses, free, now } = assignment;
  if (free.length === 0) return;
  const records = free.map(({ address, address6 }, index) => {
    const { id } = accesses[index]!;
    return { id, address, address6, name: address === null ? panelUserName(id) : null };
  });
  await db
    .updateTable("accesses")
    .from(recordsOf(records, "n", { id: "uuid", address: "text", address6: "text", name: "text" }))
    .set((of) => ({
      hostId: place.id,
      address: of.ref("n.address"),
      address6: of.ref("n.address6"),
      identity: of.fn.coalesce("n.name", "accesses.identity"),
      placedAt: moment(now),
    }))
    .whereRef("accesses.id", "=", "n.id")
    .where("accesses.hostId", "is", null)
    .execute();
}

/**
 * Gives another address to accesses of this host whose key was not sent yet and whose address an
 * unknown peer was found to hold.
 */
export async function moveFromUnknownPeers(
  db: Queries,
  hostId: string,
  now: Instant,
): Promise<void> {
  const inTheWay = () =>
    db
      .selectFrom("accesses as a")
      .innerJoin("hosts as h", "h.id", "a.hostId")
      .select(["a.id", "h.network", "h.network6"])
      .where("a.hostId", "=", hostId)
      .where("a.removedAt", "is", null)
      .where("a.retiredAt", "is", null)
      .where("a.givenAt", "is", null)
      .where((of) =>
        of.exists(
          of
            .selectFrom("unknown_peers as u")
            .select("u.identity")
            .whereRef("u.hostId", "=", "a.hostId")
            .where((it) =>
              it.or([
                it.fn<boolean>("jsonb_exists", ["u.addresses", "a.address"]),
                it.fn<boolean>("jsonb_exists", ["u.addresses", "a.address6"]),
              ]),
            ),
        ),
      )
      .execute();
  if ((await inTheWay()).length === 0) return;
  await lockPlaces(db);
  const rows = await inTheWay();
  const [any] = rows;
  if (any?.network == null) return;
  const place = { id: hostId, network: any.network, network6: any.network6 };
  const free = await freeAddresses(db, place, rows.length);
  const records = free.map((addresses, index) => ({ id: rows[index]!.id, ...addresses }));
  await db
    .updateTable("accesses")
    .from(recordsOf(records, "n", { id: "uuid", address: "text", address6: "text" }))
    .set((of) => ({
      address: of.ref("n.address"),
      address6: of.ref("n.address6"),
      refusal: null,
      placedAt: moment(now),
    }))
    .whereRef("accesses.id", "=", "n.id")
    .execute();
}
