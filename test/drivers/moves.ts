import { randomUUID } from "node:crypto";
import { recordApplied } from "../../db/access/host-changes.ts";
import {
  moveAccess,
  type MoveOrder,
  type MovePorts,
  type MoveResult,
} from "../../db/access/moves.ts";
import { recordTraffic } from "../../db/access/traffic.ts";
import { serverAddressOf } from "../../domain/access/address-pool.ts";
import type { DeviceId, HostId } from "../../domain/ids.ts";
import { hourMs, type Instant, instant } from "../../domain/time.ts";
import { newTunnelAccess } from "../../gateways/hosts/amneziawg/tunnel.ts";
import { hostSettings } from "../../gateways/hosts/registry.ts";
import { memoryHostSettings } from "../gateways/hosts/host-settings.ts";
import type { AccessBooks, Subscriber } from "./access-books.ts";

const now = (): Instant => instant(new Date());

/** A host of tunnels with a network of its own. */
export function tunnels(place: number, capacity = 200) {
  const network = `10.77.${place}.0/24`;
  const inside = { ...memoryHostSettings(), network, serverAddress: serverAddressOf(network) };
  // Of hosts with equal load the first by name is chosen.
  return { name: `a${randomUUID()}`, capacity, weight: 1, settings: hostSettings.parse(inside) };
}

/** A host of users. */
export const panel = (capacity = 200) => {
  return { name: `b${randomUUID()}`, capacity, weight: 1, settings: { kind: "panel" } };
};

/** A move by a customer, with an hour of overlap. */
export const moveOrder = (given: Partial<MoveOrder> = {}): MoveOrder => ({
  overlapMs: hourMs,
  cause: "customer",
  requestId: randomUUID(),
  now: now(),
  ...given,
});

/** Moves devices as the product does, and plays their hosts. */
export class MovingDevices {
  readonly #books: AccessBooks;

  constructor(books: AccessBooks) {
    this.#books = books;
  }

  get ports(): MovePorts {
    return { vault: this.#books.vault, newAccess: newTunnelAccess };
  }

  move(device: DeviceId, given: Partial<MoveOrder> = {}): Promise<MoveResult> {
    return this.#books.inTransaction((tx) =>
      moveAccess(tx, this.ports, { ...moveOrder(given), deviceId: device }),
    );
  }

  /** Its host has this access. */
  apply(accessId: string, at = now()): Promise<void> {
    return this.#books.inTransaction((tx) => recordApplied(tx, [accessId], at));
  }

  /** Its host has seen this identity connect. */
  see(host: HostId, identity: string, at = now()): Promise<void> {
    const counter = { identity, uploadedBytes: 0, downloadedBytes: 0, lastHandshakeAt: at };
    const reading = { hostId: host, epoch: "one", counters: [counter], now: at };
    return this.#books.inTransaction((tx) => recordTraffic(tx, reading));
  }

  /** All accesses of a device, the oldest first. */
  accessesOf(device: DeviceId) {
    return this.#books.queries
      .selectFrom("accesses")
      .selectAll()
      .where("deviceId", "=", device)
      .orderBy("id")
      .execute();
  }

  /** A device that its host has, with the key sent. */
  async onHost(): Promise<{ readonly owner: Subscriber; readonly device: DeviceId }> {
    const owner = await this.#books.subscriber();
    const { id: device } = await this.#books.add(owner);
    await this.apply((await this.#books.accessOf(device)).id);
    return { owner, device };
  }
}
