import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { bookFacts } from "../../../db/payments/ledger.ts";
import { Refunds } from "../../../db/payments/refunds.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { telegramId } from "../../../domain/ids.ts";
import { type Money, money } from "../../../domain/money.ts";
import { customerAccount } from "../../../domain/payments/ledger.ts";
import {
  balanceGateway,
  type GatewayReport,
  type PaymentOrder,
} from "../../../domain/payments/payment.ts";
import type { RefundCommand } from "../../../domain/payments/refund.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { noDevices, useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);
let refunds: Refunds;
beforeAll(async () => {
  refunds = new Refunds(db.writer.em);
});

const now = () => instant(new Date());
const paid = (reference: string, amount: Money): GatewayReport => {
  return { kind: "paid", reference, paid: amount, at: now() };
};
const back = (reference: string, returned: Money): GatewayReport => {
  return { kind: "refunded", reference, returned };
};
const rub = (minor: number) => money(minor, "RUB");
const kinds = (effects: readonly { readonly kind: string }[]) => effects.map(({ kind }) => kind);
const agree = async () =>
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);

const rules = {
  gateways: async () => "partial" as const,
  limits: {},
  now: instant(new Date()),
};
const openRefund = (order: PaymentOrder, more: Partial<RefundCommand> = {}) =>
  refunds.openOnce(
    { requestId: randomUUID(), paymentId: order.id, reason: "r", by: telegramId(1001), ...more },
    { ...rules, now: now() },
  );

test("a paid order is one transaction: charge, ledger, time, state and messages", async () => {
  const order = await shop.order();
  const decided = await shop.decide(order, paid(`a-${order.id}`, order.price));
  expect(decided).toMatchObject({ state: "settled", wakesCalendar: true });
  expect(kinds(decided.effects)).toEqual(["granted"]);
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 3);
  expect(await shop.listMessages(order.telegramId)).toEqual(["timePaid", "invoice"]);
  await agree();
});

test("an event counts once by its key, however often and in whatever batch it comes", async () => {
  const order = await shop.order();
  const report = paid(`b-${order.id}`, order.price);
  await shop.decide(order, [report, report]);
  const again = await shop.decide(order, [report, paid(`b2-${order.id}`, rub(100))]);
  expect(kinds(again.effects)).toEqual(["granted", "credited"]);
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 3);
  expect(await shop.balance(order)).toBe(100);
  await agree();
});

test("a calendar that was not woken after a decision is woken by the next one, also beside other news", async () => {
  const order = await shop.order();
  const report = paid(`w-${order.id}`, order.price);
  // Its worker dies after the commit: the event is decided again, together with new ones.
  expect(await shop.decide(order, report)).toMatchObject({ wakesCalendar: true });
  const again = await shop.decide(order, [report, paid(`w2-${order.id}`, rub(100))]);
  expect(again.wakesCalendar).toBe(true);
  const alone = await shop.decide(order, paid(`w3-${order.id}`, rub(100)));
  expect(alone.wakesCalendar).toBe(false);
});

test("a payment that came twice and is returned already is not refunded again: nothing is reserved for it", async () => {
  const order = await shop.order();
  const first = `c1-${order.id}`;
  const second = `c2-${order.id}`;
  const reports = [paid(first, order.price), paid(second, order.price), back(second, order.price)];
  const decided = await shop.decide(order, reports);
  expect(kinds(decided.effects)).toEqual(["granted", "credited", "returned"]);
  expect(decided.refunds).toEqual([]);
  expect(await shop.balance(order)).toBe(0);
  await agree();
});

test("a return of another payment's charge is inconsistent, and does not stop other decisions", async () => {
  const one = await shop.order();
  const two = await shop.order();
  await shop.decide(one, paid(`d-${one.id}`, one.price));
  const reports = [back(`d-${one.id}`, one.price), paid(`d-${two.id}`, two.price)];
  const decided = await shop.decide(two, reports);
  expect(kinds(decided.effects)).toEqual(["inconsistent", "granted"]);
  expect(await shop.daysLeft(one)).toBeCloseTo(30, 3);
  await agree();
});

test("one reference never belongs to two payments", async () => {
  const one = await shop.order();
  const two = await shop.order();
  await shop.decide(one, paid("shared", one.price));
  const decided = await shop.decide(two, paid("shared", two.price));
  expect(kinds(decided.effects)).toEqual(["inconsistent"]);
  expect(await shop.daysLeft(two)).toBeLessThanOrEqual(0);
  expect(await shop.listMessages(telegramId(1001))).toContain("inconsistent");
  await agree();
});

test("a price that was credited instead of granted is refunded from the balance", async () => {
  const order = await shop.order();
  await shop.db
    .updateTable("subscriptions")
    .set({ revokedAt: new Date() })
    .where("id", "=", order.subscriptionId as string)
    .execute();
  const [credited] = (await shop.decide(order, paid(`c-${order.id}`, order.price))).effects;
  expect(credited).toMatchObject({ kind: "credited", why: "noAccess" });
  expect(await shop.balance(order)).toBe(30_000);
  await shop.decide(order, back(`c-${order.id}`, order.price));
  expect(await shop.balance(order)).toBe(0);
  await agree();
});

test("a payment that came twice is reserved at once: it cannot be spent while it is refunded", async () => {
  const person = await shop.person();
  const order = await shop.order({ person });
  await shop.decide(order, paid(`d1-${order.id}`, order.price));
  const twice = await shop.decide(order, paid(`d2-${order.id}`, order.price), { canRefund: true });
  expect(twice.refunds).toHaveLength(1);
  expect(await shop.balance(order)).toBe(0);
  const second = await shop.order({ person, gateway: balanceGateway });
  const bought = await shop.decide(second, paid(second.id, second.price));
  expect(kinds(bought.effects)).toEqual(["declined"]);
  const refund = await refunds.find(twice.refunds[0] ?? "");
  await refunds.complete(refund!, now(), noDevices);
  expect(await shop.balance(order)).toBe(0);
  expect(await shop.listMessages(person)).toContain("moneyReturned");
  await agree();
});

test("a refused refund notifies everybody who was told of it, and restores what it took", async () => {
  const order = await shop.order();
  await shop.decide(order, paid(`e1-${order.id}`, order.price));
  const { refunds: opened } = await shop.decide(order, paid(`e2-${order.id}`, order.price), {
    canRefund: true,
  });
  const refund = await refunds.find(opened[0] ?? "");
  await refunds.fail(refund!, { kind: "refused", why: "not today" }, now());
  expect(await shop.balance(order)).toBe(30_000);
  expect((await shop.listMessages(order.telegramId)).at(-1)).toBe("refundFailed");
  expect(await shop.listMessages(telegramId(1001))).toContain("refundRefused");
  await agree();
});

test("balance that is spent cannot be refunded", async () => {
  const person = await shop.person();
  const order = await shop.order({ person });
  const customer = shop.db.updateTable("customers").where("telegramId", "=", person as number);
  await customer.set({ status: "blocked" }).execute();
  await shop.decide(order, paid(`f-${order.id}`, order.price));
  await customer.set({ status: "active" }).execute();
  const second = await shop.order({ person, gateway: balanceGateway });
  const bought = await shop.decide(second, paid(second.id, second.price));
  expect(kinds(bought.effects)).toEqual(["granted"]);
  expect(await openRefund(order, { reference: `f-${order.id}` })).toEqual({
    kind: "notOpened",
    why: "spent",
  });
  await agree();
});

test("a part that came first takes its share of the time with it, and the last coin does not refund all", async () => {
  const order = await shop.order();
  await shop.decide(order, paid(`g1-${order.id}`, rub(29_999)));
  expect(kinds((await shop.decide(order, paid(`g2-${order.id}`, rub(1)))).effects)).toEqual([
    "granted",
  ]);
  await shop.decide(order, back(`g2-${order.id}`, rub(1)));
  expect(await shop.stateOf(order)).toBe("settled");
  await shop.decide(order, back(`g1-${order.id}`, rub(29_999)));
  expect(await shop.daysLeft(order)).toBeLessThan(0.01);
  expect(await shop.stateOf(order)).toBe("refunded");
  await agree();
});

test.each([
  ["family", "month"],
  ["month", "family"],
])(
  "%s, then %s, then the first is refunded: the other's thirty days stay",
  async (first, second) => {
    const person = await shop.person();
    const one = await shop.order({ person, plan: first });
    await shop.decide(one, paid(`h1-${one.id}`, one.price));
    const two = await shop.order({ person, plan: second });
    await shop.decide(two, paid(`h2-${two.id}`, two.price));
    await shop.decide(one, back(`h1-${one.id}`, one.price));
    expect(await shop.daysLeft(two)).toBeCloseTo(30, 2);
    await agree();
  },
);

test("opening a refund takes the time, its failure restores it, and its success takes it for good", async () => {
  const order = await shop.order();
  await shop.decide(order, paid(`i-${order.id}`, order.price));
  const opened = await openRefund(order);
  if (opened.kind !== "opened") throw new Error(opened.why);
  expect(await shop.daysLeft(order)).toBeLessThan(0.01);
  await agree();
  expect(await openRefund(order)).toEqual({ kind: "notOpened", why: "underWay" });
  await refunds.fail(opened.refund, { kind: "rejected", why: "rejected" }, now());
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 2);
  const again = await openRefund(order);
  if (again.kind !== "opened") throw new Error(again.why);
  await shop.decide(order, back(`i-${order.id}`, order.price));
  await refunds.complete(again.refund, now(), noDevices);
  expect(await shop.daysLeft(order)).toBeLessThan(0.01);
  expect(await shop.stateOf(order)).toBe("refunded");
  await agree();
});

test("a chargeback of spent balance is a debt, a return that we made ourselves is our loss", async () => {
  for (const kind of ["chargedBack", "refunded"] as const) {
    const person = await shop.person();
    const order = await shop.order({ person });
    await shop.decide(order, paid(`j1-${order.id}`, order.price));
    await shop.decide(order, paid(`j2-${order.id}`, order.price));
    const second = await shop.order({ person, gateway: balanceGateway });
    await shop.decide(second, paid(second.id, second.price));
    expect(await shop.balance(order)).toBe(0);
    await shop.decide(order, { kind, reference: `j2-${order.id}`, returned: order.price });
    expect(await shop.balance(order)).toBe(kind === "chargedBack" ? -30_000 : 0);
  }
  expect(await shop.listMessages(telegramId(1001))).toContain("debt");
  await agree();
});

test("two plans that are bought from one balance at the same time spend it once", async () => {
  for (let round = 0; round < 20; round += 1) {
    const person = await shop.person();
    const rich = await shop.order({ person, plan: "family" });
    await shop.decide(rich, [paid(`r-${rich.id}`, rich.price), paid(`s-${rich.id}`, rich.price)]);
    const orders = [
      await shop.order({ person, gateway: balanceGateway, plan: "family" }),
      await shop.order({ person, gateway: balanceGateway, plan: "month" }),
    ];
    const decided = await Promise.all(
      orders.map((order) => shop.decide(order, paid(order.id, order.price))),
    );
    const granted = decided.filter(({ effects }) => effects.some(({ kind }) => kind === "granted"));
    expect(granted).toHaveLength(1);
    expect(await shop.balance(rich)).toBeGreaterThanOrEqual(0);
  }
  await agree();
});

test("hundreds of distinct events to one payment are decided in one step", async () => {
  const order = await shop.order();
  const words = Array.from({ length: 300 }, (_, n): GatewayReport => ({
    kind: "progress",
    status: `s${n}`,
  }));
  await shop.decide(order, [...words, paid(`k-${order.id}`, order.price)]);
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 2);
  await agree();
});

test("no return in a batch takes what that batch reserves for payments that came twice", async () => {
  for (const reports of [
    ["paid", "back"],
    ["back", "paid"],
  ] as const) {
    const order = await shop.order();
    const of = (name: string) => `${name}-${order.id}`;
    await shop.decide(order, [paid(of("a"), order.price), paid(of("c"), order.price)]);
    expect(await shop.balance(order)).toBe(order.price.minor);
    // It belongs to another purchase, not to this payment.
    await bookFacts(shop.db, null, [
      {
        fact: `spent/${order.id}`,
        entries: [
          { account: customerAccount(order.customerId), amount: order.price },
          { account: "revenue", amount: money(-order.price.minor, "RUB") },
        ],
      },
    ]);
    const each = { paid: paid(of("b"), order.price), back: back(of("c"), order.price) };
    const batch = reports.map((name) => each[name]);
    const { refunds: opened } = await shop.decide(order, batch, { canRefund: true });
    expect(opened).toHaveLength(1);
    expect(await shop.balance(order)).toBe(0);
    await agree();
  }
});
