import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { addFirstDevice } from "../../activities/access/first-device.ts";
import { createSubscriptionActivities } from "../../activities/access/subscription.ts";
import { recordApplied } from "../../db/access/host-changes.ts";
import { Hosts } from "../../db/access/hosts.ts";
import { recordTraffic } from "../../db/access/traffic.ts";
import { inTransaction, type Queries } from "../../db/orm.ts";
import { Payments } from "../../db/payments/payments.ts";
import { Refunds } from "../../db/payments/refunds.ts";
import { UnmatchedPayments } from "../../db/payments/unmatched.ts";
import { AdminActs } from "../../db/people/admin-acts.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { ReadCache } from "../../db/read-cache.ts";
import { Vault } from "../../db/vault.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { unmatchedPaymentId } from "../../domain/derived-ids.ts";
import { type DeviceId, deviceId, type HostId, telegramId } from "../../domain/ids.ts";
import {
  balanceGateway,
  type GatewayReport,
  type PaymentOrder,
} from "../../domain/payments/payment.ts";
import type { AdminAct } from "../../domain/people/admin-act.ts";
import { instant } from "../../domain/time.ts";
import { newTunnelAccess } from "../../gateways/hosts/amneziawg/tunnel.ts";
import { useDatabase } from "../drivers/database.ts";
import { useShop } from "../drivers/shop.ts";
import { memorySettings } from "../drivers/test-app.ts";

const db = useDatabase();
const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
const devices = { vault, newAccess: newTunnelAccess, chooseName: async () => "phone" };
const shop = useShop(db);
let host: HostId;
beforeAll(async () => {
  const hosts = new Hosts(db.writer.em, vault);
  await hosts.importOnce([{ name: "one", capacity: 900, weight: 1, settings: memorySettings() }]);
  host = (await hosts.list())[0]!.id;
});

const now = () => instant(new Date());
const policy = { autoApprove: false, reapplyAfterMs: 0 };
const admin = telegramId(1001);
const first = (tx: Queries, ref: SubscriptionRef) =>
  addFirstDevice(devices, tx, { ref, now: now() });
const ports = {
  canRefund: false,
  addFirstDevice: (tx: Queries, order: PaymentOrder) => {
    const { subscriptionId: id, customerId, telegramId: of } = order;
    return first(tx, { id, customerId, telegramId: of });
  },
};

/** One customer with money and a key, and everything that may happen to them concurrently. */
class Crowd {
  readonly #order: PaymentOrder;
  readonly #ref: SubscriptionRef;
  readonly #subscriptions = createSubscriptionActivities({
    ...devices,
    em: db.writer.em,
    cache: new ReadCache(undefined),
  });

  constructor(order: PaymentOrder) {
    const { subscriptionId: id, customerId, telegramId: of } = order;
    this.#order = order;
    this.#ref = { id, customerId, telegramId: of };
  }

  static async open(): Promise<Crowd> {
    const crowd = new Crowd(await shop.order());
    await crowd.pays("a");
    await crowd.pays("b");
    return crowd;
  }

  pays(name: string, order = this.#order): Promise<unknown> {
    const reference = `${name}-${order.id}`;
    return this.#decides(order, { kind: "paid", reference, paid: order.price, at: now() });
  }

  #decides(order: PaymentOrder, report: GatewayReport): Promise<unknown> {
    const evidence = JSON.stringify(report);
    const event = { gateway: order.gateway, report, evidence, source: "gateway" } as const;
    return shop.decisions.decideAll(order.id, [event], now(), ports);
  }

  async #buys(gateway: string): Promise<unknown> {
    const { telegramId: person } = this.#order;
    const order = await shop.order({ person, gateway, plan: "family" }).catch(() => undefined);
    if (order === undefined) return undefined;
    if (gateway === (balanceGateway as string)) {
      return this.#decides(order, {
        kind: "paid",
        reference: order.id,
        paid: order.price,
        at: now(),
      });
    }
    await this.pays("c", order);
    return new Payments(db.writer.em).closeOnce(order, "lapsed", { now: now() });
  }

  async #refunds(reference: string, succeeds: boolean): Promise<unknown> {
    const refunds = new Refunds(db.writer.em);
    const who = { requestId: randomUUID(), paymentId: this.#order.id, by: admin };
    const rules = { gateways: async () => "partial" as const, limits: {}, now: now() };
    const opened = await refunds.openOnce({ ...who, reference, reason: "r" }, rules);
    if (opened.kind === "notOpened") return undefined;
    if (succeeds) return refunds.complete(opened.refund, now(), ports);
    return refunds.fail(opened.refund, { kind: "refused", why: "no" }, now());
  }

  #acts(act: { kind: "extend"; days: number } | { kind: "block" | "unblock" }): Promise<unknown> {
    const request = {
      requestId: randomUUID(),
      by: admin,
      act: { ...act, customer: this.#order.telegramId } as AdminAct,
    };
    return new AdminActs(db.writer.em).actOnce(request, now(), { addFirstDevice: first, policy });
  }

  #asks(kind: "add" | "reissue" | "revoke", id: DeviceId): Promise<unknown> {
    const request = { kind, requestId: randomUUID(), deviceId: id, name: "tablet" };
    return this.#subscriptions.handleDeviceRequest(this.#ref, request, now());
  }

  /** What a host's reconciler records of the keys that are there. */
  async #follows(bytes: number): Promise<unknown> {
    const rows = await shop.db
      .selectFrom("accesses")
      .select(["id", "identity"])
      .where("subscriptionId", "=", this.#ref.id as string)
      .execute();
    const counters = rows.map(({ identity }) => {
      return { identity, uploadedBytes: bytes, downloadedBytes: 0, lastHandshakeAt: undefined };
    });
    await inTransaction(db.writer.em, (tx) =>
      recordApplied(
        tx,
        rows.map(({ id }) => id),
        now(),
      ),
    );
    const read = { hostId: host, epoch: "e", counters, now: now() };
    return inTransaction(db.writer.em, (tx) => recordTraffic(tx, read));
  }

  /** An unmatched payment comes, and an admin gives it to this customer. */
  async #isGiven(n: number): Promise<unknown> {
    const { gateway, price: amount, telegramId: customer } = this.#order;
    const reference = this.#foundOf(n);
    const unmatched = new UnmatchedPayments(db.writer.em);
    const report = { kind: "paid", reference, paid: amount, at: now() } as const;
    const event = { gateway, report, evidence: reference, source: "gateway" } as const;
    await unmatched.keepAll(unmatchedPaymentId(gateway, reference), [event]);
    const what = { kind: "give", customer } as const;
    const resolution = { requestId: randomUUID(), by: admin, gateway, reference, what };
    return unmatched.resolveOnce(resolution, now());
  }

  #isTakenBack(n: number): Promise<unknown> {
    const { gateway, price: returned } = this.#order;
    const reference = this.#foundOf(n);
    const report = { kind: "chargedBack", reference, returned } as const;
    const event = { gateway, report, evidence: reference, source: "gateway" } as const;
    const id = unmatchedPaymentId(gateway, reference);
    return new UnmatchedPayments(db.writer.em).keepAll(id, [event]);
  }

  #foundOf(n: number): string {
    return `found-${n}-${this.#order.id}`;
  }

  /** Runs everything concurrently. Returns the errors. */
  async round(n: number): Promise<unknown[]> {
    const own = deviceId(this.#ref.id);
    const other = deviceId(randomUUID());
    const { id } = this.#order;
    const all = await Promise.allSettled([
      this.#buys(balanceGateway as string),
      this.#refunds(`b-${id}`, false),
      this.#acts({ kind: "extend", days: 1 }),
      this.#asks("reissue", own),
      this.pays(`d${n}`),
      this.#acts({ kind: n % 2 === 0 ? "block" : "unblock" }),
      this.#asks("add", other),
      this.#refunds(`d${n - 1}-${id}`, true),
      this.#follows(1_000 * n),
      this.#buys("memory"),
      this.#isGiven(n),
      ...(n > 1 ? [this.#isTakenBack(n - 1)] : []),
      this.#asks("revoke", own),
      this.#subscriptions.writeDueNotices(this.#ref, now()),
      this.#decides(this.#order, {
        kind: "chargedBack",
        reference: `d${n - 2}-${id}`,
        returned: this.#order.price,
      }),
    ]);
    await this.#asks("revoke", other);
    return all.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
  }
}

async function countDeadlocks(): Promise<number> {
  const [row] = await db.owner.em
    .fork()
    .execute<[{ deadlocks: string }]>(
      "select deadlocks from pg_stat_database where datname = current_database()",
    );
  return Number(row.deadlocks);
}

async function countEffects(): Promise<unknown> {
  const [row] = await db.owner.em.fork().execute<[unknown]>(
    `select exists (select from refunds where state = 'returned') as returned,
            exists (select from refunds where state = 'refused') as refused,
            exists (select from charges where gateway = 'balance') as bought,
            (select count(*) from unmatched where state = 'given' and returned_minor = minor) > 50 as given,
            (select count(*) from accesses where retired_at is not null) > 50 as keys`,
  );
  return row;
}

test("concurrent changes of one customer never deadlock", async () => {
  const before = await countDeadlocks();
  const crowds = await Promise.all([Crowd.open(), Crowd.open(), Crowd.open()]);
  for (let round = 1; round <= 20; round += 1) {
    const troubles = await Promise.all(crowds.map((crowd) => crowd.round(round)));
    expect(troubles.flat()).toEqual([]);
  }
  expect(await countDeadlocks()).toBe(before);
  // Everything has happened, and some of it was refused.
  expect(await countEffects()).toEqual({
    returned: true,
    refused: true,
    bought: true,
    given: true,
    keys: true,
  });
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});
