import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { rollUpAllTraffic, rollUpTraffic } from "../../../db/access/traffic-months.ts";
import { recordTraffic } from "../../../db/access/traffic.ts";
import { statements } from "../../../db/migrations/0027-traffic-months.ts";
import { DeviceQueries } from "../../../db/queries/access/devices.ts";
import { monthOf } from "../../../domain/access/traffic-months.ts";
import type { HostId } from "../../../domain/ids.ts";
import { instant } from "../../../domain/time.ts";
import { addDays, type Day } from "../../../domain/zone.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const db = useDatabase();
let books: AccessBooks;
let hosts: readonly HostId[];

const entry = (name: string) => {
  return { name, capacity: 200, weight: 1, settings: memoryHostSettings() };
};

beforeAll(async () => {
  books = new AccessBooks(db);
  hosts = await books.hosts(entry("one"), entry("two"));
});

const run = <Row>(query: string, values: unknown[] = []) =>
  db.owner.em.fork().execute<Row[]>(query, values);

interface Moved {
  readonly host: number;
  readonly day: Day;
  readonly up: number;
  readonly down: number;
}

const first = "2027-11-20";
const moves: fc.Arbitrary<Moved[]> = fc.array(
  fc.record({
    host: fc.nat(1),
    // Over the end of a year and of a February with 29 days.
    day: fc.nat(130).map((later) => addDays(first, later)),
    up: fc.nat(1_000),
    down: fc.nat(1_000),
  }),
  { minLength: 1, maxLength: 12 },
);

/** A device of its own, which has moved this. */
async function deviceThatMoved(moved: readonly Moved[]) {
  const owner = await books.subscriber();
  const { id } = await books.add(owner);
  const { identity } = await books.accessOf(id);
  const raw = { up: 0, down: 0 };
  for (const { host, day, up, down } of moved) {
    raw.up += up;
    raw.down += down;
    const counters = [
      {
        identity,
        epoch: "1",
        uploadedBytes: raw.up,
        downloadedBytes: raw.down,
        lastHandshakeAt: undefined,
      },
    ];
    const now = instant(`${day}T12:00:00Z`);
    const read = { hostId: hosts[host]!, epoch: "1", counters, now };
    await books.inTransaction((tx) => recordTraffic(tx, read));
  }
  return { owner, id };
}

const sumsOf = async (device: string) =>
  Object.fromEntries(
    (
      await run<{ key: string; up: string; down: string }>(
        `select host_id || '/' || month as key, sum(uploaded)::text as up, sum(downloaded)::text as down
           from (select device_id, host_id, to_char(month, 'YYYY-MM') as month, uploaded, downloaded
                   from traffic_months
                 union all
                 select device_id, host_id, to_char(day, 'YYYY-MM'), uploaded, downloaded
                   from traffic_daily) t
          where device_id = ? group by 1`,
        [device],
      )
    ).map(({ key, up, down }) => [key, [Number(up), Number(down)]]),
  );

function modelOf(moved: readonly Moved[]) {
  const sums: Record<string, [number, number]> = {};
  for (const { host, day, up, down } of moved) {
    if (up + down === 0) continue;
    const sum = (sums[`${hosts[host]}/${monthOf(day)}`] ??= [0, 0]);
    sum[0] += up;
    sum[1] += down;
  }
  return sums;
}

/** The same of all hosts together. */
function withoutHosts(sums: Readonly<Record<string, readonly [number, number]>>) {
  const all: Record<string, [number, number]> = {};
  for (const [key, [up, down]] of Object.entries(sums)) {
    const sum = (all[key.slice(-7)] ??= [0, 0]);
    sum[0] += up;
    sum[1] += down;
  }
  return all;
}

test("however days are rolled up, what a device has moved on a host in a month stays the same", () =>
  fc.assert(
    fc.asyncProperty(
      moves,
      fc.array(fc.tuple(fc.nat(140), fc.integer({ min: 1, max: 4 })), { maxLength: 4 }),
      async (moved, rolls) => {
        const { owner, id } = await deviceThatMoved(moved);
        const wanted = modelOf(moved);
        expect(await sumsOf(id)).toEqual(wanted);
        for (const [later, atMost] of rolls) {
          const before = addDays(first, later);
          // Two workers at once, as after one was taken for dead.
          await Promise.all([1, 2].map(() => rollUpTraffic(books.queries, before, atMost)));
          expect(await sumsOf(id)).toEqual(wanted);
        }
        await rollUpAllTraffic(books.queries, "2028-02-01");
        const query = "select 1 from traffic_daily where device_id = ? and day < '2028-02-01'";
        expect(await run(query, [id])).toEqual([]);
        const months = await new DeviceQueries(db.reader.em).listMonths(
          owner.subscriptionId,
          "2027-11-01",
        );
        const inMonths = Object.fromEntries(
          months.map(({ month, uploaded, downloaded }) => [month, [uploaded, downloaded]]),
        );
        expect(inMonths).toEqual(withoutHosts(wanted));
      },
    ),
    { numRuns: 40 },
  ));

test("one call moves no more days than it may, the oldest first", async () => {
  const days = ["2027-01-03", "2027-01-01", "2027-01-02"];
  const { id } = await deviceThatMoved(days.map((day) => ({ host: 0, day, up: 1, down: 0 })));
  expect(await rollUpTraffic(books.queries, "2027-02-01", 2)).toBe(2);
  const left = `select to_char(day, 'YYYY-MM-DD') as day from traffic_daily where device_id = ?`;
  expect(await run(left, [id])).toEqual([{ day: "2027-01-03" }]);
  expect(await rollUpTraffic(books.queries, "2027-02-01", 2)).toBe(1);
  expect(await rollUpTraffic(books.queries, "2027-02-01", 2)).toBe(0);
});

test("what was counted before hosts were told apart belongs to the only host of its device, or to none", async () => {
  const once = await deviceThatMoved([{ host: 0, day: first, up: 1, down: 2 }]);
  const twice = await deviceThatMoved([{ host: 0, day: first, up: 3, down: 4 }]);
  const { hostId: only } = await books.accessOf(once.id);
  const { hostId: former, ...access } = await books.accessOf(twice.id);
  const { deviceId, subscriptionId, identity } = access;
  await books.queries
    .insertInto("accesses")
    .values({
      id: randomUUID(),
      deviceId,
      subscriptionId,
      hostId: hosts.find((host) => host !== former)!,
      identity: `${identity}2`,
      secretsEncrypted: "",
      presharedHash: "",
      requestId: randomUUID(),
      retiredAt: new Date(),
    })
    .execute();
  for (const statement of [
    `drop table traffic_months`,
    `alter table traffic_daily drop constraint traffic_daily_once, drop column host_id`,
    `delete from traffic_daily where device_id not in ('${once.id}', '${twice.id}')`,
    `alter table traffic_daily add constraint traffic_daily_pkey primary key (device_id, day)`,
    ...statements,
  ])
    await run(statement);
  const rows = "select host_id, uploaded from traffic_daily order by uploaded";
  expect(await run(rows)).toMatchObject([{ host_id: only }, { host_id: null }]);
  await rollUpAllTraffic(books.queries, "2028-01-01");
  expect(await run("select host_id, uploaded from traffic_months order by uploaded")).toMatchObject(
    [{ host_id: only }, { host_id: null }],
  );
});
