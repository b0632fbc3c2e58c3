import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { keepHost } from "../../../activities/access/host-loop.ts";
import { listWaitingHosts } from "../../../db/access/accesses.ts";
import { revokeDevice } from "../../../db/access/devices.ts";
import { allowRemovals } from "../../../db/access/hosts.ts";
import { decideUnknownPeers } from "../../../db/access/unknown-peers.ts";
import { listen } from "../../../db/notifications.ts";
import { type HostCondition, wellHost } from "../../../domain/access/host.ts";
import { instant } from "../../../domain/time.ts";
import type { VpnHost } from "../../../gateways/hosts/port.ts";
import { eventually } from "../../drivers/eventually.ts";
import {
  books,
  compare,
  cutLine,
  db,
  expire,
  follow,
  host,
  id,
  isGone,
  isThere,
  line,
  loops,
  onHost,
  peers,
  polling,
  openFollowedHost,
} from "./followed-host.ts";

openFollowedHost();

test("manual changes are repaired: an address, a preshared key, a missing peer", async () => {
  void follow();
  const one = await onHost();
  const two = await onHost();
  const three = await onHost();
  const before = new Map((await host.list()).peers.map((peer) => [peer.identity, peer]));
  // One of ours has taken the address of another one, which is gone: neither counts as unknown.
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

test("an unknown peer outside our addresses is left alone; one inside is asked about once, then removed", async () => {
  host.put("outside", { addresses: ["10.99.0.1"], presharedHash: undefined });
  host.put("inside", { addresses: ["10.8.0.2"], presharedHash: undefined });
  const found = await follow();
  expect(found.unknown).toMatchObject({ count: 1 });
  const { batch } = found.unknown!;
  const again = follow({ asked: batch });
  // Its address is not given while it is there.
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

test("a question about an unknown peer that nobody answered is asked again when it has lapsed", async () => {
  host.put("inside", { addresses: ["10.8.0.2"], presharedHash: undefined });
  const { unknown } = await follow();
  const { batch } = unknown!;
  const again = follow({ asked: batch });
  await compare();
  expect(await Promise.race([again, delay(100)])).toBeUndefined();
  await db.owner.em
    .fork()
    .execute("update unknown_peers set seen_at = seen_at - interval '7 days 2 hours'");
  await compare();
  expect((await again).unknown).toEqual({ batch, count: 1 });
  // It is asked again with a new question, and then not repeated.
  await db.owner.em.fork().execute(
    `insert into approvals (approval_id, ask, kind, subject, state, asked_at)
     values ('host:' || replace(?, '-', ''), 'b', 'unknownPeers', '{}', 'open', now())`,
    [batch],
  );
  const third = follow({ asked: batch });
  await compare();
  expect(await Promise.race([third, delay(100)])).toBeUndefined();
});

test("a key whose address an unknown peer has gets another one before it is sent", async () => {
  const { id: device } = await books.add(await books.subscriber());
  const { address, identity } = await books.accessOf(device);
  host.put("first", { addresses: [address!], presharedHash: undefined });
  void follow();
  await isThere(identity);
  expect((await books.accessOf(device)).address).not.toBe(address);
});

test("an access that cannot be decrypted does not affect others, is reported once, and needs a person", async () => {
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
  expect(await books.listMessages()).toContain(`refused/${broken.id}`);
  expect((await books.accessOf(bad)).refusal).toMatch(/./u);
});

test("a host that does not answer delays only its own accesses; admins and waiting customers are notified once, and again when it is back", async () => {
  const admin = await books.person("admin");
  cutLine(true);
  const owner = await books.subscriber();
  const { id: device } = await books.add(owner);
  const away = await follow();
  expect(away.away).toContain("ETIMEDOUT");
  const { id: access, identity } = await books.accessOf(device);
  expect(await books.listMessages(owner.telegramId)).toEqual([`away/${access}`]);
  const now = instant(new Date());
  expect(await listWaitingHosts(books.queries, owner.subscriptionId, now)).toHaveLength(1);
  const back = follow({ known: away });
  const late = await books.subscriber();
  // It is not placed on a host that does not answer,
  // and its owner is notified that no host has room.
  const { added } = await books.add(late);
  expect(added).toEqual({ kind: "waiting" });
  cutLine(false);
  expect((await back).away).toBeUndefined();
  expect(await peers()).toContain(identity);
  void follow();
  await eventually(async () => expect(await peers()).toHaveLength(2));
  const notices = (await books.listMessages(admin)).map((key) => key.split("/")[0]);
  expect(notices).toEqual(["host-away", "host-back"]);
});

test("retired keys that come back with a restored host are removed, but not beyond the limit without approval", async () => {
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

test("a host that lost everything has all peers back in one pass, and nobody is notified", async () => {
  void follow();
  await Promise.all(Array.from({ length: 20 }, onHost));
  // Their presence is recorded after it, with the message about it.
  await eventually(async () => {
    const unwritten = books.queries.selectFrom("accesses").select("id").where("hostId", "=", id);
    expect(await unwritten.where("givenAt", "is", null).execute()).toEqual([]);
  });
  const before = (await peers()).toSorted();
  const notices = await books.listMessages();
  host.restart();
  await compare();
  await eventually(async () => expect((await peers()).toSorted()).toEqual(before));
  expect(await books.listMessages()).toEqual(notices);
});

test("two loops of one host never act at the same time; when one ends the other goes on", async () => {
  const first = new AbortController();
  let acting = 0;
  let worst = 0;
  let lists = 0;
  const counted: VpnHost = {
    ...line(),
    list: async () => {
      worst = Math.max(worst, (acting += 1));
      await delay(50);
      acting -= 1;
      lists += 1;
      return host.list();
    },
  };
  const hosts = { get: async () => counted, forget: () => undefined };
  const quick = { ...polling, compareEveryMs: 5 };
  const ports = { hosts, polling: quick };
  const loop = keepHost(
    {
      em: db.writer.em,
      vault: books.vault,
      listen: () => listen(db.writerUrl, ["hosts"]),
      now: () => new Date(),
      ...ports,
    },
    { hostId: id, known: wellHost },
    { signal: first.signal, checkpoint: () => first.signal.throwIfAborted() },
  );
  await eventually(() => expect(lists).toBeGreaterThan(0));
  const second = await listen(db.writerUrl, ["hosts"]);
  const tryLock = second.tryLock.bind(second);
  let tries = 0;
  second.tryLock = (name) => {
    tries += 1;
    return tryLock(name);
  };
  void follow({}, { ...ports, listen: async () => second });
  await eventually(() => expect(tries).toBeGreaterThan(0));
  const listsThen = lists;
  await eventually(() => expect(lists).toBeGreaterThan(listsThen + 20));
  expect(worst).toBe(1);
  first.abort();
  await expect(loop).rejects.toThrow("aborted");
  await onHost();
  expect(worst).toBe(1);
});

test("a peer that its host added while the answer was lost is pending until it is removed: a block names the host", async () => {
  const real = line();
  let isLost = true;
  const losing: VpnHost = {
    ...real,
    apply: async (accesses) => {
      const answers = await real.apply(accesses);
      if (!isLost) return answers;
      cutLine(true);
      throw new Error("socket hang up");
    },
  };
  void follow({}, { hosts: { get: async () => losing, forget: () => undefined } });
  const owner = await books.subscriber();
  const { id: device } = await books.add(owner);
  const { identity } = await books.accessOf(device);
  await isThere(identity);
  await expire(owner.subscriptionId);
  const waits = () => listWaitingHosts(books.queries, owner.subscriptionId, instant(new Date()));
  expect(await waits()).toHaveLength(1);
  isLost = false;
  cutLine(false);
  await isGone(identity);
  await eventually(async () => expect(await waits()).toEqual([]));
});
