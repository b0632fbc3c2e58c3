import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import { addressesOf } from "../domain/address-pool.ts";
import {
  type DeviceId,
  deviceId,
  type HostId,
  hostId,
  type SubscriptionId,
} from "../domain/ids.ts";
import { letsIn } from "../domain/subscription.ts";
import type { Instant } from "../domain/time.ts";
import { DeviceRow, RetiredKeyRow } from "./device.ts";
import { insertOnce } from "./insert-once.ts";
import { sql } from "./prepared.ts";
import { SubscriptionRow } from "./subscription.ts";
import type { Vault } from "./vault.ts";

export interface DeviceKeys {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly presharedKey: string;
}

export interface DeviceAccess {
  readonly hostId: HostId;
  readonly subscriptionId: SubscriptionId;
  /** Whether the books let this device in now. */
  readonly letIn: boolean;
  readonly access: {
    readonly deviceId: DeviceId;
    readonly label: string;
    readonly tunnel: DeviceKeys & { readonly address: string };
  };
}

export type Added =
  | { readonly kind: "added" }
  | { readonly kind: "limit"; readonly limit: number }
  | { readonly kind: "noHost" };

/** A key that is ours and must not be on its host. */
export interface UnwantedKey {
  readonly publicKey: string;
  readonly hostId: HostId;
}

const secret = { populate: ["privateKeyEncrypted", "presharedKeyEncrypted"] } as const;

export class Devices {
  readonly #em: EntityManager;
  readonly #vault: Vault;

  constructor(em: EntityManager, vault: Vault) {
    this.#em = em;
    this.#vault = vault;
  }

  /**
   * Gives the subscription a device with its own keys and an address that no other device on its host has:
   * the database's unique index says so, a race is tried again. The same id is added once.
   */
  async addOnce(
    id: DeviceId,
    given: { subscriptionId: SubscriptionId; name: string; requestId: string },
    keys: DeviceKeys,
  ): Promise<Added> {
    return this.#em.fork().transactional(async (em): Promise<Added> => {
      const { subscriptionId } = given;
      const subscription = await em.findOneOrFail(
        SubscriptionRow,
        { id: subscriptionId },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if ((await em.count(DeviceRow, { id })) > 0) return { kind: "added" };
      const limit = subscription.deviceLimit;
      const held = await em.count(DeviceRow, { subscriptionId, revokedAt: null });
      if (held >= limit) return { kind: "limit", limit };
      const place = await freePlace(em);
      if (place === undefined) return { kind: "noHost" };
      await em.insert(DeviceRow, {
        id,
        subscriptionId,
        ...place,
        name: given.name,
        ...this.#sealed(id, keys),
        keysFrom: given.requestId,
      });
      return { kind: "added" };
    });
  }

  /** Replaces a device's keys once per request; the old key is retired, to be taken off the host. */
  async rekeyOnce(id: DeviceId, requestId: string, keys: DeviceKeys): Promise<boolean> {
    return this.#em.fork().transactional(async (em) => {
      const row = await em.findOne(
        DeviceRow,
        { id, revokedAt: null },
        { lockMode: LockMode.PESSIMISTIC_WRITE, populate: ["keysFrom"] },
      );
      if (row === null) return false;
      if (row.keysFrom === requestId) return true;
      await retire(em, row);
      em.assign(row, { ...this.#sealed(id, keys), keysFrom: requestId, deliveredAt: null });
      return true;
    });
  }

  /** The device's name, or undefined when it is not there (any more). */
  async rename(id: DeviceId, name: string): Promise<string | undefined> {
    const changed = await this.#em
      .fork()
      .nativeUpdate(DeviceRow, { id, revokedAt: null }, { name });
    return changed > 0 ? name : undefined;
  }

  /** The revoked device's name; the key is retired in the same transaction. Undefined: no such device. */
  async revokeOnce(id: DeviceId, now: Instant): Promise<string | undefined> {
    return this.#em.fork().transactional(async (em) => {
      const row = await em.findOne(DeviceRow, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) return undefined;
      if (!row.revokedAt) {
        row.revokedAt = new Date(now);
        await retire(em, row);
      }
      return row.name;
    });
  }

  async access(id: DeviceId): Promise<DeviceAccess | undefined> {
    const em = this.#em.fork();
    const row = await em.findOne(DeviceRow, { id, revokedAt: null }, secret);
    if (row === null) return undefined;
    const { state } = await em.findOneOrFail(SubscriptionRow, { id: row.subscriptionId });
    return this.#opened(row, letsIn(state));
  }

  async ofSubscription(subscriptionId: SubscriptionId): Promise<DeviceAccess[]> {
    const em = this.#em.fork();
    const { state } = await em.findOneOrFail(SubscriptionRow, { id: subscriptionId });
    const rows = await em.find(DeviceRow, { subscriptionId, revokedAt: null }, secret);
    return rows.map((row) => this.#opened(row, letsIn(state)));
  }

  /** Every living device of a host. */
  async onHost(host: HostId): Promise<DeviceAccess[]> {
    const em = this.#em.fork();
    const rows = await em.find(DeviceRow, { hostId: host, revokedAt: null }, secret);
    const ids = [...new Set(rows.map(({ subscriptionId }) => subscriptionId))];
    const subscriptions = await em.find(SubscriptionRow, { id: { $in: ids } });
    const letIn = new Set(subscriptions.filter(({ state }) => letsIn(state)).map(({ id }) => id));
    return rows.map((row) => this.#opened(row, letIn.has(row.subscriptionId)));
  }

  /** Retired keys that have not been seen to leave their host, of one subscription or of one host. */
  async retiredOf(
    where: { subscriptionId: SubscriptionId } | { hostId: HostId },
  ): Promise<UnwantedKey[]> {
    const em = this.#em.fork();
    const of =
      "hostId" in where
        ? { hostId: where.hostId }
        : { deviceId: { $in: (await em.find(DeviceRow, where)).map(({ id }) => id) } };
    const rows = await em.find(RetiredKeyRow, { ...of, removedAt: null });
    return rows.map((row) => ({ publicKey: row.publicKey, hostId: hostId(row.hostId) }));
  }

  /** Which of these keys were ours once and are not any more: a restored backup of a host may bring them back. */
  async retiredAmong(host: HostId, publicKeys: readonly string[]): Promise<string[]> {
    if (publicKeys.length === 0) return [];
    const rows = await this.#em
      .fork()
      .find(RetiredKeyRow, { hostId: host, publicKey: { $in: [...publicKeys] } });
    return rows.map(({ publicKey }) => publicKey);
  }

  async markRemoved(publicKey: string, now: Instant): Promise<void> {
    await this.#em.fork().nativeUpdate(RetiredKeyRow, { publicKey }, { removedAt: now });
  }

  async markDelivered(id: DeviceId, now: Instant): Promise<void> {
    await this.#em.fork().nativeUpdate(DeviceRow, { id }, { deliveredAt: now });
  }

  /** Whether it was ever added. */
  async isThere(id: DeviceId): Promise<boolean> {
    const found = await sql`select from devices where id = ${id}`.execute(this.#em.getKysely());
    return found.rows.length > 0;
  }

  /** Whose device this is or was. */
  async ownerOf(id: DeviceId): Promise<SubscriptionId | undefined> {
    const row = await this.#em.fork().findOne(DeviceRow, { id });
    return row ? (row.subscriptionId as SubscriptionId) : undefined;
  }

  /** Devices whose keys never reached their owner's chat. */
  async undelivered(subscriptionId: SubscriptionId): Promise<DeviceId[]> {
    const { rows } = await sql<{ id: string }>`
      select id from devices
       where subscription_id = ${subscriptionId} and revoked_at is null and delivered_at is null
    `.execute(this.#em.getKysely());
    return rows.map(({ id }) => deviceId(id));
  }

  #sealed(id: DeviceId, keys: DeviceKeys) {
    return {
      publicKey: keys.publicKey,
      privateKeyEncrypted: this.#vault.seal(keys.privateKey, `device/${id}/private`),
      presharedKeyEncrypted: this.#vault.seal(keys.presharedKey, `device/${id}/preshared`),
    };
  }

  #opened(row: DeviceRow, letIn: boolean): DeviceAccess {
    const { id, name: label, address, publicKey } = row;
    const privateKey = this.#vault.open(row.privateKeyEncrypted, `device/${id}/private`);
    const presharedKey = this.#vault.open(row.presharedKeyEncrypted, `device/${id}/preshared`);
    const tunnel = { address, publicKey, privateKey, presharedKey };
    return {
      hostId: hostId(row.hostId),
      subscriptionId: row.subscriptionId as SubscriptionId,
      letIn,
      access: { deviceId: deviceId(id), label, tunnel },
    };
  }
}

async function retire(em: EntityManager, row: DeviceRow): Promise<void> {
  const { publicKey, hostId, id } = row;
  const rows = [{ publicKey, hostId, deviceId: id }];
  await insertOnce(em, RetiredKeyRow, { rows, key: ["publicKey"] });
}

/**
 * The least loaded open host with room, and its lowest free address. The lock keeps two transactions from
 * wanting the same address; the unique index would refuse the second one anyway. An address whose last
 * device is still on the host is not free yet.
 */
async function freePlace(
  em: EntityManager,
): Promise<{ hostId: string; address: string } | undefined> {
  await em.execute("select pg_advisory_xact_lock(hashtext('device places'))");
  const rows: { id: string; network: string; server_address: string; used: string[] }[] =
    await em.execute(
      `select h.id, h.network, h.server_address, coalesce(u.used, '{}') as used
       from hosts h
       left join lateral (
         select array_agg(d.address) as used, count(*) filter (where d.revoked_at is null) as living
           from devices d
          where d.host_id = h.id and (d.revoked_at is null or exists (
            select 1 from retired_keys r where r.device_id = d.id and r.removed_at is null))
       ) u on true
      where h.state = 'open' and h.weight > 0 and coalesce(u.living, 0) < h.capacity
      order by coalesce(u.living, 0)::float / (h.capacity * h.weight), h.name`,
    );
  for (const { id, network, server_address: server, used } of rows) {
    const taken = new Set([...used, server]);
    for (const address of addressesOf(network)) {
      if (!taken.has(address)) return { hostId: id, address };
    }
  }
  return undefined;
}
