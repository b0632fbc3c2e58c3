import { randomUUID } from "node:crypto";
import { beforeAll } from "vitest";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type OpenDatabases, useDatabase } from "../../drivers/database.ts";
import { BookShop } from "../../drivers/shop.ts";

export const now = () => instant(new Date());

interface Keys {
  readonly host?: string;
  readonly address?: string;
  readonly retired?: boolean;
}

/** Data for queries, written directly where the product has no short way. */
export class QueriedBooks {
  readonly db: OpenDatabases;
  #shop: BookShop | undefined;

  constructor() {
    this.db = useDatabase();
    beforeAll(() => this.shop.open());
  }

  get shop(): BookShop {
    return (this.#shop ??= new BookShop(() => this.db.writer.em));
  }

  get em() {
    return this.db.reader.em;
  }

  change(statement: string, values: unknown[] = []) {
    return this.db.owner.em.fork().execute(statement, values);
  }

  /** A paid order of a customer of its own. */
  async paidOrder(at: Instant = now()): Promise<PaymentOrder> {
    const order = await this.shop.order();
    const reference = `c-${order.id}`;
    const report = { kind: "paid", reference, paid: order.price, at } as const;
    await this.shop.decide(order, report, { now: new Date(at) });
    return order;
  }

  async addHost(): Promise<string> {
    const id = randomUUID();
    await this.change(
      `insert into hosts (id, name, kind, network, server_address, capacity, weight, state, settings_encrypted)
       values (?, ?, 'memory', '10.9.0.0/24', '10.9.0.1', 10, 1, 'open', 'sealed')`,
      [id, `host ${id}`],
    );
    return id;
  }

  async addDevice({ subscriptionId }: PaymentOrder, name: string): Promise<string> {
    const id = randomUUID();
    const device = [id, subscriptionId, name];
    await this.change("insert into devices (id, subscription_id, name) values (?, ?, ?)", device);
    return id;
  }

  /** A device's key with its traffic: the same up and down. */
  async addKey(order: PaymentOrder, device: string, bytes: number, keys: Keys = {}): Promise<void> {
    const identity = randomUUID();
    const { host = null, address = null, retired } = keys;
    await this.change(
      `insert into accesses (id, device_id, subscription_id, host_id, identity, address, secrets_encrypted,
         preshared_hash, request_id, retired_at)
       values (?, ?, ?, ?, ?, ?, 'sealed', 'hash', ?, ${retired ? "now()" : "null"})`,
      [randomUUID(), device, order.subscriptionId, host, identity, address, identity],
    );
    await this.change(
      `insert into traffic_counters (identity, device_id, epoch, uploaded_raw, downloaded_raw, uploaded,
         downloaded, last_handshake_at, updated_at) values (?, ?, 'e', 0, 0, ?, ?, now(), now())`,
      [identity, device, bytes, bytes],
    );
  }
}
