import { randomBytes, randomUUID } from "node:crypto";
import { addDevice, type AddDeviceResult } from "../../db/access/devices.ts";
import { type HostEntry, Hosts, settingsColumns } from "../../db/access/hosts.ts";
import { inTransaction, type Queries, queriesOf } from "../../db/orm.ts";
import { Vault } from "../../db/vault.ts";
import type { LimitPeriod } from "../../domain/access/limit-period.ts";
import {
  type DeviceId,
  deviceId,
  type HostId,
  hostId,
  locationId,
  type SubscriptionId,
  subscriptionId,
  type TelegramId,
  telegramId,
} from "../../domain/ids.ts";
import { addMs, dayMs, type Instant, instant } from "../../domain/time.ts";
import { newTunnelAccess } from "../../gateways/hosts/amneziawg/tunnel.ts";
import type { OpenDatabases } from "./database.ts";

/** A customer with a subscription. */
export interface Subscriber {
  readonly customerId: string;
  readonly subscriptionId: SubscriptionId;
  readonly telegramId: TelegramId;
}

/** How their subscription is; by default it has 30 days left and 3 devices. */
export interface SubscriberOptions {
  readonly paidUntil?: Instant | null;
  readonly deviceLimit?: number;
  readonly trafficLimitBytes?: number;
  /** The period of the limit, and when it ends; undefined: it has none. */
  readonly period?: { readonly kind: LimitPeriod; readonly endsAt: Instant };
}

/** Adds rows of people, devices and accesses as the product does. */
export class AccessBooks {
  readonly vault: Vault;
  readonly #db: OpenDatabases;
  #people = 5_000;

  constructor(db: OpenDatabases, vault = new Vault([{ id: "k1", key: randomBytes(32) }])) {
    this.#db = db;
    this.vault = vault;
  }

  /** Queries on a fork of its own, as the worker's role. */
  get queries(): Queries {
    return queriesOf(this.#db.writer.em.fork());
  }

  inTransaction<Result>(work: (db: Queries) => Promise<Result>): Promise<Result> {
    return inTransaction(this.#db.writer.em, work);
  }

  /**
   * Makes these the hosts that take devices, as they are given, and returns their ids in the same
   * order. Those of earlier tests take none.
   */
  async hosts(...entries: HostEntry[]): Promise<HostId[]> {
    const hosts = new Hosts(this.#db.writer.em, this.vault);
    await hosts.importOnce(entries);
    await this.queries.updateTable("hosts").set({ state: "draining" }).execute();
    for (const { name, capacity, weight, settings } of entries) {
      const columns = settingsColumns(this.vault, name, settings);
      const row = { capacity, weight, state: "open" as const, ...columns };
      await this.queries.updateTable("hosts").set(row).where("name", "=", name).execute();
    }
    const stored = await hosts.list();
    return entries.map(({ name }) => hostId(stored.find((host) => host.name === name)!.id));
  }

  /** Adds a person and returns their Telegram id. */
  async person(role: "admin" | "customer" = "customer"): Promise<TelegramId> {
    const id = telegramId((this.#people += 1));
    const at = new Date();
    const names = { firstName: "P", language: "en", role, status: "active" } as const;
    const row = { id: randomUUID(), telegramId: id, ...names, lastActivityAt: at };
    await this.queries.insertInto("customers").values(row).execute();
    return id;
  }

  /** Adds a person with a subscription. */
  async subscriber(options: SubscriberOptions = {}): Promise<Subscriber> {
    const person = await this.person();
    const { id: customerId } = await this.queries
      .selectFrom("customers")
      .select("id")
      .where("telegramId", "=", person)
      .executeTakeFirstOrThrow();
    const { paidUntil = addMs(instant(new Date()), 30 * dayMs), deviceLimit = 3 } = options;
    const id = subscriptionId(randomUUID());
    await this.queries
      .insertInto("subscriptions")
      .values({
        id,
        customerId,
        plan: "trial",
        deviceLimit,
        paidUntil: paidUntil === null ? null : new Date(paidUntil),
        trafficLimitBytes: options.trafficLimitBytes ?? null,
        ...(options.period === undefined
          ? {}
          : {
              trafficPeriod: options.period.kind,
              trafficPeriodBytes: options.trafficLimitBytes ?? null,
              trafficPeriodEndsAt: new Date(options.period.endsAt),
              trafficPacksEnd: "usedUp" as const,
            }),
      })
      .execute();
    return { customerId, subscriptionId: id, telegramId: person };
  }

  /** Adds a device with new keys; in a location, or in any. */
  async add(
    to: Subscriber,
    id: DeviceId = deviceId(randomUUID()),
    requestId: string = randomUUID(),
    location?: string,
  ): Promise<{ readonly id: DeviceId; readonly added: AddDeviceResult }> {
    const { subscriptionId: of } = to;
    const pick = location === undefined ? undefined : locationId(location);
    const request = { deviceId: id, subscriptionId: of, name: "phone", requestId, pick };
    const now = instant(new Date());
    const access = newTunnelAccess();
    const added = await this.inTransaction((db) =>
      addDevice(db, this.vault, { ...request, access, now }),
    );
    return { id, added };
  }

  /** The access of a device that is not retired. */
  accessOf(device: DeviceId) {
    return this.queries
      .selectFrom("accesses")
      .selectAll()
      .where("deviceId", "=", device)
      .where("retiredAt", "is", null)
      .executeTakeFirstOrThrow();
  }

  /** The keys of all queued messages, or of those to one person. */
  async listMessages(to?: TelegramId): Promise<string[]> {
    let messages = this.queries.selectFrom("messages").select("key").orderBy("id");
    if (to !== undefined) messages = messages.where("telegramId", "=", to);
    return (await messages.execute()).map(({ key }) => key);
  }
}
