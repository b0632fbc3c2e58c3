import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { moveAccess } from "../../../db/access/moves.ts";
import { placeWaiting } from "../../../db/access/placement.ts";
import { insertRows } from "../../../db/rows.ts";
import { serverAddressOf } from "../../../domain/access/address-pool.ts";
import type { Location } from "../../../domain/access/location.ts";
import { deviceId, type HostId } from "../../../domain/ids.ts";
import { instant } from "../../../domain/time.ts";
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
beforeEach(async () => {
  const at = new Date();
  const gone = { retiredAt: at, removedAt: at };
  await books.queries.updateTable("accesses").set(gone).where("retiredAt", "is", null).execute();
  await books.queries.updateTable("hosts").set({ state: "draining" }).execute();
  await books.queries.updateTable("locations").set({ removedAt: at }).execute();
});

const now = () => instant(new Date());
let networks = 0;

/** A location, and the ids of its hosts, each with this capacity. */
async function locate(code: string, more: object, ...capacities: number[]): Promise<HostId[]> {
  const id = randomUUID();
  const names: Location["names"] = { en: code, ru: code };
  const row = { id, code, flag: "🏳", names, groups: [], members: [], sort: 0 };
  await books.queries
    .insertInto("locations")
    .values({ ...row, ...more, audience: "all" })
    .execute();
  return addHosts(id, ...capacities);
}

async function addHosts(locationId: string | null, ...capacities: number[]): Promise<HostId[]> {
  const open = books.queries.selectFrom("hosts").select("id").where("state", "=", "open");
  const before = (await open.execute()).map((host) => host.id);
  const entries = capacities.map((capacity) => {
    const network = `10.${(networks += 1)}.0.0/20`;
    const settings = { ...memoryHostSettings(), network, serverAddress: serverAddressOf(network) };
    return { name: randomUUID(), capacity, weight: 1, settings: hostSettings.parse(settings) };
  });
  const ids = await books.hosts(...entries);
  const hosts = () => books.queries.updateTable("hosts");
  for (const id of ids) await hosts().set({ locationId }).where("id", "=", id).execute();
  for (const id of before) await hosts().set({ state: "open" }).where("id", "=", id).execute();
  return ids;
}

const idOf = async (code: string) => {
  const found = books.queries.selectFrom("locations").select("id").where("code", "=", code);
  return (await found.where("removedAt", "is", null).executeTakeFirstOrThrow()).id;
};

/** Adds a device that is picked for a location, as the product does when it is picked before. */
async function addAt(owner: Subscriber, code: string | undefined) {
  const id = deviceId(randomUUID());
  const { added } = await books.add(owner, id, undefined, code && (await idOf(code)));
  return { id, kind: added.kind, hostId: (await books.accessOf(id)).hostId };
}

test("devices that are added at once come to the hosts of their picks, fill them and wait for them alone", async () => {
  const near = await locate("near", {}, 5, 5);
  const [far] = await locate("far", {}, 40);
  const owners = await Promise.all(Array.from({ length: 24 }, () => books.subscriber()));
  const picked = await Promise.all(owners.slice(0, 14).map((owner) => addAt(owner, "near")));
  expect(picked.filter(({ kind }) => kind === "added")).toHaveLength(10);
  for (const host of near) {
    expect(picked.filter(({ hostId }) => hostId === host)).toHaveLength(5);
  }
  const others = await Promise.all(owners.slice(14).map((owner) => addAt(owner, undefined)));
  expect(others.map(({ hostId }) => hostId)).toEqual(others.map(() => far));
  await books.queries
    .updateTable("hosts")
    .set({ capacity: 7 })
    .where("id", "=", near[0]!)
    .execute();
  expect(await books.inTransaction((tx) => placeWaiting(tx, now()))).toBe(2);
  const waited = picked.filter(({ kind }) => kind === "waiting");
  const order = await Promise.all(waited.map(({ id }) => books.accessOf(id)));
  const [first, second, third] = order.toSorted(
    (one, other) => Number(one.createdAt) - Number(other.createdAt) || (one.id < other.id ? -1 : 1),
  );
  expect([first?.hostId, second?.hostId, third?.hostId]).toEqual([near[0], near[0], null]);
});

test("a plan's devices come to the hosts of its location groups alone", async () => {
  const names = { en: "p", ru: "p" };
  const plan = {
    code: "grouped",
    names,
    descriptions: names,
    days: 30,
    deviceLimit: 9,
    prices: {},
  };
  const flags = { sort: 0, hidden: false, trial: false, retired: false };
  await insertRows(books.queries, "plans", [
    { ...plan, ...flags, version: 1, locationGroups: ["eu"] },
  ]).execute();
  const [europe] = await locate("riga", { groups: ["eu", "cheap"] }, 1);
  await locate("tokyo", { groups: ["asia"] }, 20);
  await locate("oslo", { groups: ["eu"], hidden: true }, 20);
  await addHosts(null, 20);
  const owner = await books.subscriber({ deviceLimit: 9 });
  await books.queries
    .updateTable("subscriptions")
    .set({ plan: "grouped", planVersion: 1 })
    .where("id", "=", owner.subscriptionId)
    .execute();
  expect(await addAt(owner, undefined)).toMatchObject({ kind: "added", hostId: europe });
  // A pick that the plan does not have counts as none, and the plan's only location is full.
  expect(await addAt(owner, "tokyo")).toMatchObject({ kind: "waiting" });
  expect(await addAt(owner, undefined)).toMatchObject({ kind: "waiting" });
  // Whoever picked a location before it was hidden still comes to it.
  expect(await addAt(owner, "oslo")).toMatchObject({ kind: "added" });
});

test("a shop that has made no location goes on with all of its hosts, whatever its plans name", async () => {
  const [host] = await addHosts(null, 3);
  const owner = await books.subscriber();
  await books.queries
    .updateTable("subscriptions")
    .set({ plan: "grouped", planVersion: 1 })
    .where("id", "=", owner.subscriptionId)
    .execute();
  expect(await addAt(owner, undefined)).toMatchObject({ kind: "added", hostId: host });
});

test("more than a thousand who wait for a full location do not hold up one who waits for another", async () => {
  await locate("full", {}, 1);
  const [roomy] = await locate("roomy", {}, 0 + 1);
  await books.queries.updateTable("hosts").set({ weight: 0 }).execute();
  const crowd = await books.subscriber({ deviceLimit: 5_000 });
  const at = new Date(Date.now() - 60_000);
  const devices = Array.from({ length: 1_200 }, () => randomUUID());
  const full = await idOf("full");
  await insertRows(
    books.queries,
    "devices",
    devices.map((id) => ({
      id,
      subscriptionId: crowd.subscriptionId as string,
      name: "phone",
      locationId: full,
      createdAt: at,
    })),
  ).execute();
  await insertRows(
    books.queries,
    "accesses",
    devices.map((id) => ({
      id: randomUUID(),
      deviceId: id,
      subscriptionId: crowd.subscriptionId as string,
      identity: randomUUID(),
      secretsEncrypted: "x",
      presharedHash: "x",
      requestId: randomUUID(),
      createdAt: at,
      onHost: false,
      putBegun: false,
    })),
  ).execute();
  const late = await addAt(await books.subscriber(), "roomy");
  expect(late.kind).toBe("waiting");
  await books.queries.updateTable("hosts").set({ weight: 1 }).where("id", "=", roomy!).execute();
  await books.inTransaction((tx) => placeWaiting(tx, now()));
  expect((await books.accessOf(late.id)).hostId).toBe(roomy);
});

test("a device whose location has no other host stays where it is, although others have room", async () => {
  const [only] = await locate("only", {}, 5);
  await locate("other", {}, 5);
  const { id } = await addAt(await books.subscriber(), "only");
  const order = { overlapMs: 0, cause: "migration", requestId: randomUUID(), now: now() } as const;
  const ports = { vault: books.vault, newAccess: newTunnelAccess };
  const moved = await books.inTransaction((tx) =>
    moveAccess(tx, ports, { ...order, deviceId: id }),
  );
  expect(moved).toEqual({ kind: "noRoom" });
  expect((await books.accessOf(id)).hostId).toBe(only);
});
