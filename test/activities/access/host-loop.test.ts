import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { listWaitingHosts } from "../../../db/access/accesses.ts";
import { reissue } from "../../../db/access/devices.ts";
import { addMs, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import { eventually } from "../../drivers/eventually.ts";
import {
  books,
  compare,
  expire,
  follow,
  host,
  isGone,
  isThere,
  onHost,
  peers,
  openFollowedHost,
} from "./followed-host.ts";

openFollowedHost();

test("a device is on its host within a moment, and its key is written once", async () => {
  void follow();
  const { owner, access } = await onHost();
  const keys = [`key/${access.id}/file`];
  await eventually(async () => expect(await books.listMessages(owner.telegramId)).toEqual(keys));
  host.restart();
  await compare();
  await isThere(access.identity);
  await eventually(async () => {
    expect(
      await listWaitingHosts(books.queries, owner.subscriptionId, instant(new Date())),
    ).toEqual([]);
  });
  expect(await books.listMessages(owner.telegramId)).toEqual(keys);
});

test("the end of time removes a peer by the clock alone, and only that one", async () => {
  void follow();
  const bob = await onHost();
  const eve = await onHost();
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
  await eventually(async () => expect(await books.listMessages(owner.telegramId)).toHaveLength(1));
  await set("blocked");
  await isGone(access.identity);
  await set("active");
  await isThere(access.identity);
  expect(await books.listMessages(owner.telegramId)).toHaveLength(1);
});

test("bytes that moved before a new key was asked for are counted (sec-04)", async () => {
  void follow();
  const { owner, device } = await onHost();
  for (let round = 0; round < 3; round++) {
    const { identity } = await books.accessOf(device);
    await isThere(identity);
    host.carry(identity, 1_000, 9_000);
    const ids = { deviceId: device, subscriptionId: owner.subscriptionId };
    await books.inTransaction((tx) =>
      reissue(tx, books.vault, {
        ...ids,
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

test("a peer that is removed and added again counts from zero, even beyond its last reading", async () => {
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

test("a used-up allowance pauses access and is announced once", async () => {
  void follow();
  const owner = await books.subscriber({ trafficLimitBytes: 1_000 });
  const { id: device } = await books.add(owner);
  const { identity } = await books.accessOf(device);
  await isThere(identity);
  host.carry(identity, 400, 600);
  await compare();
  await isGone(identity);
  const notices = (await books.listMessages(owner.telegramId)).filter((key) =>
    key.startsWith("used-up/"),
  );
  expect(notices).toHaveLength(1);
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
