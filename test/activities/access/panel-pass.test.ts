import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { HostPass } from "../../../activities/access/host-pass.ts";
import { reach } from "../../../activities/access/host-reach.ts";
import { reissue, revokeDevice } from "../../../db/access/devices.ts";
import { panelUserName } from "../../../domain/derived-ids.ts";
import type { DeviceId, HostId } from "../../../domain/ids.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { MemoryPanel } from "../../drivers/memory-panel.ts";

const db = useDatabase();
let books: AccessBooks;
let panel: MemoryPanel;
let id: HostId;
let pass: HostPass;

beforeAll(() => {
  books = new AccessBooks(db);
});

beforeEach(async () => {
  panel = new MemoryPanel();
  const settings = { kind: "panel" };
  [id] = (await books.hosts({ name: randomUUID(), capacity: 100, weight: 1, settings })) as [
    HostId,
  ];
  const ports = {
    em: db.writer.em,
    vault: books.vault,
    now: () => new Date(),
    checkpoint: () => undefined,
  };
  pass = new HostPass(id, reach({ get: async () => panel }, id), ports);
});

const gib = 2 ** 30;
const now = () => instant(new Date());

/** A device whose user the panel has. */
async function onPanel(to: Subscriber): Promise<{ readonly id: DeviceId; readonly name: string }> {
  const { id: device } = await books.add(to);
  await pass.followBooks();
  const { id: accessId, identity } = await books.accessOf(device);
  expect(identity).toBe(panelUserName(accessId));
  expect(panel.users.has(identity)).toBe(true);
  return { id: device, name: identity };
}

const setSubscription = ({ subscriptionId }: Subscriber, row: object) =>
  books.queries
    .updateTable("subscriptions")
    .set(row)
    .where("id", "=", subscriptionId as string)
    .execute();

const movedBy = async ({ subscriptionId }: Subscriber): Promise<number> =>
  (
    await books.queries
      .selectFrom("subscriptions")
      .select("movedBytes")
      .where("id", "=", subscriptionId as string)
      .executeTakeFirstOrThrow()
  ).movedBytes;

test("a device's user has a name that every panel takes, the end of its right and one device", async () => {
  const paidUntil = addMs(now(), 10 * dayMs);
  const alice = await books.subscriber({ paidUntil });
  const { name } = await onPanel(alice);
  expect(name).toMatch(/^[a-z]{3,}_[a-z2-7]{26}$/u);
  expect(name.length).toBeLessThanOrEqual(32);
  expect(panel.users.get(name)?.terms).toEqual({
    endsAt: paidUntil,
    limitBytes: undefined,
    deviceLimit: 1,
  });
});

test("a user whose time is over is kept and shut out, and comes back as it was with new time", async () => {
  const alice = await books.subscriber();
  const { name } = await onPanel(alice);
  const { epoch } = panel.users.get(name)!;
  panel.carry(name, 100);
  await setSubscription(alice, { paidUntil: new Date(Date.now() - dayMs) });
  await pass.followBooks();
  expect(panel.calls.at(-1)).toBe(`remove forNow ${name}`);
  expect((await panel.list()).peers[0]?.user?.isLetIn).toBe(false);
  // Its counter goes on: what was counted is not counted again.
  await pass.compareWhole();
  await setSubscription(alice, { paidUntil: new Date(Date.now() + dayMs) });
  await pass.followBooks();
  panel.carry(name, 1);
  await pass.compareWhole();
  expect(panel.users.get(name)).toMatchObject({ epoch, isDisabled: false });
  expect(await movedBy(alice)).toBe(101);
});

test("a revoked device's user is deleted, a new key is another user", async () => {
  const alice = await books.subscriber();
  const { id: device, name } = await onPanel(alice);
  const { subscriptionId } = alice;
  const request = { deviceId: device, subscriptionId, requestId: randomUUID(), now: now() };
  const access = newTunnelAccess();
  await books.inTransaction((to) => reissue(to, books.vault, { ...request, access }));
  await pass.followBooks();
  const { identity: next } = await books.accessOf(device);
  expect([...panel.users.keys()]).toEqual([next]);
  expect(next).not.toBe(name);
  await books.inTransaction((to) =>
    revokeDevice(to, { deviceId: device, subscriptionId, now: now() }),
  );
  await pass.followBooks();
  expect(panel.users.size).toBe(0);
});

test("the panel stops a user itself at what the subscription has left, also when one is made again", async () => {
  const alice = await books.subscriber({ trafficLimitBytes: 10 * gib });
  const { name } = await onPanel(alice);
  const limit = () => panel.users.get(name)?.terms.limitBytes;
  expect(limit()).toBe(10 * gib);
  panel.carry(name, 4 * gib);
  await pass.compareWhole();
  expect(limit()).toBe(10 * gib);
  // Somebody deletes it by hand; its counter restarts.
  panel.users.delete(name);
  await pass.compareWhole();
  await pass.compareWhole();
  await pass.compareWhole();
  expect(limit()).toBe(6 * gib);
  await setSubscription(alice, { trafficLimitBytes: 20 * gib });
  await pass.compareWhole();
  expect(limit()).toBe(16 * gib);
  expect(await movedBy(alice)).toBe(4 * gib);
});

test("two devices share what is left", async () => {
  const alice = await books.subscriber({ trafficLimitBytes: 10 * gib });
  const phone = await onPanel(alice);
  const laptop = await onPanel(alice);
  panel.carry(phone.name, 7 * gib);
  await pass.compareWhole();
  expect(panel.users.get(phone.name)?.terms.limitBytes).toBe(10 * gib);
  expect(panel.users.get(laptop.name)?.terms.limitBytes).toBe(3 * gib);
});

test("what was changed by hand is repaired; users of others are neither touched nor asked about", async () => {
  const alice = await books.subscriber();
  const { name } = await onPanel(alice);
  await pass.compareWhole();
  const mine = panel.users.get(name)!;
  const stranger = { ...mine, epoch: "theirs" };
  panel.users.set("stranger", stranger);
  for (const changed of [
    { ...mine, isDisabled: true },
    { ...mine, terms: { ...mine.terms, endsAt: undefined } },
    { ...mine, terms: { ...mine.terms, deviceLimit: undefined } },
    { ...mine, terms: { ...mine.terms, limitBytes: 1 } },
  ]) {
    panel.users.set(name, changed);
    expect(await pass.compareWhole()).not.toHaveProperty("unknown");
    expect(panel.users.get(name)).toEqual(mine);
  }
  expect(panel.users.get("stranger")).toBe(stranger);
  const before = panel.calls.length;
  await pass.compareWhole();
  expect(panel.calls).toHaveLength(before);
});

test("a panel's cumulative limit grows by the plan's when a period has ended, and its user is in again", async () => {
  const endsAt = addMs(now(), dayMs);
  const period = { kind: "calendar" as const, endsAt };
  const alice = await books.subscriber({ trafficLimitBytes: 10 * gib, period });
  const { name } = await onPanel(alice);
  panel.carry(name, 10 * gib);
  await pass.compareWhole();
  await pass.followBooks();
  expect((await panel.list()).peers[0]?.user?.isLetIn).toBe(false);
  const { epoch } = panel.users.get(name)!;
  await setSubscription(alice, { trafficPeriodEndsAt: new Date(Date.now() - 1_000) });
  await pass.compareWhole();
  await pass.followBooks();
  expect(panel.users.get(name)?.terms.limitBytes).toBe(20 * gib);
  expect(panel.users.get(name)).toMatchObject({ epoch });
  expect((await panel.list()).peers[0]?.user?.isLetIn).toBe(true);
  panel.carry(name, gib);
  await pass.compareWhole();
  expect(panel.users.get(name)?.terms.limitBytes).toBe(20 * gib);
  expect(await movedBy(alice)).toBe(11 * gib);
});
