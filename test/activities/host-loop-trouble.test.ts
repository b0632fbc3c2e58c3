import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { followHost } from "../../activities/host-loop.ts";
import { waitingHosts } from "../../db/accesses.ts";
import { revokeDevice } from "../../db/devices.ts";
import { allowRemovals } from "../../db/hosts.ts";
import { listen } from "../../db/notifications.ts";
import { type HostCondition, wellHost } from "../../domain/host.ts";
import { addMs, instant } from "../../domain/time.ts";
import type { VpnHost } from "../../gateways/vpn-host.ts";
import { eventually } from "../support/eventually.ts";
import {
  db,
  books,
  host,
  id,
  loops,
  cutLine,
  line,
  follow,
  onHost,
  pace,
  peers,
  isGone,
  compare,
} from "../support/host-loop.ts";

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
  cutLine(true);
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
  cutLine(false);
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
  await expect(loop).rejects.toThrow(/abort/iu);
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
