import { v7 } from "uuid";
import { type Location, suits } from "../../domain/access/location.ts";
import { moveAway, type MoveCause } from "../../domain/access/move.ts";
import { assignHosts, hasRoom } from "../../domain/access/placement.ts";
import { panelUserName } from "../../domain/derived-ids.ts";
import { type DeviceId, deviceId, type HostId, hostId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { anyId } from "../prepared.ts";
import { listLocations } from "../queries/access/locations.ts";
import { insertRows, recordsOf } from "../rows.ts";
import type { Vault } from "../vault.ts";
import { accessPurpose, type MadeAccess } from "./devices.ts";
import { type FreePlace, freePlaces } from "./free-places.ts";
import { lockMoving, lockSubscriptions, type MovingAccess } from "./moving-accesses.ts";
import { lockPlaces, type Place, selectHostsWithRoom } from "./placement.ts";

/** What creates and seals the credentials of a successor. */
export interface MovePorts {
  readonly vault: Vault;
  readonly newAccess: () => MadeAccess;
}

/** How accesses are moved. */
export interface MoveOrder {
  /** The hosts that they may come to; undefined: any on which they need no other app. */
  readonly to?: readonly HostId[] | undefined;
  /** How long the old access lasts once the new one is on its host; 0: it ends at once. */
  readonly overlapMs: number;
  readonly cause: MoveCause;
  /** What the move is made for, which moves a device once. */
  readonly requestId: string;
  /** The migration of a host that it is a part of. */
  readonly migrationId?: string;
  readonly now: Instant;
}

/** What moving a device came to. */
export type MoveResult =
  | { readonly kind: "moved"; readonly accessId: string; readonly hostId: HostId }
  /** Its host is lost, no other one has room, and it waits for one. */
  | { readonly kind: "waits" }
  /** No host that it may come to has room: it stays where it is. */
  | { readonly kind: "noRoom" }
  /** It is revoked, or has no host and waits for one already. */
  | { readonly kind: "nothingToMove" };

/**
 * Gives a device's access a successor on another host, which its owner is sent the key of when that
 * host has it; see `moveAccesses`.
 */
export async function moveAccess(
  db: Queries,
  ports: MovePorts,
  { deviceId: id, ...order }: MoveOrder & { readonly deviceId: DeviceId },
): Promise<MoveResult> {
  const results = await moveAccesses(db, ports, { ...order, deviceIds: [id] });
  return results.get(id) ?? { kind: "nothingToMove" };
}

/**
 * Gives the accesses of these devices successors on the least loaded hosts that are open, answer,
 * have room and are where each device may be, never on the host that a device is on. The old ones last as `moveAway` says. Where both
 * hosts are panels the credentials stay the same. Each device is moved once per `requestId`. Call it
 * in a transaction: it locks subscriptions, then places.
 */
export async function moveAccesses(
  db: Queries,
  ports: MovePorts,
  order: MoveOrder & { readonly deviceIds: readonly DeviceId[] },
): Promise<ReadonlyMap<DeviceId, MoveResult>> {
  await lockSubscriptions(db, order.deviceIds);
  await lockPlaces(db);
  const results = await findMoved(db, order);
  const left = order.deviceIds.filter((id) => !results.has(id));
  const locations = await listLocations(db);
  const moving = await lockMoving(db, left, locations, order.now);
  const move = new Move(db, ports, { ...order, locations });
  for (const [id, result] of await move.all(moving)) results.set(id, result);
  return results;
}

const requestOf = ({ requestId }: MoveOrder, device: string): string =>
  `move/${requestId}/${device}`;

/** What this order came to before, for those that it has moved. */
async function findMoved(
  db: Queries,
  order: MoveOrder & { readonly deviceIds: readonly DeviceId[] },
): Promise<Map<DeviceId, MoveResult>> {
  const rows = await db
    .selectFrom("accesses as a")
    .select(["a.id", "a.deviceId", "a.hostId", "a.requestId"])
    .where("a.deviceId", "=", anyId(order.deviceIds))
    .where("a.moveCause", "is not", null)
    .execute();
  const done = rows.filter((row) => row.requestId === requestOf(order, row.deviceId));
  return new Map(done.map((row) => [deviceId(row.deviceId), resultOf(row.id, row.hostId)]));
}

const resultOf = (accessId: string, host: string | null): MoveResult =>
  host === null ? { kind: "waits" } : { kind: "moved", accessId, hostId: hostId(host) };

/** A successor's host and addresses; null: it waits for a host. */
interface Target {
  readonly host: Place | null;
  readonly place: FreePlace;
}

/** Without a host there is no address. */
const nowhere: FreePlace = { address: null, address6: null };

/** An order with the locations that there are. */
type LocatedOrder = MoveOrder & { readonly locations: readonly Location[] };

/** One order in its transaction. */
class Move {
  readonly #db: Queries;
  readonly #ports: MovePorts;
  readonly #order: LocatedOrder;

  constructor(db: Queries, ports: MovePorts, order: LocatedOrder) {
    this.#db = db;
    this.#ports = ports;
    this.#order = order;
  }

  async all(moving: readonly MovingAccess[]): Promise<Map<DeviceId, MoveResult>> {
    const results = new Map<DeviceId, MoveResult>();
    const { to, cause, now } = this.#order;
    let places = (await selectHostsWithRoom(this.#db, this.#order.locations, now)).filter(
      ({ id, isAway }) => !isAway && (to?.includes(hostId(id)) ?? true),
    );
    for (const some of Map.groupBy(moving, ({ hostId: source }) => source).values()) {
      const isPanel = some[0]?.network === null;
      const isAlike = ({ network }: Place) => (network === null) === isPanel;
      let left: readonly MovingAccess[] = some;
      // Another kind of host means another app: only where it is named, or there is no choice.
      const isAnyKind = to !== undefined || cause === "lost";
      for (const fits of isAnyKind && to === undefined ? [isAlike, () => true] : [isAlike]) {
        const chosen = to === undefined ? places.filter(fits) : places;
        const filled = await this.#fill(left, chosen, results);
        left = filled.left;
        places = places.map((place) => filled.places.get(place.id) ?? place).filter(hasRoom);
      }
      for (const access of left)
        results.set(deviceId(access.deviceId), await this.#without(access));
    }
    return results;
  }

  /** What becomes of an access that no host has room for. */
  async #without(access: MovingAccess): Promise<MoveResult> {
    if (this.#order.cause !== "lost") return { kind: "noRoom" };
    await this.#write([{ access, target: { host: null, place: nowhere } }]);
    return { kind: "waits" };
  }

  /** Moves as many of these as the places have room for. */
  async #fill(
    moving: readonly MovingAccess[],
    places: readonly Place[],
    results: Map<DeviceId, MoveResult>,
  ) {
    let left = moving;
    const after = new Map<string, Place>();
    let open = places.filter(({ id }) => id !== moving[0]?.hostId);
    while (left.length > 0 && open.length > 0) {
      const assigned = assignHosts(left, open, this.#isSuitable);
      // Hosts with room are left, and none of them is where a device may be.
      if (assigned.size === 0) break;
      const full = new Set<string>();
      for (const host of open) {
        const accesses = assigned.get(host.id) ?? [];
        if (accesses.length === 0) continue;
        const free = await freePlaces(this.#db, host, accesses.length);
        const moved = accesses.slice(0, free.length);
        const writes = moved.map((access, index) => {
          return { access, target: { host, place: free[index] ?? nowhere } };
        });
        for (const [id, result] of await this.#write(writes)) results.set(id, result);
        left = left.filter((access) => !moved.includes(access));
        after.set(host.id, { ...host, living: host.living + moved.length });
        // Its network is full, even if its capacity is not reached.
        if (free.length < accesses.length) full.add(host.id);
      }
      open = open.filter(({ id }) => !full.has(id)).map((host) => after.get(host.id) ?? host);
      open = open.filter(hasRoom);
    }
    return { left, places: after };
  }

  /** Hosts that are named are taken wherever they are. */
  readonly #isSuitable = ({ wants }: MovingAccess, { location }: Place): boolean =>
    this.#order.to !== undefined || suits(wants, location);

  async #write(
    moves: readonly { readonly access: MovingAccess; readonly target: Target }[],
  ): Promise<[DeviceId, MoveResult][]> {
    if (moves.length === 0) return [];
    await this.#retire(moves.map(({ access }) => access));
    const rows = moves.map(({ access, target }) => this.#rowOf(access, target));
    await insertRows(this.#db, "accesses", rows).execute();
    return rows.map((row) => [deviceId(row.deviceId), resultOf(row.id, row.hostId)]);
  }

  async #retire(accesses: readonly MovingAccess[]): Promise<void> {
    const { now, overlapMs, cause } = this.#order;
    const records = accesses.map(({ id, givenAt, isUsable }) => {
      const held = { id, isGiven: givenAt !== null, retiredAt: undefined };
      const [moved] = moveAway([held], { mayUse: isUsable, overlapMs, now });
      // A host that is lost does not say any more that it has removed anything.
      const removed = cause === "lost" ? new Date(now) : null;
      return { id, at: new Date(moved?.retiredAt ?? now), removed };
    });
    await this.#db
      .updateTable("accesses")
      .from(recordsOf(records, "n", { id: "uuid", at: "timestamptz", removed: "timestamptz" }))
      .set((of) => ({ retiredAt: of.ref("n.at"), removedAt: of.ref("n.removed") }))
      .whereRef("accesses.id", "=", "n.id")
      .execute();
  }

  #rowOf(access: MovingAccess, { host, place }: Target) {
    const { vault, newAccess } = this.#ports;
    const { now, cause, overlapMs } = this.#order;
    const id = v7();
    const arePanels = host !== null && host.network === null && access.network === null;
    // Panels refuse two users with the same secrets.
    const isFree = host !== null && !access.before.includes(host.id);
    const fresh = newAccess();
    const kept = arePanels && isFree ? this.#secretsOf(access) : undefined;
    return {
      id,
      deviceId: access.deviceId,
      subscriptionId: access.subscriptionId,
      hostId: host?.id ?? null,
      ...place,
      placedAt: host === null ? null : new Date(now),
      identity: host !== null && host.network === null ? panelUserName(id) : fresh.identity,
      secretsEncrypted: vault.seal(kept ?? fresh.secrets, accessPurpose(id)),
      presharedHash: kept === undefined ? fresh.presharedHash : access.presharedHash,
      requestId: requestOf(this.#order, access.deviceId),
      endsAt: access.endsAt,
      pausedAt: access.pausedAt,
      overlapMs,
      moveCause: cause,
      migrationId: this.#order.migrationId ?? null,
      keepsKey: arePanels && access.hasLink,
      createdAt: new Date(now),
      onHost: false,
      putBegun: false,
    };
  }

  /** Undefined: they cannot be opened, and the device gets new ones. */
  #secretsOf({ id, secretsEncrypted }: MovingAccess): string | undefined {
    try {
      return this.#ports.vault.open(secretsEncrypted, accessPurpose(id));
    } catch {
      return undefined;
    }
  }
}
