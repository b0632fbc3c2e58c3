import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { GiveBacks } from "../../../db/access/give-backs.ts";
import { beginGiveBack } from "../../../db/access/host-maintenances.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { recordApplied } from "../../../db/access/host-changes.ts";
import { bookTime } from "../../../db/access/time-lots.ts";
import { lockSubscription } from "../../../db/access/subscriptions.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { MaintenanceQueries } from "../../../db/queries/access/maintenances.ts";
import type { GiveBackRef, GiveBackStep } from "../../../domain/access/maintenance.ts";
import { givenAtOnce } from "../../../domain/access/maintenance.ts";
import type { DeviceId, HostId, SubscriptionId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import type { TimeEntry } from "../../../domain/access/time-lots.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, dayMs, hourMs, type Instant, instant, msBetween } from "../../../domain/time.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { MovingDevices, tunnels } from "../../drivers/moves.ts";

const db = useDatabase();
const books = new AccessBooks(db);
const moves = new MovingDevices(books);
let giveBacks: GiveBacks;
beforeAll(() => {
  giveBacks = new GiveBacks(db.writer.em);
});

const now = (): Instant => instant(new Date());
let networks = 0;
const host = async (): Promise<HostId> => {
  const [made] = await books.hosts(tunnels((networks += 1)));
  return made!;
};

interface Owner extends Subscriber {
  readonly device: DeviceId;
}

/** Somebody who was given so many days ten days ago, with a device on the open host since then. */
async function owner(days = 30, refundedAt?: Instant): Promise<Owner> {
  const since = addMs(now(), -10 * dayMs);
  const one = await books.subscriber({ paidUntil: null });
  await books.inTransaction(async (tx) => {
    const locked = await lockSubscription(tx, one.subscriptionId);
    await bookTime(tx, locked!, timeOf(since, days, refundedAt));
  });
  const end = await endOf(one);
  // Who has no time gets no place: this was when they had some.
  await setEnd(one, addMs(now(), dayMs));
  const placed = await books.add(one);
  const device = placed.id;
  const access = await books.accessOf(device);
  await moves.apply(access.id, since);
  await books.queries
    .updateTable("accesses")
    .set({ placedAt: new Date(since), createdAt: new Date(since) })
    .where("id", "=", access.id)
    .execute();
  await setEnd(one, end);
  return { ...one, device };
}

/** Days that were given or, where they were refunded later, bought. */
function timeOf(at: Instant, days: number, refundedAt: Instant | undefined): TimeEntry[] {
  const ms = Math.round(days * dayMs);
  const id = randomUUID();
  if (refundedAt === undefined) return [{ kind: "admin", cause: `admin/${id}`, ms, at }];
  const terms = { code: "trial" as PlanCode, version: 1, days, deviceLimit: 3, prices: {} };
  const cause = `payment/${id}`;
  const refund = {
    kind: "refund",
    cause: `return/${id}/1`,
    lot: cause,
    returnedMinor: 100,
  } as const;
  return [
    { kind: "payment", cause, ms, price: money(100, "RUB"), terms, at },
    { ...refund, at: refundedAt },
  ];
}

const setEnd = ({ subscriptionId: of }: Subscriber, end: Instant) =>
  books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(end) })
    .where("id", "=", of)
    .execute();

/** A maintenance that is over, whose time is about to be given back. */
async function maintained(hostId: HostId, from: Instant, to: Instant): Promise<GiveBackRef> {
  const maintenanceId = randomUUID();
  const span = { startedAt: new Date(from), endedAt: new Date(to) };
  await books.queries
    .insertInto("host_maintenances")
    .values({ id: maintenanceId, hostId, texts: {}, until: null, ...span, giveBack: null })
    .execute();
  const change = { kind: "giveBack", hostId, maintenanceId } as const;
  const request = { requestId: randomUUID() as string, by: operator, change } as const;
  const begun = await books.inTransaction((tx) =>
    beginGiveBack({ db: tx, request, now: now() }, change),
  );
  if (begun.kind !== "changed" || begun.giveBack === undefined) throw new Error("it has not begun");
  return begun.giveBack;
}

async function giveAll(ref: GiveBackRef): Promise<GiveBackStep> {
  let woken: readonly SubscriptionId[] = [];
  for (;;) {
    const { step } = await giveBacks.takeStep(ref, woken, now());
    if (step.kind === "ended") return step;
    woken = step.wake.map(({ id }) => id);
  }
}

const givenTo = async ({ subscriptionId: of }: Subscriber): Promise<number> => {
  const rows = await books.queries
    .selectFrom("time_lots")
    .select("ms")
    .where("subscriptionId", "=", of)
    .where("kind", "=", "maintenance")
    .execute();
  return rows.reduce((sum, { ms }) => sum + ms, 0);
};

const endOf = async ({ subscriptionId: of }: Subscriber) => {
  const query = books.queries.selectFrom("subscriptions").select("paidUntil");
  return instant((await query.where("id", "=", of).executeTakeFirstOrThrow()).paidUntil!);
};

const notices = async ({ telegramId: to }: Subscriber) =>
  (await books.listMessages(to)).filter((key) => key.startsWith("give-back/"));

test("each subscription gets what a maintenance has lasted, once, although workers take its steps at the same time and again", async () => {
  const of = await host();
  const owners: Owner[] = [];
  for (let count = 0; count < 7; count += 1) owners.push(await owner());
  const ends = await Promise.all(owners.map(endOf));
  const from = addMs(now(), -5 * hourMs);
  const ref = await maintained(of, from, addMs(from, 3 * hourMs));
  await Promise.all(Array.from({ length: 6 }, () => giveAll(ref)));
  expect(await giveAll(ref)).toEqual({ kind: "ended", handled: 7, given: 7 });
  for (const [place, one] of owners.entries()) {
    expect(await givenTo(one)).toBe(3 * hourMs);
    expect(msBetween(ends[place]!, await endOf(one))).toBe(3 * hourMs);
    expect(await notices(one)).toHaveLength(1);
  }
});

test("two hosts of one subscription that were worked on together are counted once, given back at the same time", async () => {
  const first = await host();
  const one = await owner();
  const other = await host();
  const added = await books.add(one);
  const access = await books.accessOf(added.id);
  await books.inTransaction((tx) => recordApplied(tx, [access.id], now()));
  await books.queries
    .updateTable("accesses")
    .set({ placedAt: new Date(addMs(now(), -dayMs)) })
    .where("id", "=", access.id)
    .execute();
  const from = addMs(now(), -8 * hourMs);
  const refs = [
    await maintained(first, from, addMs(from, 3 * hourMs)),
    await maintained(other, addMs(from, hourMs), addMs(from, 5 * hourMs)),
  ];
  await Promise.all(refs.map(giveAll));
  expect(await givenTo(one)).toBe(5 * hourMs);
});

test("who is blocked, ended or refunded, or had no time before gets nothing; whose time ran out gets what ran, and is woken", async () => {
  const of = await host();
  const from = addMs(now(), -5 * hourMs);
  const blocked = await owner();
  const ended = await owner();
  const late = await owner();
  const expired = await owner(9);
  const refunded = await owner(30, addMs(from, hourMs));
  const halfway = await owner((10 * dayMs - 4 * hourMs) / dayMs);
  const set = (one: Owner, revokedAt: Date) =>
    books.queries
      .updateTable("subscriptions")
      .set({ revokedAt })
      .where("id", "=", one.subscriptionId)
      .execute();
  await set(ended, new Date());
  await books.queries
    .updateTable("customers")
    .set({ status: "blocked" })
    .where("id", "=", blocked.customerId)
    .execute();
  const ref = await maintained(of, from, addMs(from, 3 * hourMs));
  const { step } = await giveBacks.takeStep(ref, [], now());
  expect(step).toMatchObject({ kind: "giving", handled: 6, given: 2, left: 0 });
  expect(step.kind === "giving" && step.wake.map(({ id }) => id)).toEqual([halfway.subscriptionId]);
  // A worker that died has woken nobody, as far as the books know.
  expect((await giveBacks.takeStep(ref, [], now())).step).toEqual(step);
  await giveAll(ref);
  const lost = await Promise.all([blocked, ended, expired, refunded].map(givenTo));
  expect(lost).toEqual([0, 0, 0, 0]);
  expect(await givenTo(late)).toBe(3 * hourMs);
  const left = await givenTo(halfway);
  expect(Math.abs(left - hourMs)).toBeLessThan(10_000);
  expect(toEnd(await endOf(halfway), left)).toBe(true);
});

const toEnd = (end: Instant, ms: number): boolean => Math.abs(msBetween(now(), end) - ms) < 10_000;

test("a device that has moved is concerned until its new host has had it", async () => {
  const of = await host();
  const one = await owner();
  const from = addMs(now(), -5 * hourMs);
  const ref = await maintained(of, from, addMs(from, 4 * hourMs));
  await host();
  const moved = await moves.move(one.device, { now: addMs(from, hourMs) });
  if (moved.kind !== "moved") throw new Error(moved.kind);
  await moves.apply(moved.accessId, addMs(from, 2 * hourMs));
  await giveAll(ref);
  expect(await givenTo(one)).toBe(2 * hourMs);
});

test("time that is given back brings no traffic, and the books agree with themselves; what nobody gave back is found", async () => {
  const of = await host();
  const one = await owner();
  const limit = { trafficLimitBytes: 1_000, trafficBaseBytes: 0, movedBytes: 0 };
  await books.queries
    .updateTable("subscriptions")
    .set(limit)
    .where("id", "=", one.subscriptionId)
    .execute();
  const from = addMs(now(), -5 * hourMs);
  await giveAll(await maintained(of, from, addMs(from, hourMs)));
  const after = await books.queries
    .selectFrom("subscriptions")
    .select(["trafficLimitBytes", "trafficBaseBytes", "movedBytes"])
    .where("id", "=", one.subscriptionId)
    .executeTakeFirstOrThrow();
  expect(after).toEqual(limit);
  const audit = async () => {
    const found = await new AuditQueries(db.writer.em).findDisagreements();
    return found.filter(({ about }) => about.includes(one.subscriptionId));
  };
  expect(await audit()).toEqual([]);
  const cause = `maintenance/${randomUUID()}/${one.subscriptionId}`;
  await books.inTransaction(async (tx) => {
    const locked = await lockSubscription(tx, one.subscriptionId);
    await bookTime(tx, locked!, [{ kind: "maintenance", cause, ms: 1_000, at: now() }]);
  });
  expect(await audit()).toMatchObject([{ kind: "grantedWithoutAct", about: cause }]);
});

test("many are given their time in steps, each with so many of them, and admins are told once", async () => {
  const admin = await books.person("admin");
  const of = await host();
  const count = givenAtOnce + 3;
  for (let place = 0; place < count; place += 1) await owner();
  const from = addMs(now(), -5 * hourMs);
  const ref = await maintained(of, from, addMs(from, hourMs));
  const { step } = await giveBacks.takeStep(ref, [], now());
  expect(step).toMatchObject({ kind: "giving", handled: givenAtOnce, left: 3 });
  const last = await new MaintenanceQueries(db.reader.em).findLast(of, now());
  expect(last).toMatchObject({ concerned: count, handled: givenAtOnce, giveBack: "running" });
  expect(await giveAll(ref)).toEqual({ kind: "ended", handled: count, given: count });
  await giveAll(ref);
  const notified = (await books.listMessages(admin)).filter((key) =>
    key.startsWith("give-back-done/"),
  );
  expect(notified).toHaveLength(1);
});
