import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countFigures, FigureQueries } from "../../../db/queries/operations/figures.ts";
import { listSales } from "../../../db/queries/operations/sales.ts";
import { queriesOf } from "../../../db/orm.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { UnmatchedPayments } from "../../../db/payments/unmatched.ts";
import { telegramId } from "../../../domain/ids.ts";
import { type Money, money } from "../../../domain/money.ts";
import {
  gatewayName,
  type GatewayReport,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
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

const gateway = gatewayName("memory");

/** What the ledger's gateway accounts hold, in roubles. */
async function atGateways(): Promise<number> {
  const lines = await new AuditQueries(books.db.owner.em).readTrialBalance();
  return lines
    .filter(({ account, currency }) => account.startsWith("gateway") && currency === "RUB")
    .reduce((sum, { debitMinor, creditMinor }) => sum + debitMinor - creditMinor, 0);
}

const event = (report: GatewayReport) =>
  ({ gateway, report, evidence: JSON.stringify(report), source: "gateway" }) as const;

const rubles = (amounts: readonly Money[]) =>
  amounts.filter(({ currency }) => currency === "RUB").reduce((sum, { minor }) => sum + minor, 0);

/** What one of these has moved: a sale, perhaps returned, or money for no payment. */
async function moveMoney(move: { kind: string; minor: number; backMinor: number }) {
  const { kind, minor } = move;
  const paid = money(minor, "RUB");
  const returned = money(Math.min(minor, move.backMinor), "RUB");
  const unmatched = new UnmatchedPayments(books.db.writer.em);
  const order = await books.shop.order();
  const id = kind === "sale" ? order.id : (randomUUID() as PaymentId);
  const reference = `moved-${id}`;
  const reports = [
    { kind: "paid", reference, paid, at: addMs(now(), -1) },
    ...(returned.minor > 0 ? [{ kind: "refunded", reference, returned } as const] : []),
  ] as const;
  for (const report of reports) {
    if (kind === "sale") await books.shop.decide(order, report);
    else await unmatched.keepAll(id, [event(report)]);
    if (kind !== "given" || report.kind !== "paid") continue;
    const what = { kind: "give", customer: order.telegramId } as const;
    const by = telegramId(1001);
    await unmatched.resolveOnce({ gateway, reference, by, requestId: reference, what }, now());
  }
}

const readMoney = async () => {
  const today = (await countAll()).get("today")!;
  const { income, returned, unmatchedIncome } = today;
  return {
    came: rubles(income.map(({ amount }) => amount)),
    returned: rubles(returned),
    waits: rubles(unmatchedIncome),
    ledger: await atGateways(),
  };
};

test("what came in less what was returned is what the ledger's gateway accounts hold", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          kind: fc.constantFrom("sale", "waits", "given"),
          minor: fc.integer({ min: 1, max: 60_000 }),
          backMinor: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60_000 })),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      async (moves) => {
        const before = await readMoney();
        for (const move of moves) await moveMoney(move);
        const after = await readMoney();
        const left = moves.map(({ minor, backMinor }) => Math.max(0, minor - backMinor));
        const came = moves.reduce((sum, { minor }) => sum + minor, 0);
        const kept = left.reduce((sum, minor) => sum + minor, 0);
        const waits = left.filter((_, place) => moves[place]?.kind === "waits");
        expect(after.came - before.came).toBe(came);
        expect(after.returned - before.returned).toBe(came - kept);
        expect(after.ledger - before.ledger).toBe(kept);
        expect(after.waits - before.waits).toBe(waits.reduce((sum, minor) => sum + minor, 0));
      },
    ),
    { numRuns: 15 },
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
