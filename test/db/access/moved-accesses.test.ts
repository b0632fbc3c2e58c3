import { expect, test } from "vitest";
import { findDueChanges, findNextEnd, notifyWaitingFor } from "../../../db/access/accesses.ts";
import { keepDeviceLink, openDeviceLink } from "../../../db/access/device-links.ts";
import { revokeDevice } from "../../../db/access/devices.ts";
import { recordGone, recordRefused } from "../../../db/access/host-changes.ts";
import { openAccesses } from "../../../db/access/opened-accesses.ts";
import { LinkQueries } from "../../../db/queries/access/links.ts";
import { untilFollowed } from "../../../domain/access/move.ts";
import type { HostId } from "../../../domain/ids.ts";
import { addMs, dayMs, hourMs, type Instant, instant, minuteMs } from "../../../domain/time.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { MovingDevices, panel, tunnels } from "../../drivers/moves.ts";

const db = useDatabase();
const books = new AccessBooks(db);
const moves = new MovingDevices(books);

const now = (): Instant => instant(new Date());

test("both hosts let a moving device in; the old one no longer than the overlap after the new one has it", async () => {
  const [from, to] = await books.hosts(tunnels(3), tunnels(4));
  const { device } = await moves.onHost();
  const old = await books.accessOf(device);
  const target = old.hostId === from ? to! : from!;
  const source = old.hostId as HostId;
  const at = now();
  const moved = await moves.move(device, { now: at });
  expect(moved).toMatchObject({ kind: "moved", hostId: target });
  const next = await books.accessOf(device);
  const due = (host: HostId, when: Instant) => findDueChanges(books.queries, host, when);
  // However long the new host takes, the old one goes on.
  expect(await due(source, addMs(at, 5 * dayMs))).toEqual({ remove: [], apply: [] });
  expect((await due(target, at)).apply).toEqual([next.id]);
  await moves.apply(next.id, at);
  expect(await findNextEnd(books.queries, source, at)).toBe(addMs(at, hourMs));
  expect((await due(source, addMs(at, hourMs - 1))).remove).toEqual([]);
  expect((await due(source, addMs(at, hourMs))).remove).toEqual([old.identity]);
  const { removedAt } = (await moves.accessesOf(device))[0]!;
  expect(removedAt).toBeNull();
  const gone = { hostId: source, identities: [old.identity] };
  await recordGone(books.queries, { ...gone, now: addMs(at, minuteMs) });
  expect((await moves.accessesOf(device))[0]!.removedAt).toBeNull();
  await recordGone(books.queries, { ...gone, now: addMs(at, hourMs) });
  expect((await moves.accessesOf(device))[0]!.removedAt).not.toBeNull();
});

test("the first sign of life on the new host ends the old access", async () => {
  const [from, to] = await books.hosts(tunnels(5), tunnels(6));
  const { device } = await moves.onHost();
  const old = await books.accessOf(device);
  await moves.move(device);
  const next = await books.accessOf(device);
  await moves.apply(next.id);
  const source = old.hostId as HostId;
  const target = source === from ? to! : from!;
  await moves.see(source, old.identity, now());
  expect((await findDueChanges(books.queries, source, now())).remove).toEqual([]);
  await moves.see(target, next.identity, now());
  expect((await findDueChanges(books.queries, source, now())).remove).toEqual([old.identity]);
});

test("the owner of a tunnel is sent the new key with a sentence why, and once", async () => {
  await books.hosts(tunnels(7), tunnels(8));
  const { owner, device } = await moves.onHost();
  const before = (await books.listMessages(owner.telegramId)).length;
  await moves.move(device, { cause: "migration" });
  expect(await books.listMessages(owner.telegramId)).toHaveLength(before);
  const { id } = await books.accessOf(device);
  await moves.apply(id);
  await moves.apply(id);
  const messages = (await books.listMessages(owner.telegramId)).slice(before);
  expect(messages).toEqual([`moved/${id}`, `key/${id}/file`]);
});

test("a panel's device keeps its credentials and its link, and its owner needs no new key", async () => {
  const [first, second] = await books.hosts(panel(), panel());
  const { owner, device } = await moves.onHost();
  const token = openDeviceLink(
    books.vault,
    device,
    await books.inTransaction((tx) => keepDeviceLink(tx, books.vault, device)),
  );
  const before = (await books.listMessages(owner.telegramId)).length;
  const old = await books.accessOf(device);
  const secretsOf = async (accessId: string) => {
    const asked = { ids: [accessId], now: now() };
    const { opened } = await openAccesses(books.queries, books.vault, asked);
    return opened[0]?.secrets;
  };
  const secrets = await secretsOf(old.id);
  const links = new LinkQueries(db.reader.em);
  const linked = async () => (await links.find(token, now()))?.access?.id;
  await moves.move(device, { cause: "migration", overlapMs: dayMs });
  const next = await books.accessOf(device);
  expect([first, second]).toContain(next.hostId);
  expect(await secretsOf(next.id)).toBe(secrets);
  // Until the next panel has the user, the link leads to the first one.
  expect(await linked()).toBe(old.id);
  await moves.apply(next.id);
  expect(await linked()).toBe(next.id);
  expect(await books.listMessages(owner.telegramId)).toHaveLength(before);
});

test("a device that is removed while it moves is removed from both hosts", async () => {
  await books.hosts(tunnels(15), tunnels(16));
  const { owner, device } = await moves.onHost();
  await moves.move(device);
  const at = now();
  await books.inTransaction((tx) =>
    revokeDevice(tx, { deviceId: device, subscriptionId: owner.subscriptionId, now: at }),
  );
  const rows = await moves.accessesOf(device);
  expect(rows.map(({ retiredAt }) => retiredAt && instant(retiredAt))).toEqual([at, at]);
});

test("whoever can use the old host is not told that the new one is away or refuses them", async () => {
  await books.hosts(tunnels(17), tunnels(18));
  const { owner, device } = await moves.onHost();
  await moves.move(device);
  const next = await books.accessOf(device);
  const before = await books.listMessages(owner.telegramId);
  await notifyWaitingFor(books.queries, next.hostId as HostId, now());
  await books.inTransaction((tx) => recordRefused(tx, [{ accessId: next.id, reason: "x" }], now()));
  expect(await books.listMessages(owner.telegramId)).toEqual(before);
  expect((await books.accessOf(device)).refusal).toBe("x");
  const [old] = await moves.accessesOf(device);
  expect(instant(old!.retiredAt!)).toBe(untilFollowed);
});
