import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { recordTraffic } from "../../../db/access/traffic.ts";
import { lowLeft } from "../../../domain/access/allowance.ts";
import { trafficSince } from "../../../domain/access/traffic.ts";
import type { DeviceId, HostId } from "../../../domain/ids.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const db = useDatabase();
let books: AccessBooks;
let hostId: HostId;
let otherId: HostId;

beforeAll(async () => {
  books = new AccessBooks(db);
  const settings = memoryHostSettings();
  const entry = (name: string) => ({ name, capacity: 200, weight: 1, settings });
  [hostId, otherId] = (await books.hosts(entry("one"), entry("two"))) as [HostId, HostId];
});

const now = instant("2026-11-21T10:00:00Z");

async function device(owner: Subscriber): Promise<{ id: DeviceId; identity: string }> {
  const { id } = await books.add(owner);
  return { id, identity: (await books.accessOf(id)).identity };
}

const counter = (identity: string, uploadedBytes: number, downloadedBytes: number) => ({
  identity,
  uploadedBytes,
  downloadedBytes,
  lastHandshakeAt: now,
});

const record = (epoch: string, ...counters: ReturnType<typeof counter>[]) =>
  books.inTransaction((tx) => recordTraffic(tx, { hostId, epoch, counters, now }));

const subscription = (owner: Subscriber) =>
  books.queries
    .selectFrom("subscriptions")
    .select(["movedBytes", "paidUntil"])
    .where("id", "=", owner.subscriptionId)
    .executeTakeFirstOrThrow();

test("the same counters read twice, or by two at once, count once; unknown identities are skipped", async () => {
  const owner = await books.subscriber();
  const { identity, id } = await device(owner);
  const stranger = counter(randomUUID(), 7, 7);
  const first = () => record("1", counter(identity, 100, 1_000), stranger);
  await Promise.all([first(), first(), first()]);
  await record("1", counter(identity, 150, 1_500));
  await record("2", counter(identity, 10, 20));
  const [day] = await books.queries
    .selectFrom("traffic_daily")
    .select(["uploaded", "downloaded"])
    .where("deviceId", "=", id)
    .execute();
  expect(day).toEqual({ uploaded: 160, downloaded: 1_520 });
  expect((await subscription(owner)).movedBytes).toBe(1_680);
});

const readings = fc.array(
  fc.record({ epoch: fc.constantFrom("1", "2"), up: fc.nat(5), down: fc.nat(5) }),
  { minLength: 1, maxLength: 8 },
);

test("for any readings the database counts as the domain does", () =>
  fc.assert(
    fc.asyncProperty(readings, async (given) => {
      const owner = await books.subscriber();
      const { identity } = await device(owner);
      let moved = 0;
      let before: Parameters<typeof trafficSince>[0];
      for (const { epoch, up, down } of given) {
        await record(epoch, counter(identity, up, down));
        const reading = { epoch, uploadedRaw: up, downloadedRaw: down };
        const { uploaded, downloaded } = trafficSince(before, reading);
        moved += uploaded + downloaded;
        before = reading;
      }
      expect((await subscription(owner)).movedBytes).toBe(moved);
    }),
    { numRuns: 40 },
  ));

test("the reading that uses up the allowance notifies its owner alone, once", async () => {
  const owner = await books.subscriber({ trafficLimitBytes: 1_000 });
  const one = await device(owner);
  const two = await device(owner);
  const readNotices = async () =>
    (await books.listMessages(owner.telegramId)).filter((key) => key.startsWith("used-up/"));
  await record("1", counter(one.identity, 999, 0));
  expect(await readNotices()).toEqual([]);
  await record("1", counter(one.identity, 999, 0), counter(two.identity, 0, 1));
  const { paidUntil } = await subscription(owner);
  const key = `used-up/${owner.subscriptionId}/${paidUntil!.toISOString()}/1000`;
  expect(await readNotices()).toEqual([key]);
  await record("1", counter(one.identity, 5_000, 0));
  expect(await readNotices()).toEqual([key]);
});

test("four fifths of the allowance are told once, and once more for another allowance", async () => {
  const owner = await books.subscriber({ trafficLimitBytes: 1_000 });
  const { identity } = await device(owner);
  const countLow = async () => {
    const keys = await books.listMessages(owner.telegramId);
    return keys.filter((key) => key.startsWith("traffic-low/")).length;
  };
  for (const [moved, notices] of [
    [799, 0],
    [800, 1],
    [900, 1],
    [999, 1],
  ] as const) {
    await record("1", counter(identity, moved, 0));
    expect(await countLow()).toBe(notices);
  }
  await books.queries
    .updateTable("subscriptions")
    .set({ trafficLimitBytes: 2_000 })
    .where("id", "=", owner.subscriptionId)
    .execute();
  await record("1", counter(identity, 1_599, 0));
  expect(await countLow()).toBe(1);
  await record("1", counter(identity, 1_600, 0));
  expect(await countLow()).toBe(2);
});

test("for any allowance, little is left exactly where the domain says so", () =>
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(5_000), fc.nat(10_000), (limitBytes, baseBytes, moved) => {
      const left = lowLeft({ limitBytes, baseBytes }, baseBytes + moved);
      const isLow = moved < limitBytes && moved >= limitBytes * 0.8;
      expect(left).toBe(isLow ? limitBytes - moved : undefined);
    }),
  ));

test("customers without time or blocked ones get no traffic notice", async () => {
  const past = addMs(now, -dayMs);
  const owner = await books.subscriber({ trafficLimitBytes: 10, paidUntil: past });
  const { identity } = await device(owner);
  await record("1", counter(identity, 11, 0));
  expect(await books.listMessages(owner.telegramId)).toEqual([]);
});

test("two hosts that book the same customers at once do not deadlock", async () => {
  const owners = await Promise.all(Array.from({ length: 10 }, () => books.subscriber()));
  const devices = await Promise.all(owners.map(device));
  const all = devices.map(({ identity }, index) => counter(identity, index + 1, 0));
  const read = async (id: HostId, order: typeof all, epoch: string) =>
    books.inTransaction((tx) => recordTraffic(tx, { hostId: id, epoch, counters: order, now }));
  for (let round = 0; round < 5; round++) {
    await Promise.all([
      read(hostId, all, `a${round}`),
      read(otherId, all.toReversed(), `b${round}`),
    ]);
  }
});
