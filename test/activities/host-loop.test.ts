import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { followHost, type HostLoopInput, type HostLoopPorts } from "../../activities/host-loop.ts";
import { waitingHosts } from "../../db/accesses.ts";
import { reissue, revokeDevice } from "../../db/devices.ts";
import { allowRemovals, askForComparison } from "../../db/hosts.ts";
import { listen } from "../../db/notifications.ts";
import { decideUnknownPeers } from "../../db/unknown-peers.ts";
import { type HostCondition, wellHost } from "../../domain/host.ts";
import type { HostId } from "../../domain/ids.ts";
import { addMs, instant } from "../../domain/time.ts";
import { MemoryVpnHost } from "../../gateways/vpn-host/memory.ts";
import { newTunnelAccess } from "../../gateways/vpn-host/tunnel.ts";
import type { VpnHost } from "../../gateways/vpn-host.ts";
import { memoryHostSettings } from "../gateways/vpn-host/host-settings.ts";
import { AccessBooks } from "../support/access-books.ts";
import { useDatabase } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";

const db = useDatabase();
const settings = memoryHostSettings();
let books: AccessBooks;
let host: MemoryVpnHost;
let id: HostId;
let isDead = false;
let hasEnded: AbortController;
let loops: Promise<unknown>[] = [];

/** The host, behind a line that can be cut. */
function line(): VpnHost {
  const real = host;
  const reach = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isDead) throw new Error("connect ETIMEDOUT");
    return ask();
  };
  return {
    apply: (accesses) => reach(() => real.apply(accesses)),
    remove: (identities) => reach(() => real.remove(identities)),
    list: () => reach(() => real.list()),
    usage: () => reach(() => real.usage()),
    describe: () => real.describe(),
    credentials: (access) => real.credentials(access),
  };
}

beforeAll(async () => {
  books = new AccessBooks(db);
});

beforeEach(async () => {
  host = new MemoryVpnHost(settings);
  const entry = { name: randomUUID(), capacity: 100, weight: 1, settings };
  [id] = (await books.hosts(entry)) as [HostId];
  isDead = false;
  hasEnded = new AbortController();
});

afterEach(async () => {
  hasEnded.abort();
  await Promise.race([Promise.allSettled(loops), delay(5_000)]);
  loops = [];
});

const pace = { compareEveryMs: 60_000, awayAfterMs: 200, retryEveryMs: 100 };

function follow(
  input: Partial<HostLoopInput> = {},
  given: Partial<HostLoopPorts> = {},
): Promise<HostCondition> {
  const { signal } = hasEnded;
  const ports: HostLoopPorts = {
    em: db.writer.em,
    vault: books.vault,
    hosts: { get: async () => line() },
    listen: () => listen(db.writerUrl, ["hosts"]),
    now: () => new Date(),
    pace,
    ...given,
  };
  const goOn = () => signal.throwIfAborted();
  const loop = followHost(ports, { hostId: id, known: wellHost, ...input }, { signal, goOn });
  loops.push(loop);
  return loop;
}

const peers = async () => (await host.list()).peers.map(({ identity }) => identity);
const isThere = (identity: string) =>
  eventually(async () => expect(await peers()).toContain(identity));
const isGone = (identity: string) =>
  eventually(async () => expect(await peers()).not.toContain(identity));
const compare = () => askForComparison(books.queries, id);
const expire = (subscription: string) =>
  books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(Date.now() - 1_000) })
    .where("id", "=", subscription)
    .execute();

async function onHost() {
  const owner = await books.subscriber();
  const { id: device } = await books.add(owner);
  const access = await books.accessOf(device);
  await isThere(access.identity);
  return { owner, device, access };
}

test("a device is on its host within a moment, and its three keys are to be told once", async () => {
  void follow();
  const { owner, access } = await onHost();
  const keys = ["file", "qr", "text"].map((part) => `key/${access.id}/${part}`);
  await eventually(async () => expect(await books.told(owner.telegramId)).toEqual(keys));
  host.restart();
  await compare();
  await isThere(access.identity);
  await eventually(async () => {
    expect(await waitingHosts(books.queries, owner.subscriptionId, instant(new Date()))).toEqual(
      [],
    );
  });
  expect(await books.told(owner.telegramId)).toEqual(keys);
});

test("the end of time takes a peer off by the clock alone, and only that one", async () => {
  void follow();
  const [bob, eve] = [await onHost(), await onHost()];
  await books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(Date.now() + 700) })
    .where("id", "=", bob.owner.subscriptionId)
    .execute();
  await delay(300);
  expect(await peers()).toContain(bob.access.identity);
  await isGone(bob.access.identity);
  expect(await peers()).toContain(eve.access.identity);
});

test("a block ends access at once, and its end brings it back without another key", async () => {
  void follow();
  const { owner, access } = await onHost();
  const set = (status: "blocked" | "active") =>
    books.queries
      .updateTable("customers")
      .set({ status })
      .where("id", "=", owner.customerId)
      .execute();
  await eventually(async () => expect(await books.told(owner.telegramId)).toHaveLength(3));
  await set("blocked");
  await isGone(access.identity);
  await set("active");
  await isThere(access.identity);
  expect(await books.told(owner.telegramId)).toHaveLength(3);
});

test("bytes that moved before a new key was asked for are counted (sec-04)", async () => {
  void follow();
  const { owner, device } = await onHost();
  for (let round = 0; round < 3; round++) {
    const { identity } = await books.accessOf(device);
    await isThere(identity);
    host.carry(identity, 1_000, 9_000);
    const wish = { deviceId: device, subscriptionId: owner.subscriptionId };
    await books.inTransaction((tx) =>
      reissue(tx, books.vault, {
        ...wish,
        requestId: randomUUID(),
        access: newTunnelAccess(),
        now: instant(new Date()),
      }),
    );
    await isGone(identity);
  }
  await eventually(async () => {
    const { movedBytes } = await books.queries
      .selectFrom("subscriptions")
      .select("movedBytes")
      .where("id", "=", owner.subscriptionId)
      .executeTakeFirstOrThrow();
    expect(movedBytes).toBe(30_000);
  });
});

test("a peer that is taken off and put back counts from nothing, even beyond its last reading", async () => {
  void follow();
  const { owner, device, access } = await onHost();
  host.carry(access.identity, 100, 0);
  await compare();
  await eventually(async () => expect(await movedBy(owner.subscriptionId)).toBe(100));
  await expire(owner.subscriptionId);
  await isGone(access.identity);
  await books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(Date.now() + 60_000) })
    .where("id", "=", owner.subscriptionId)
    .execute();
  await isThere(access.identity);
  host.carry(access.identity, 250, 0);
  await compare();
  await eventually(async () => expect(await movedBy(owner.subscriptionId)).toBe(350));
  expect(device).toBeDefined();
});

const movedBy = async (subscription: string) =>
  (
    await books.queries
      .selectFrom("subscriptions")
      .select("movedBytes")
      .where("id", "=", subscription)
      .executeTakeFirstOrThrow()
  ).movedBytes;

test("a used-up allowance pauses access and is told once", async () => {
  void follow();
  const owner = await books.subscriber({ trafficLimitBytes: 1_000 });
  const { id: device } = await books.add(owner);
  const { identity } = await books.accessOf(device);
  await isThere(identity);
  host.carry(identity, 400, 600);
  await compare();
  await isGone(identity);
  const told = (await books.told(owner.telegramId)).filter((key) => key.startsWith("used-up/"));
  expect(told).toHaveLength(1);
});

test("what somebody changed by hand is set right: an address, a preshared key, a missing peer", async () => {
  void follow();
  const [one, two, three] = [await onHost(), await onHost(), await onHost()];
  const before = new Map((await host.list()).peers.map((peer) => [peer.identity, peer]));
  // One of ours has taken the address of another, which is gone: neither is judged to be a stranger.
  await host.remove([two.access.identity]);
  const stolen = [one.access.address!, two.access.address!];
  const { presharedHash } = one.access;
  host.put(one.access.identity, { addresses: stolen, presharedHash });
  host.put(three.access.identity, {
    addresses: [three.access.address!],
    presharedHash: "another",
  });
  await compare();
  await eventually(async () => {
    const after = new Map((await host.list()).peers.map((peer) => [peer.identity, peer]));
    expect(after).toEqual(before);
  });
});

test("a stranger outside our addresses is left alone; one inside is asked about once, then removed", async () => {
  host.put("outside", { addresses: ["10.99.0.1"], presharedHash: undefined });
  host.put("inside", { addresses: ["10.8.0.2"], presharedHash: undefined });
  const found = await follow();
  expect(found.unknown).toMatchObject({ count: 1 });
  const { batch } = found.unknown!;
  const again = follow({ asked: batch });
  // Its address is given to nobody while it is there.
  const { access } = await onHost();
  expect(access.address).not.toBe("10.8.0.2");
  await compare();
  await decideUnknownPeers(books.queries, {
    hostId: id,
    batch,
    mayGo: true,
    at: instant(new Date()),
  });
  await compare();
  await isGone("inside");
  expect(await peers()).toContain("outside");
  expect(await Promise.race([again, delay(100)])).toBeUndefined();
});

test("a key that somebody else's peer is in the way of gets another address before it is given", async () => {
  const { id: device } = await books.add(await books.subscriber());
  const { address, identity } = await books.accessOf(device);
  host.put("first", { addresses: [address!], presharedHash: undefined });
  void follow();
  await isThere(identity);
  expect((await books.accessOf(device)).address).not.toBe(address);
});

test("an access that cannot be decrypted is one access, told once, and needs a person", async () => {
  const { id: bad } = await books.add(await books.subscriber());
  const { id: good } = await books.add(await books.subscriber());
  const broken = await books.accessOf(bad);
  await books.queries
    .updateTable("accesses")
    .set({ secretsEncrypted: "k1.x.x.x" })
    .where("id", "=", broken.id)
    .execute();
  const condition = await follow();
  expect(condition).toMatchObject({ refused: 1 });
  expect(await peers()).toEqual([(await books.accessOf(good)).identity]);
  expect(await books.told()).toContain(`refused/${broken.id}`);
  expect((await books.accessOf(bad)).refusal).toMatch(/./u);
});

test("a host that is away holds up only its own, is told once to admins and to who waits, and again when it is back", async () => {
  const admin = await books.person("admin");
  isDead = true;
  const owner = await books.subscriber();
  const { id: device } = await books.add(owner);
  const away = await follow();
  expect(away.away).toContain("ETIMEDOUT");
  const { id: access, identity } = await books.accessOf(device);
  expect(await books.told(owner.telegramId)).toEqual([`away/${access}`]);
  const now = instant(new Date());
  expect(await waitingHosts(books.queries, owner.subscriptionId, now)).toHaveLength(1);
  const back = follow({ known: away });
  const late = await books.subscriber();
  // It is not placed on a host that is away, and hears that there is no room.
  const { added } = await books.add(late);
  expect(added).toEqual({ kind: "waiting" });
  isDead = false;
  expect((await back).away).toBeUndefined();
  expect(await peers()).toContain(identity);
  void follow();
  await eventually(async () => expect(await peers()).toHaveLength(2));
  const told = (await books.told(admin)).map((key) => key.split("/")[0]);
  expect(told).toEqual(["host-away", "host-back"]);
});

test("retired keys that come back with a restored host go, but not beyond the limit without a yes", async () => {
  void follow();
  const owners = await Promise.all(Array.from({ length: 12 }, onHost));
  const before = (await host.list()).peers;
  const now = instant(new Date());
  for (const { owner, device } of owners) {
    const { subscriptionId } = owner;
    await books.inTransaction((tx) => revokeDevice(tx, { deviceId: device, subscriptionId, now }));
  }
  await eventually(async () => expect(await peers()).toEqual([]));
  for (const peer of before) host.put(peer.identity, peer);
  await compare();
  const held = (await loops[0]) as HostCondition;
  expect(held).toMatchObject({ held: 12 });
  const next = follow({ known: held });
  await delay(200);
  expect(await peers()).toHaveLength(12);
  await allowRemovals(books.queries, id, 12);
  await compare();
  expect(await next).toMatchObject({ held: 0 });
  expect(await peers()).toEqual([]);
});

test("a host that lost everything has everybody back in one pass, and nobody is told", async () => {
  void follow();
  await Promise.all(Array.from({ length: 20 }, onHost));
  const before = (await peers()).toSorted();
  const told = await books.told();
  host.restart();
  await compare();
  await eventually(async () => expect((await peers()).toSorted()).toEqual(before));
  expect(await books.told()).toEqual(told);
});

test("two loops of one host never act at the same time; when one ends the other goes on", async () => {
  const first = new AbortController();
  let acting = 0;
  let worst = 0;
  const counted: VpnHost = {
    ...line(),
    list: async () => {
      worst = Math.max(worst, (acting += 1));
      await delay(50);
      acting -= 1;
      return host.list();
    },
  };
  const hosts = { get: async () => counted };
  const quick = { ...pace, compareEveryMs: 5 };
  const ports = { hosts, pace: quick };
  const loop = followHost(
    {
      em: db.writer.em,
      vault: books.vault,
      listen: () => listen(db.writerUrl, ["hosts"]),
      now: () => new Date(),
      ...ports,
    },
    { hostId: id, known: wellHost },
    { signal: first.signal, goOn: () => first.signal.throwIfAborted() },
  );
  void follow({}, ports);
  await delay(500);
  expect(worst).toBe(1);
  first.abort();
  await expect(loop).rejects.toThrow();
  await onHost();
  expect(worst).toBe(1);
});

test("the clock is the caller's: an hour ahead ends what ends within it", async () => {
  let shiftMs = 0;
  void follow({}, { now: () => new Date(Date.now() + shiftMs) });
  const { owner, access } = await onHost();
  await books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(addMs(instant(new Date()), 1_800_000)) })
    .where("id", "=", owner.subscriptionId)
    .execute();
  shiftMs = 3_600_000;
  await compare();
  await isGone(access.identity);
});
