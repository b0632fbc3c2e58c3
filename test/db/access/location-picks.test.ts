import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { recordApplied } from "../../../db/access/host-changes.ts";
import { isOffered, pickLocation } from "../../../db/access/location-picks.ts";
import { lockSubscription } from "../../../db/access/subscriptions.ts";
import { serverAddressOf } from "../../../domain/access/address-pool.ts";
import { type DeviceId, deviceId, type HostId, locationId } from "../../../domain/ids.ts";
import { addMs, hourMs, type Instant, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import { hostSettings } from "../../../gateways/hosts/registry.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const db = useDatabase();
let books: AccessBooks;
const places: Record<string, { readonly location: string; readonly host: HostId }> = {};

beforeAll(async () => {
  books = new AccessBooks(db);
  const entries = ["10.40.0.0/20", "10.41.0.0/20", "10.42.0.0/20"].map((network) => {
    const settings = { ...memoryHostSettings(), network, serverAddress: serverAddressOf(network) };
    const name = randomUUID();
    return { name, capacity: 200, weight: 1, settings: hostSettings.parse(settings) };
  });
  const hosts = await books.hosts(...entries);
  for (const [index, code] of ["near", "far", "hidden"].entries()) {
    const id = randomUUID();
    const row = { id, code, flag: "🏳️", names: { en: code, ru: code }, groups: [], members: [] };
    const more = { sort: index, hidden: code === "hidden", audience: "all" as const };
    await books.queries
      .insertInto("locations")
      .values({ ...row, ...more })
      .execute();
    const host = hosts[index]!;
    await books.queries
      .updateTable("hosts")
      .set({ locationId: id })
      .where("id", "=", host)
      .execute();
    places[code] = { location: id, host };
  }
});
beforeEach(async () => {
  await books.queries.updateTable("hosts").set({ capacity: 200, state: "open" }).execute();
});

const now = (): Instant => instant(new Date());
const idOf = (code: string) => locationId(places[code]!.location);

/** Picks a location as the subscription's workflow does. */
const pick = (
  { subscriptionId }: Subscriber,
  id: DeviceId,
  code: string | undefined,
  { mostMoves = 3, requestId = randomUUID() }: { mostMoves?: number; requestId?: string } = {},
) =>
  books.inTransaction(async (tx) => {
    await lockSubscription(tx, subscriptionId);
    return pickLocation(
      tx,
      { vault: books.vault, newAccess: newTunnelAccess },
      {
        deviceId: id,
        subscriptionId,
        pick: code === undefined ? undefined : idOf(code),
        requestId,
        mostMoves,
        now: now(),
      },
    );
  });

/** A customer with a device in this location, whose host has it. */
async function ownerAt(code: string) {
  const owner = await books.subscriber();
  const id = deviceId(randomUUID());
  await books.add(owner, id, undefined, idOf(code));
  const access = await books.accessOf(id);
  expect(access.hostId).toBe(places[code]!.host);
  await books.inTransaction((tx) => recordApplied(tx, [access.id], now()));
  return { owner, id, access };
}

const picked = async (id: DeviceId) => {
  const row = books.queries.selectFrom("devices").select("locationId").where("id", "=", id);
  return (await row.executeTakeFirstOrThrow()).locationId;
};
const retiredAt = async (access: string) => {
  const row = books.queries.selectFrom("accesses").select("retiredAt").where("id", "=", access);
  return (await row.executeTakeFirstOrThrow()).retiredAt;
};

test("a device that moves keeps its old access until the new host has it, and for an hour from then on", async () => {
  const { owner, id, access } = await ownerAt("near");
  const requestId = randomUUID();
  expect(await pick(owner, id, "far", { requestId })).toMatchObject({ outcome: "moving" });
  const successor = await books.accessOf(id);
  expect([successor.hostId, await picked(id)]).toEqual([places["far"]!.host, idOf("far")]);
  expect(Number(await retiredAt(access.id))).toBeGreaterThan(Date.now() + 1_000 * hourMs);
  // A repeat of the request moves nothing again.
  expect(await pick(owner, id, "far", { requestId })).toMatchObject({ outcome: "same" });
  const at = now();
  await books.inTransaction((tx) => recordApplied(tx, [successor.id], at));
  expect(await retiredAt(access.id)).toEqual(new Date(addMs(at, hourMs)));
});

test("two who want the last place at once: one moves, the other stays with its pick and its key as they were", async () => {
  const one = await ownerAt("near");
  const other = await ownerAt("near");
  const living = await books.queries
    .selectFrom("accesses")
    .select("id")
    .where("hostId", "=", places["far"]!.host)
    .where("retiredAt", "is", null)
    .execute();
  await books.queries
    .updateTable("hosts")
    .set({ capacity: living.length + 1 })
    .where("id", "=", places["far"]!.host)
    .execute();
  const results = await Promise.all([one, other].map(({ owner, id }) => pick(owner, id, "far")));
  expect(new Set(results.map((result) => result?.outcome))).toEqual(new Set(["moving", "noRoom"]));
  const stayed = results[0]?.outcome === "noRoom" ? one : other;
  expect(await picked(stayed.id)).toBe(idOf("near"));
  expect((await books.accessOf(stayed.id)).id).toBe(stayed.access.id);
});

test("a device is moved as often in 24 hours as the shop allows, and picked for where it is as often as anybody likes", async () => {
  const { owner, id } = await ownerAt("near");
  const go = (code: string | undefined, mostMoves = 2) => pick(owner, id, code, { mostMoves });
  expect(await go("far")).toMatchObject({ outcome: "moving" });
  expect(await go("near")).toMatchObject({ outcome: "moving" });
  expect(await go("far")).toMatchObject({ outcome: "limit", mostMoves: 2 });
  expect(await go(undefined)).toMatchObject({ outcome: "stays" });
  expect(await go("near")).toMatchObject({ outcome: "stays" });
  await books.queries
    .updateTable("accesses")
    .set({ createdAt: new Date(addMs(now(), -25 * hourMs)) })
    .where("deviceId", "=", id)
    .execute();
  expect(await go("far")).toMatchObject({ outcome: "moving" });
  expect(await go("near", 0)).toMatchObject({ outcome: "limit", mostMoves: 0 });
});

test("a location that is hidden is not picked, and another's device is moved by nobody", async () => {
  const { owner, id, access } = await ownerAt("near");
  expect(await pick(owner, id, "hidden")).toMatchObject({ outcome: "notOffered" });
  expect(await isOffered(books.queries, owner.subscriptionId, idOf("hidden"))).toBe(false);
  expect(await isOffered(books.queries, owner.subscriptionId, idOf("far"))).toBe(true);
  expect(await isOffered(books.queries, owner.subscriptionId, undefined)).toBe(true);
  expect(await pick(await books.subscriber(), id, "far")).toBeUndefined();
  expect((await books.accessOf(id)).id).toBe(access.id);
});

test("who waits for a full location and picks another comes there at once", async () => {
  const { host } = places["far"]!;
  await books.queries
    .updateTable("hosts")
    .set({ state: "draining" })
    .where("id", "=", host)
    .execute();
  const owner = await books.subscriber();
  const id = deviceId(randomUUID());
  expect((await books.add(owner, id, undefined, idOf("far"))).added.kind).toBe("waiting");
  expect(await pick(owner, id, "near")).toMatchObject({ outcome: "waits" });
  expect((await books.accessOf(id)).hostId).toBe(places["near"]!.host);
});
