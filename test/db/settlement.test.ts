import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Plans } from "../../db/plans.ts";
import { PlansForSale } from "../../db/readers/plans-for-sale.ts";
import { Refunds } from "../../db/refunds.ts";
import { Settlement } from "../../db/settlement.ts";
import { Subscriptions } from "../../db/subscriptions.ts";
import { Unmatched } from "../../db/unmatched.ts";
import { telegramId } from "../../domain/ids.ts";
import { type Money, money } from "../../domain/money.ts";
import {
  balanceGateway,
  type GatewayName,
  type GatewayReport,
  grantCause,
  type PaymentId,
  type PaymentOrder,
  type Told,
} from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../support/database.ts";
import { openedOrder, openShop, planFor } from "../support/orders.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");
const rowsOf = <Row>(query: string, values: unknown[] = []): Promise<Row[]> =>
  db.owner.em.fork().execute<Row[]>(query, values);

let settlement: Settlement;

beforeAll(async () => {
  settlement = new Settlement(db.writer.em);
  await openShop(db.writer.em);
});

const paid = (reference: string, amount: Money): GatewayReport => ({
  kind: "paid",
  reference,
  paid: amount,
  at: now,
});

const settle = (order: PaymentOrder, report: GatewayReport, key = randomUUID() as string) =>
  settlement.settleOnce(order, { key, report }, now);

const byName = (a: string, b: string): number => (a < b ? -1 : 1);

const balanceOf = async (order: PaymentOrder) =>
  new PlansForSale(db.reader.em).balances(order.customerId);

test("forty reports of one charge at the same time are booked once", async () => {
  const order = await openedOrder(db.writer.em);
  const report = paid(`c-${order.id}`, order.price);
  // The one who gives the time is as slow as can be: nobody has, when the others come.
  await new Subscriptions(db.writer.em).grantOnce(
    order.subscriptionId,
    { cause: grantCause(order.id), kind: "payment", days: 30, terms: order.terms },
    now,
  );
  const all = await Promise.all(Array.from({ length: 40 }, () => settle(order, report)));
  expect(all.filter(([first]) => first?.kind === "grant")).toHaveLength(1);
  const entries = await rowsOf("select * from ledger_entries where payment_id = ?", [order.id]);
  expect(entries).toHaveLength(2);
});

test("the same key is answered with the same consequences, whatever has happened since", async () => {
  const order = await openedOrder(db.writer.em);
  const report = paid(`c-${order.id}`, money(100, "RUB"));
  const first = await settle(order, report, "key-1");
  expect(first).toMatchObject([{ kind: "credit", why: "underpaid" }]);
  expect(await settle(order, report, "key-1")).toEqual(first);
  expect(await settle(order, report, "key-2")).toEqual([{ kind: "duplicate" }]);
});

test("a charge that was booked and whose time was never given is given by whoever hears of it again", async () => {
  const order = await openedOrder(db.writer.em);
  const report = paid(`c-${order.id}`, order.price);
  expect(await settle(order, report)).toMatchObject([{ kind: "grant" }]);
  expect(await settle(order, report)).toMatchObject([{ kind: "grant" }]);
  await new Subscriptions(db.writer.em).grantOnce(
    order.subscriptionId,
    { cause: grantCause(order.id), kind: "payment", days: 30, terms: order.terms },
    now,
  );
  expect(await settle(order, report)).toEqual([{ kind: "duplicate" }]);
});

test("two orders that are paid from one balance at the same time spend it once", async () => {
  const person = 77_001;
  const rich = await openedOrder(db.writer.em, { person });
  await settle(rich, paid(`c-${rich.id}`, money(30_000, "XTR")));
  await settle(rich, paid(`d-${rich.id}`, money(29_999, "RUB")));
  await settle(rich, paid(`e-${rich.id}`, money(30_001, "RUB")));
  // 29,999 + 30,001 pay the first order; what is over is the balance of 30,000.
  expect(await balanceOf(rich)).toContainEqual({ minor: 30_000, currency: "RUB" });
  const orders = await Promise.all([
    openedOrder(db.writer.em, { person, gateway: balanceGateway, plan: "month" }),
    openedOrder(db.writer.em, { person: 77_002, gateway: balanceGateway, plan: "month" }),
  ]);
  const [mine, poor] = orders;
  const again = { ...mine, id: (await openedTwin(person)).id };
  const results = await Promise.all(
    [mine, again, poor].map((order) => settle(order, paid(order.id, order.price))),
  );
  const kinds = results.map(([first]) => first?.kind ?? "").toSorted(byName);
  expect(kinds).toEqual(["end", "end", "grant"]);
  expect(await balanceOf(rich)).not.toContainEqual(expect.objectContaining({ currency: "RUB" }));
});

/** A second order for the balance: of another plan's worth it would not be allowed, so its currency's twin. */
async function openedTwin(person: number): Promise<PaymentOrder> {
  await rowsOf(
    "update payments set state = 'cancelled' where gateway = 'balance' and currency = 'RUB'",
  );
  return openedOrder(db.writer.em, { person, gateway: balanceGateway, plan: "month" });
}

test("what a gateway says is kept word for word, once", async () => {
  const order = await openedOrder(db.writer.em);
  const told: Told = {
    gateway: order.gateway,
    report: paid("c", order.price),
    evidence: '{"x": 13660000000000000001}',
    headers: { "crypto-pay-api-signature": "ab" },
    by: "gateway",
  };
  await Promise.all([settlement.keepOnce(order.id, told), settlement.keepOnce(order.id, told)]);
  await settlement.keepOnce(order.id, { ...told, evidence: "other" });
  const kept = await rowsOf("select body, headers from gateway_events where payment_id = ?", [
    order.id,
  ]);
  expect(kept).toHaveLength(2);
  expect(kept).toContainEqual({ body: told.evidence, headers: told.headers });
});

test("a blocked customer is asked for nothing, and what they pay all the same is kept", async () => {
  const order = await openedOrder(db.writer.em);
  await rowsOf("update customers set status = 'blocked' where id = ?", [order.customerId]);
  const report = paid(`c-${order.id}`, order.price);
  expect(await settle(order, report)).toMatchObject([{ kind: "credit", why: "blocked" }]);
  expect(await balanceOf(order)).toEqual([order.price]);
});

test("a plan that changes becomes a new version, one that goes is retired, and the same file is no news", async () => {
  const plans = new Plans(db.writer.em);
  const shown = new PlansForSale(db.reader.em);
  const before = [
    planFor("month", { RUB: 30_000, XTR: 250 }),
    planFor("family", { RUB: 60_000, XTR: 500 }),
  ];
  await plans.importAll([...before, planFor("gone", { RUB: 5 })]);
  await Promise.all([plans.importAll(before), plans.importAll(before)]);
  const versions = async () =>
    (await shown.offered()).map(({ code, version }) => `${code} ${version}`).toSorted(byName);
  expect(await versions()).toEqual(["family 1", "month 1"]);
  await plans.importAll([before[1]!, planFor("month", { RUB: 31_000, XTR: 250 })]);
  expect(await versions()).toEqual(["family 1", "month 2"]);
  await plans.importAll(before);
  expect(await versions()).toEqual(["family 1", "month 3"]);
  expect((await shown.version("month", 2))?.prices).toEqual({ RUB: 31_000, XTR: 250 });
});

test("any refunds together never give back more than was paid", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 5 }),
      async (parts) => {
        const order = await openedOrder(db.writer.em, { plan: "family" });
        const reference = `c-${order.id}`;
        await settle(order, paid(reference, order.price));
        const refunds = new Refunds(db.writer.em);
        let back = 0;
        for (const minor of parts) {
          const wish = { paymentId: order.id, amount: money(minor, "RUB"), reason: "test" };
          const by = { run: randomUUID(), now };
          const opened = await refunds.openOnce({ ...wish, requestId: randomUUID() }, by);
          const allowed = back + minor <= order.price.minor;
          expect(opened.kind).toBe(allowed ? "opened" : "notOpened");
          if (opened.kind !== "opened") continue;
          back += minor;
          const returned = money(back, "RUB");
          await settle(order, { kind: "refunded", reference, returned });
          await refunds.setState(opened.refund.requestId, "returned", { now });
        }
        const [row] = await rowsOf<{ left: string }>(
          "select sum(minor) as left from ledger_entries where account = 'gateway:memory' and payment_id = ?",
          [order.id],
        );
        expect(Number(row?.left)).toBe(order.price.minor - back);
      },
    ),
    { numRuns: 20 },
  ));

test("money of nobody is kept once, and given to one customer once", async () => {
  const order = await openedOrder(db.writer.em, { plan: "family" });
  const unmatched = new Unmatched(db.writer.em);
  const reference = randomUUID();
  const told: Told = {
    gateway: "ton" as GatewayName,
    report: paid(reference, money(5_000_000, "USDT")),
    evidence: "{}",
    by: "gateway",
  };
  const id = randomUUID() as PaymentId;
  expect(await unmatched.keepOnce(id, told, "one step")).toBe(true);
  expect(await unmatched.keepOnce(id, told, "one step")).toBe(true);
  expect(await unmatched.keepOnce(id, told, "another step")).toBe(false);
  const admin = telegramId(1_001);
  await rowsOf(
    `insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
     values (gen_random_uuid(), 1001, 'A', 'en', 'admin', 'active', now()) on conflict do nothing`,
  );
  const give = { kind: "give", customer: order.telegramId } as const;
  const wish = { requestId: randomUUID(), gateway: told.gateway, reference, what: give };
  expect(await unmatched.resolveOnce({ ...wish, by: order.telegramId }, now)).toEqual({
    kind: "notAdmin",
  });
  const words = await Promise.all(
    [1, 2, 3].map(() =>
      unmatched.resolveOnce({ ...wish, by: admin, requestId: randomUUID() }, now),
    ),
  );
  expect(words.map(({ kind }) => kind).toSorted(byName)).toEqual(["done", "notOpen", "notOpen"]);
  expect(await balanceOf(order)).toEqual([{ minor: 5_000_000, currency: "USDT" }]);
});
