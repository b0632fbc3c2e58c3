import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Gateways } from "../../../db/payments/gateways.ts";
import { Payments } from "../../../db/payments/payments.ts";
import { findStarChange } from "../../../db/payments/star-subscriptions.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { recurringPaymentId } from "../../../domain/derived-ids.ts";
import { money } from "../../../domain/money.ts";
import {
  type GatewayReport,
  type PaymentId,
  type PaymentOrder,
  starsGateway,
} from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);
const price = money(250, "XTR");

beforeAll(async () => {
  const facts = { refunds: "whole", notifies: true, invoiceTtlMs: 3_600_000 } as const;
  await new Gateways(db.writer.em).publish([
    { name: "stars", icon: "⭐", currencies: ["XTR"], recurring: "stars", ...facts },
  ]);
});

/** An order that begins a subscription in Stars. */
async function begin(): Promise<PaymentOrder> {
  const purchase = {
    telegramId: await shop.person(),
    plan: "month" as PlanCode,
    planVersion: 1,
    gateway: starsGateway,
    currency: "XTR",
    recurs: "begins",
  } as const;
  const id = randomUUID() as PaymentId;
  const opened = await new Payments(db.writer.em).openOnce(id, purchase, instant(new Date()));
  if (opened.kind !== "opened") throw new Error(opened.why);
  return opened.known.order;
}

const charged = (of: PaymentOrder, number: number): GatewayReport => ({
  kind: "paid",
  reference: `${of.id}-${number}`,
  paid: price,
  at: addMs(of.openedAt, number * dayMs),
});
const returned = (of: PaymentOrder, number: number): GatewayReport => ({
  kind: "refunded",
  reference: `${of.id}-${number}`,
  returned: price,
});

const listPayments = (of: PaymentOrder) =>
  shop.db
    .selectFrom("payments as p")
    .leftJoin("charges as c", "c.paymentId", "p.id")
    .select(["p.id", "p.state", "p.recurs", "c.reference", "c.use"])
    .where("p.subscriptionId", "=", of.subscriptionId as string)
    .orderBy("c.reference")
    .execute();

test("each charge of a subscription is a payment that counts once, in whatever order, batch and repetition they come", async () => {
  const drawn = fc.shuffledSubarray([0, 0, 1, 1, 2, 2, 3], { minLength: 1, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(drawn, fc.boolean(), async (numbers, isBatch) => {
      const order = await begin();
      const reports = numbers.map((number) => charged(order, number));
      if (isBatch) await shop.decide(order, reports);
      else for (const report of reports) await shop.decide(order, report);
      const distinct = new Set(numbers);
      const payments = await listPayments(order);
      expect(payments).toHaveLength(distinct.size);
      expect(new Set(payments.map(({ state, use }) => `${state} ${use}`))).toEqual(
        new Set(["settled grant"]),
      );
      expect(payments.filter(({ recurs }) => recurs === "begins")).toHaveLength(1);
      expect(await shop.daysLeft(order)).toBeCloseTo(30 * distinct.size, 2);
      expect(await shop.balance(order)).toBe(0);
      const [row] = await shop.db
        .selectFrom("star_subscriptions")
        .select(["reference"])
        .where("orderId", "=", order.id as string)
        .execute();
      // Telegram knows it by its first charge, whichever was reported first.
      expect(row?.reference).toBe(`${order.id}-${Math.min(...numbers)}`);
    }),
    { numRuns: 25 },
  );
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});

test("a return belongs to the payment of its charge, takes its time alone, and ends the subscription", async () => {
  const order = await begin();
  await shop.decide(order, [charged(order, 0), charged(order, 1), charged(order, 2)]);
  expect(await findStarChange(shop.db, order.subscriptionId)).toBeUndefined();
  const decided = await shop.decide(order, returned(order, 1));
  expect(decided).toMatchObject({ state: "settled", wakesCalendar: true });
  const states = (await listPayments(order)).map(({ state }) => state);
  expect(states).toEqual(["settled", "refunded", "settled"]);
  expect(await shop.daysLeft(order)).toBeCloseTo(60, 2);
  expect(await findStarChange(shop.db, order.subscriptionId)).toEqual({
    orderId: order.id,
    reference: `${order.id}-0`,
    isCanceled: true,
  });
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});

test("a return that is reported before its charge is booked with it, and gives no time", async () => {
  const order = await begin();
  await shop.decide(order, [charged(order, 0), returned(order, 1)]);
  await shop.decide(order, charged(order, 1));
  expect(await shop.daysLeft(order)).toBeCloseTo(30, 2);
  const later = (await listPayments(order)).find(({ recurs }) => recurs === "renews");
  expect(later).toMatchObject({ id: recurringPaymentId(order.id, `${order.id}-1`) });
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});

test("a new subscription ends the one before it", async () => {
  const first = await begin();
  await shop.decide(first, charged(first, 0));
  const purchase = {
    telegramId: first.telegramId,
    plan: "family" as PlanCode,
    planVersion: 1,
    gateway: starsGateway,
    currency: "XTR",
    recurs: "begins",
  } as const;
  const opened = await new Payments(db.writer.em).openOnce(
    randomUUID() as PaymentId,
    purchase,
    instant(new Date()),
  );
  const second = opened.kind === "opened" ? opened.known.order : first;
  await shop.decide(second, { ...charged(second, 0), paid: second.price } as GatewayReport);
  expect(await findStarChange(shop.db, first.subscriptionId)).toMatchObject({
    orderId: first.id,
    isCanceled: true,
  });
  const renewal = await shop.db
    .selectFrom("renewals")
    .select(["plan", "isOn", "kind"])
    .where("subscriptionId", "=", first.subscriptionId as string)
    .executeTakeFirst();
  expect(renewal).toEqual({ plan: "family", isOn: true, kind: "stars" });
});
