import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  HostMigrations,
  insertMigration,
  setMigrationState,
} from "../../../db/access/host-migrations.ts";
import { HostQueries } from "../../../db/queries/access/hosts.ts";
import {
  batchesOf,
  type HostMigrationRef,
  mostPerMinute,
} from "../../../domain/access/host-migration.ts";
import type { DeviceId } from "../../../domain/ids.ts";
import { addMs, dayMs, type Instant, instant, minuteMs } from "../../../domain/time.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { MovingDevices, tunnels } from "../../drivers/moves.ts";

const db = useDatabase();
const books = new AccessBooks(db);
const moves = new MovingDevices(books);
let migrations: HostMigrations;
beforeAll(() => {
  migrations = new HostMigrations(db.writer.em, moves.ports);
});

const now = (): Instant => instant(new Date());
let networks = 0;
const host = (capacity?: number) => tunnels((networks += 1), capacity);

interface Begun {
  readonly ref: HostMigrationRef;
  readonly devices: readonly DeviceId[];
}

/** A host with devices that are paid for longer and longer, and others with so much room. */
async function begin(
  count: number,
  room: readonly number[],
  ratePerMinute = mostPerMinute,
): Promise<Begun> {
  const [source] = await books.hosts(host());
  const devices: DeviceId[] = [];
  for (let place = 0; place < count; place += 1) {
    const { owner, device } = await moves.onHost();
    const paidUntil = new Date(addMs(now(), (30 + place) * dayMs));
    await books.queries
      .updateTable("subscriptions")
      .set({ paidUntil })
      .where("id", "=", owner.subscriptionId)
      .execute();
    devices.push(device);
  }
  if (room.length > 0) await books.hosts(...room.map((capacity) => host(capacity)));
  const id = randomUUID();
  const begun = { id, hostId: source!, kind: "drain" as const, ratePerMinute, now: now() };
  await books.inTransaction((tx) => insertMigration(tx, begun));
  return { ref: { migrationId: id, hostId: source!, host: "old" }, devices };
}

const hostOf = async (device: DeviceId) => (await books.accessOf(device)).hostId;

test("devices move at the rate and no faster, however often a step is repeated, those that are paid for longest first", async () => {
  const rate = 12;
  const { size, everyMs } = batchesOf(rate);
  const { ref, devices } = await begin(5, [50], rate);
  let at = now();
  for (let moved = 0; moved < devices.length;) {
    const steps = [];
    for (let time = 0; time < 3; time += 1) steps.push(await migrations.takeStep(ref, at));
    moved = Math.min(devices.length, moved + size);
    const left = devices.length - moved;
    expect(steps.at(-1)).toMatchObject({ kind: "moving", moved, left, next: addMs(at, everyMs) });
    const places = await Promise.all(devices.map(hostOf));
    expect(places.map((place) => place === ref.hostId)).toEqual(
      devices.map((_, place) => place < left),
    );
    at = addMs(at, everyMs);
  }
  expect(await migrations.takeStep(ref, at)).toEqual({ kind: "ended", state: "done", moved: 5 });
  expect(await migrations.takeStep(ref, at)).toEqual({ kind: "ended", state: "done", moved: 5 });
});

test("whoever finds no room stays where they are, admins are told once, and they move when there is room", async () => {
  const admin = await books.person("admin");
  const { ref, devices } = await begin(4, [1]);
  let at = now();
  const take = async () => {
    at = addMs(at, minuteMs);
    return migrations.takeStep(ref, at);
  };
  for (let time = 0; time < 3; time += 1) {
    expect(await take()).toEqual({ kind: "waits", moved: 1, left: 3 });
  }
  const details = await new HostQueries(db.reader.em).findMigration(ref.hostId);
  expect(details).toMatchObject({ state: "running", moved: 1, arrived: 0, left: 3 });
  expect(details?.waitingSince).toBeDefined();
  expect(await books.listMessages(admin)).toEqual([`migration-waits/${ref.migrationId}/${admin}`]);
  await books.queries
    .updateTable("hosts")
    .set({ capacity: 9 })
    .where("state", "=", "open")
    .execute();
  expect(await take()).toMatchObject({ kind: "moving", moved: 4, left: 0 });
  expect(await take()).toMatchObject({ kind: "ended", state: "done" });
  expect(await Promise.all(devices.map(hostOf))).not.toContain(ref.hostId);
  const { waitingSince } = (await new HostQueries(db.reader.em).findMigration(ref.hostId))!;
  expect(waitingSince).toBeUndefined();
});

test("a device that no host may take does not keep those behind it from moving", async () => {
  const { ref, devices } = await begin(3, [50]);
  const location = { id: randomUUID(), code: `l${networks}`, flag: "🏳", names: {}, groups: [] };
  await books.queries
    .insertInto("locations")
    .values({ ...location, names: { en: "L", ru: "L" }, members: [], sort: 0, audience: "all" })
    .execute();
  // It comes first, and its owner has picked where no host is.
  await books.queries
    .updateTable("devices")
    .set({ locationId: location.id })
    .where("id", "=", devices[2]!)
    .execute();
  expect(await migrations.takeStep(ref, now())).toEqual({ kind: "waits", moved: 2, left: 1 });
  const places = await Promise.all(devices.map(hostOf));
  expect(places.map((place) => place === ref.hostId)).toEqual([false, false, true]);
});

test("an aborted migration leaves each device wholly moved or wholly not, wherever it was stopped", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(4),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      async (steps, given) => {
        const { ref, devices } = await begin(4, [50], 6);
        let at = now();
        for (let step = 0; step < steps; step += 1) {
          await migrations.takeStep(ref, at);
          at = addMs(at, minuteMs);
        }
        for (const [place, device] of devices.entries()) {
          const { id, hostId } = await books.accessOf(device);
          if (hostId !== ref.hostId && given[place]) await moves.apply(id, at);
        }
        const arrived = await Promise.all(
          devices.map(async (device) => {
            const { hostId, givenAt } = await books.accessOf(device);
            return hostId !== ref.hostId && givenAt !== null;
          }),
        );
        const abort = { state: "aborting" as const, now: at };
        await books.inTransaction((tx) => setMigrationState(tx, ref.migrationId, abort));
        for (let time = 0; time < 3; time += 1) await migrations.takeStep(ref, at);
        expect(await migrations.takeStep(ref, at)).toMatchObject({
          kind: "ended",
          state: "aborted",
        });
        for (const [place, device] of devices.entries()) {
          const { hostId } = await books.accessOf(device);
          expect(hostId === ref.hostId).toBe(!arrived[place]);
          const later = addMs(at, 2 * dayMs);
          const living = (await moves.accessesOf(device)).filter(
            ({ retiredAt }) => retiredAt === null || instant(retiredAt) > later,
          );
          expect(living).toHaveLength(1);
        }
      },
    ),
    { numRuns: 12 },
  );
});

test("a host is emptied of devices without time as well, so that it can be removed", async () => {
  const { ref, devices } = await begin(2, [50]);
  await books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(Date.now() - 400 * dayMs) })
    .where("id", "in", (of) =>
      of
        .selectFrom("devices")
        .select("subscriptionId")
        .where("id", "=", devices[0]! as string),
    )
    .execute();
  let at = now();
  for (let time = 0; time < 3; time += 1) {
    await migrations.takeStep(ref, at);
    at = addMs(at, minuteMs);
  }
  const [gone] = await moves.accessesOf(devices[0]!);
  // Nobody uses its old key, so nothing is waited for.
  expect(gone?.retiredAt && instant(gone.retiredAt) <= at).toBe(true);
  expect(await hostOf(devices[0]!)).not.toBe(ref.hostId);
});
