import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { listWaitingHosts } from "../../../db/access/accesses.ts";
import { hasDevices, reissue, renameDevice, revokeDevice } from "../../../db/access/devices.ts";
import { recordApplied, recordGone } from "../../../db/access/host-changes.ts";
import { markAway } from "../../../db/access/hosts.ts";
import { placeWaiting } from "../../../db/access/placement.ts";
import { storeUnknownPeers } from "../../../db/access/unknown-peers.ts";
import { hasWaiting } from "../../../db/access/waiting-accesses.ts";
import { serverAddressOf } from "../../../domain/access/address-pool.ts";
import { deviceId, type DeviceId, type HostId } from "../../../domain/ids.ts";
import { addMs, dayMs, type Instant, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import { hostSettings } from "../../../gateways/hosts/registry.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const db = useDatabase();
let books: AccessBooks;
beforeAll(() => {
  books = new AccessBooks(db);
});
/** Accesses that earlier tests left waiting must not take the places of this one. */
beforeEach(async () => {
  await books.queries
    .updateTable("accesses")
    .set({ retiredAt: new Date(), removedAt: new Date() })
    .where("hostId", "is", null)
    .where("retiredAt", "is", null)
    .execute();
});

const now = (): Instant => instant(new Date());

const entry = (network: string, capacity: number, name: string = randomUUID()) => ({
  name,
  capacity,
  weight: 1,
  settings: hostSettings.parse({
    ...memoryHostSettings(),
    network,
    serverAddress: serverAddressOf(network),
  }),
});

const places = async (host: HostId) => {
  const rows = await books.queries
    .selectFrom("accesses")
    .select("address")
    .where("hostId", "=", host)
    .where("removedAt", "is", null)
    .execute();
  return rows.map(({ address }) => address);
};

const renew = (owner: Subscriber, device: DeviceId, requestId: string = randomUUID()) =>
  books.inTransaction((tx) =>
    reissue(tx, books.vault, {
      deviceId: device,
      subscriptionId: owner.subscriptionId,
      requestId,
      access: newTunnelAccess(),
      now: now(),
    }),
  );

test("no address is given twice, however many ask at once; hosts fill by their load, and an access without room waits", async () => {
  const [small, large] = await books.hosts(entry("10.1.0.0/27", 20), entry("10.2.0.0/26", 60));
  const owners = await Promise.all(Array.from({ length: 30 }, () => books.subscriber()));
  const added = await Promise.all(
    owners.flatMap((owner) => [books.add(owner), books.add(owner), books.add(owner)]),
  );
  const kinds = Map.groupBy(added, (one) => one.added.kind);
  expect(kinds.get("added")).toHaveLength(80);
  expect(kinds.get("waiting")).toHaveLength(10);
  const taken = [...(await places(small!)), ...(await places(large!))];
  expect(new Set(taken).size).toBe(80);
  expect((await places(small!)).length).toBe(20);
  expect(taken).not.toContain("10.1.0.1");
  const notices = (await books.listMessages()).filter((key) => key.startsWith("no-room/"));
  expect(notices).toHaveLength(10);
});

test("waiting accesses are placed in order as soon as there is room, and their owners are notified once that there was none", async () => {
  const [host] = await books.hosts(entry("10.3.0.0/24", 1));
  const owners = [await books.subscriber(), await books.subscriber(), await books.subscriber()];
  const devices = [];
  for (const owner of owners) devices.push(await books.add(owner));
  expect(devices.map(({ added }) => added.kind)).toEqual(["added", "waiting", "waiting"]);
  await books.queries.updateTable("hosts").set({ capacity: 2 }).where("id", "=", host!).execute();
  expect(await books.inTransaction((tx) => placeWaiting(tx, now()))).toBe(1);
  expect((await books.accessOf(devices[1]!.id)).hostId).toBe(host);
  expect((await books.accessOf(devices[2]!.id)).hostId).toBeNull();
  const { id: access } = await books.accessOf(devices[2]!.id);
  expect(await books.listMessages(owners[2]!.telegramId)).toEqual([`no-room/${access}`]);
});

test("an address that is taken on the host, or that a retired key may still have, is not given", async () => {
  const [host] = await books.hosts(entry("10.4.0.0/24", 200));
  const found = [{ identity: "stranger", addresses: ["10.4.0.2", "10.4.0.4"] }];
  const seen = (peers: typeof found) =>
    books.inTransaction((tx) => storeUnknownPeers(tx, { hostId: host!, found: peers, now: now() }));
  await seen(found);
  const owner = await books.subscriber({ deviceLimit: 9 });
  const { id: first } = await books.add(owner);
  const { address, identity } = await books.accessOf(first);
  expect(address).toBe("10.4.0.3");
  const { subscriptionId } = owner;
  await books.inTransaction((tx) =>
    revokeDevice(tx, { deviceId: first, subscriptionId, now: now() }),
  );
  const next = async () => (await books.accessOf((await books.add(owner)).id)).address;
  expect(await next()).toBe("10.4.0.5");
  await recordGone(books.queries, { hostId: host!, identities: [identity], now: now() });
  expect(await next()).toBe("10.4.0.3");
  await seen([]);
  expect(await next()).toBe("10.4.0.2");
});

test("an access without time keeps its place, takes up no room and does not wait", async () => {
  const [host] = await books.hosts(entry("10.4.1.0/24", 1));
  const gone = await books.subscriber();
  const asksFirst = await books.subscriber();
  const pays = await books.subscriber();
  const hasTimeFor = (owner: Subscriber, days: number) =>
    books.queries
      .updateTable("subscriptions")
      .set({ paidUntil: new Date(addMs(now(), days * dayMs)) })
      .where("id", "=", owner.subscriptionId)
      .execute();
  const kept = await books.add(gone);
  const waits = await books.add(asksFirst);
  const paid = await books.add(pays);
  expect([kept, waits, paid].map(({ added }) => added.kind)).toEqual([
    "added",
    "waiting",
    "waiting",
  ]);
  await hasTimeFor(gone, -1);
  await hasTimeFor(asksFirst, -1);
  expect(await books.inTransaction((tx) => hasWaiting(tx, now()))).toBe(true);
  expect(await books.inTransaction((tx) => placeWaiting(tx, now()))).toBe(0);
  expect(await books.inTransaction((tx) => hasWaiting(tx, now()))).toBe(false);
  expect((await books.accessOf(paid.id)).hostId).toBe(host);
  expect((await books.accessOf(waits.id)).hostId).toBeNull();
  expect((await books.accessOf(kept.id)).hostId).toBe(host);
  // They are back, and the host exceeds the capacity up to which it takes new ones.
  await hasTimeFor(gone, 9);
  expect((await books.add(pays)).added.kind).toBe("waiting");
});

test("a host that does not answer, is draining or has no weight takes no new access", async () => {
  const [away, none, open] = await books.hosts(
    entry("10.5.0.0/24", 50, "away"),
    { ...entry("10.5.1.0/24", 50, "none"), weight: 0 },
    entry("10.5.2.0/24", 50, "open"),
  );
  await books.inTransaction((tx) => markAway(tx, { id: away!, trouble: "x", now: now() }));
  const owner = await books.subscriber();
  for (let count = 0; count < 3; count++) await books.add(owner);
  expect([await places(away!), await places(none!)]).toEqual([[], []]);
  expect(await places(open!)).toHaveLength(3);
});

test("the same device is added once, and the limit holds for concurrent requests", async () => {
  await books.hosts(entry("10.6.0.0/24", 200));
  const owner = await books.subscriber();
  const id = deviceId(randomUUID());
  await Promise.all([1, 2, 3].map(() => books.add(owner, id, "one press")));
  const more = await Promise.all(Array.from({ length: 6 }, () => books.add(owner)));
  const kinds = Map.groupBy(more, ({ added }) => added.kind);
  expect([kinds.get("added")?.length, kinds.get("limit")?.length]).toEqual([2, 4]);
});

test("a new key is made once per request, and the old one is retired in the same step", async () => {
  const [host] = await books.hosts(entry("10.7.0.0/24", 200));
  const owner = await books.subscriber();
  const { id } = await books.add(owner);
  const before = await books.accessOf(id);
  await Promise.all([renew(owner, id, `again/${id}`), renew(owner, id, `again/${id}`)]);
  const after = await books.accessOf(id);
  expect(after.identity).not.toBe(before.identity);
  expect(after.hostId).toBe(host);
  expect(after.address).not.toBe(before.address);
  expect(await places(host!)).toHaveLength(2);
  await renew(owner, id, `again/${id}`);
  expect((await books.accessOf(id)).id).toBe(after.id);
  expect(await renew(await books.subscriber(), id)).toBeUndefined();
});

test("a new key for a device that waits keeps its turn", async () => {
  await books.hosts({ ...entry("10.8.0.0/24", 1), weight: 0 });
  const owner = await books.subscriber();
  const { id } = await books.add(owner);
  const { createdAt } = await books.accessOf(id);
  await renew(owner, id);
  expect((await books.accessOf(id)).createdAt).toEqual(createdAt);
});

test("a device is renamed and revoked by its own subscription alone", async () => {
  await books.hosts(entry("10.9.0.0/24", 200));
  const owner = await books.subscriber();
  const other = await books.subscriber();
  const { id } = await books.add(owner);
  const of = ({ subscriptionId }: Subscriber) => ({ deviceId: id, subscriptionId });
  expect(await renameDevice(books.queries, { ...of(other), name: "x" })).toBeUndefined();
  expect(await renameDevice(books.queries, { ...of(owner), name: "x" })).toBe("x");
  const revoke = (who: Subscriber) =>
    books.inTransaction((tx) => revokeDevice(tx, { ...of(who), now: now() }));
  expect(await revoke(other)).toBeUndefined();
  expect(await hasDevices(books.queries, owner.subscriptionId)).toBe(true);
  expect([await revoke(owner), await revoke(owner)]).toEqual(["x", "x"]);
  expect(await hasDevices(books.queries, owner.subscriptionId)).toBe(false);
});

test("a change is done once every host has followed", async () => {
  const [host] = await books.hosts(entry("10.10.0.0/24", 200, "the host"));
  const owner = await books.subscriber();
  const { id } = await books.add(owner);
  const waiting = () => listWaitingHosts(books.queries, owner.subscriptionId, now());
  expect(await waiting()).toEqual(["the host"]);
  const access = await books.accessOf(id);
  await books.inTransaction((tx) => recordApplied(tx, [access.id], now()));
  expect(await waiting()).toEqual([]);
  await books.queries
    .updateTable("customers")
    .set({ status: "blocked" })
    .where("id", "=", owner.customerId)
    .execute();
  expect(await waiting()).toEqual(["the host"]);
  const gone = { hostId: host!, identities: [access.identity], now: now() };
  await recordGone(books.queries, gone);
  expect(await waiting()).toEqual([]);
});

test("secrets are stored sealed", async () => {
  await books.hosts(entry("10.11.0.0/24", 200));
  const made = newTunnelAccess();
  const owner = await books.subscriber();
  const { id } = await books.add(owner);
  await books.inTransaction((tx) =>
    reissue(tx, books.vault, {
      deviceId: id,
      subscriptionId: owner.subscriptionId,
      requestId: randomUUID(),
      access: made,
      now: now(),
    }),
  );
  const row = await books.accessOf(id);
  expect(row.identity).toBe(made.identity);
  const { privateKey } = JSON.parse(made.secrets) as { privateKey: string };
  expect(JSON.stringify(row)).not.toContain(privateKey);
});
