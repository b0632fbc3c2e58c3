import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countFigures, FigureQueries } from "../../../db/queries/operations/figures.ts";
import { listSales } from "../../../db/queries/operations/sales.ts";
import { queriesOf } from "../../../db/orm.ts";
import { figurePeriods } from "../../../domain/operations/figures.ts";
import { addMs, dayMs, hourMs, instant } from "../../../domain/time.ts";
import { addDays, dayAt } from "../../../domain/zone.ts";
import { now, QueriedBooks } from "./queried-books.ts";

const books = new QueriedBooks();

/** The days of the zone, counted back from today, on which the period is. */
const daysOf = { today: 0, week: 6, month: 29 } as const;
const zone = "Asia/Kathmandu";
/** Its offset, the same all year. */
const nepalMs = 5.75 * hourMs;

const countAll = async () => {
  const at = now();
  const counted = await Promise.all(
    figurePeriods.map((period) => new FigureQueries(books.em).count(period, at, zone)),
  );
  return new Map(figurePeriods.map((period, place) => [period, counted[place]!]));
};

test("figures are what a model of drawn sales, people and findings says, by the zone's days", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ hoursAgo: fc.nat(24 * 40) }), { maxLength: 4 }),
      async (events) => {
        const before = await countAll();
        const at = now();
        const moments = events.map(({ hoursAgo }) => addMs(at, -hoursAgo * hourMs - 1));
        for (const moment of moments) {
          const { customerId } = await books.paidOrder(moment);
          await books.change("update customers set created_at = ? where id = ?", [
            moment,
            customerId,
          ]);
          await books.change(
            `insert into findings (payment_id, kind, reference, gateway, found_at)
             values (?, 'missed', '', 'memory', ?)`,
            [randomUUID(), moment],
          );
        }
        const after = await countAll();
        for (const period of figurePeriods) {
          const firstDay = addDays(dayAt(at, zone), -daysOf[period]);
          const within = moments.filter((moment) => dayAt(moment, zone) >= firstDay).length;
          const one = before.get(period)!;
          const other = after.get(period)!;
          const incomeOf = ({ income }: typeof one) =>
            income.find(({ amount }) => amount.currency === "RUB")?.amount.minor ?? 0;
          expect(other.sales - one.sales).toBe(within);
          expect(other.newPeople - one.newPeople).toBe(within);
          expect(other.found - one.found).toBe(within);
          expect(incomeOf(other) - incomeOf(one)).toBe(within * 30_000);
        }
      },
    ),
    { numRuns: 12 },
  ));

test("a period begins with the zone's midnight, neither before nor after it", async () => {
  const before = await countAll();
  const midnightMs = Math.floor((Date.now() + nepalMs) / dayMs) * dayMs - nepalMs;
  for (const daysAgo of Object.values(daysOf)) {
    await books.paidOrder(instant(midnightMs - daysAgo * dayMs));
    await books.paidOrder(instant(midnightMs - daysAgo * dayMs - 1));
  }
  const after = await countAll();
  const added = figurePeriods.map((period) => after.get(period)!.sales - before.get(period)!.sales);
  expect(added).toEqual([1, 3, 5]);
});

test("now: who may connect, devices, traffic, and what waits", async () => {
  const figures = new FigureQueries(books.em);
  const before = await figures.count("today", now(), "UTC");
  const order = await books.paidOrder();
  const device = await books.addDevice(order, "phone");
  await books.addKey(order, device, 1);
  await books.addKey(order, device, 2, { retired: true });
  await books.change("insert into traffic_daily values (?, ?, 3, 4)", [device, now().slice(0, 10)]);
  await books.change(
    `insert into tickets (customer_id, telegram_id, state, opened_at, last_message_at, unanswered_since)
     values (?, ?, 'open', now(), now(), now())`,
    [order.customerId, order.telegramId],
  );
  expect(await figures.count("today", now(), "UTC")).toMatchObject({
    active: before.active + 1,
    devices: before.devices + 1,
    online: before.online + 1,
    questions: before.questions + 1,
    waiting: before.waiting,
    unmatched: before.unmatched,
    uploaded: before.uploaded + 3,
    downloaded: before.downloaded + 4,
  });
  const later = await figures.count("today", instant(Date.now() + 100 * dayMs), "UTC");
  expect(later).toMatchObject({ newPeople: 0, sales: 0, active: 0, online: 0, uploaded: 0 });
});

test("who works for the shop is not a new customer", async () => {
  const figures = new FigureQueries(books.em);
  const before = await figures.count("today", now(), "UTC");
  const { customerId } = await books.paidOrder();
  const withCustomer = await figures.count("today", now(), "UTC");
  expect(withCustomer.newPeople).toBe(before.newPeople + 1);
  await books.change("update customers set role = 'support' where id = ?", [customerId]);
  const withStaff = await figures.count("today", now(), "UTC");
  expect(withStaff.newPeople).toBe(before.newPeople);
});

test("sales of a day are its bought time, with customer, plan and price", async () => {
  const at = instant(Date.now() - 200 * dayMs);
  const order = await books.paidOrder(at);
  const since = addMs(at, -1);
  const until = addMs(at, 1);
  const db = queriesOf(books.em);
  const [sale] = await listSales(db, { since, until, limit: 10 });
  expect(sale).toMatchObject({
    paymentId: order.id,
    customer: order.telegramId,
    price: order.price,
    at,
    until: addMs(at, 30 * dayMs),
  });
  expect((await countFigures(db, { since, until, now: now() })).sales).toBe(1);
  expect(await listSales(db, { since: until, until: addMs(until, 1), limit: 10 })).toEqual([]);
});
