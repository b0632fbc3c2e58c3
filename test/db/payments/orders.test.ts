import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { Payments } from "../../../db/payments/payments.ts";
import { Plans } from "../../../db/payments/plans.ts";
import { telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import { gatewayName, type PaymentId, type Purchase } from "../../../domain/payments/payment.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { openOrder, openShop, planFor } from "../../drivers/orders.ts";

const db = useDatabase();
const now = instant("2026-11-21T10:00:00Z");

beforeAll(() => openShop(db.writer.em));

/** Another purchase through the same gateway by a customer who has "month" open. */
async function purchaseAgain(plan: string) {
  const opened = await openOrder(db.writer.em);
  const {
    telegramId: person,
    id: open,
    customerId: customer,
    subscriptionId: subscription,
  } = opened;
  const gateway = gatewayName("memory");
  const currency = "RUB" as const;
  const purchase = {
    telegramId: person,
    plan: plan as PlanCode,
    planVersion: 1,
    gateway,
    currency,
  };
  return { open, purchase, customer, subscription };
}

test("one order is open per customer, plan, gateway and currency, however many are asked for at once", async () => {
  const payments = new Payments(db.writer.em);
  const { open, purchase } = await purchaseAgain("month");
  const ids = Array.from({ length: 8 }, () => randomUUID() as PaymentId);
  const opened = await Promise.all(ids.map((id) => payments.openOnce(id, purchase, now)));
  for (const one of opened) {
    expect(one).toEqual({ kind: "notOpened", why: "alreadyOpen", instead: open });
  }
});

test("a purchase that is requested many times at once makes one order", async () => {
  const payments = new Payments(db.writer.em);
  const { purchase } = await purchaseAgain("family");
  const id = randomUUID() as PaymentId;
  const asked = Array.from({ length: 8 }, () => payments.openOnce(id, purchase, now));
  const opened = await Promise.all(asked);
  const known = await payments.find(id);
  expect(opened).toEqual(asked.map(() => ({ kind: "opened", known })));
});

test.each([
  ["while it is open", async () => undefined],
  ["when it is over", (id: PaymentId) => close(id)],
  [
    "when it has ended and the same is requested again",
    async (id: PaymentId, purchase: Purchase) => {
      await close(id);
      await new Payments(db.writer.em).openOnce(randomUUID() as PaymentId, purchase, now);
    },
  ],
  [
    "when the customer is blocked",
    async (_: PaymentId, { telegramId: person }: Purchase) => {
      await db.owner.em
        .fork()
        .execute("update customers set status = 'blocked' where telegram_id = ?", [person]);
    },
  ],
])("an order that was made stays made: %s", async (_, happens) => {
  const payments = new Payments(db.writer.em);
  const { purchase } = await purchaseAgain("family");
  const id = randomUUID() as PaymentId;
  expect(await payments.openOnce(id, purchase, now)).toMatchObject({ kind: "opened" });
  await happens(id, purchase);
  const known = await payments.find(id);
  expect(await payments.openOnce(id, purchase, now)).toEqual({ kind: "opened", known });
});

test("of many concurrent requests for an invoice one is the first", async () => {
  const payments = new Payments(db.writer.em);
  const { open } = await purchaseAgain("month");
  const asked = await Promise.all(Array.from({ length: 8 }, () => payments.askOnce(open)));
  expect(asked.filter(({ isFirst }) => isFirst)).toHaveLength(1);
  expect(await payments.askOnce(open)).toMatchObject({ isFirst: false });
});

async function close(id: PaymentId): Promise<void> {
  const payments = new Payments(db.writer.em);
  const known = await payments.find(id);
  if (known === undefined) throw new Error(`there is no order ${id}`);
  await payments.closeOnce(known.order, "lapsed", { now });
}

test.each([
  ["notCustomer", { telegramId: telegramId(123_456) }],
  ["notForSale", { plan: "nothing" as PlanCode }],
  ["priceChanged", { planVersion: 2 }],
  ["notForSale", { currency: "USDT" as const }],
  ["gatewayOff", { gateway: gatewayName("nobody") }],
])("no order is made: %s", async (why, wrong) => {
  const { purchase: right } = await purchaseAgain("family");
  const purchase = { ...right, ...wrong };
  const opened = await new Payments(db.writer.em).openOnce(
    randomUUID() as PaymentId,
    purchase,
    now,
  );
  expect(opened).toEqual({ kind: "notOpened", why });
});

test("hidden, trial and removed plans are not sold; a hidden plan is sold to those who have it", async () => {
  const payments = new Payments(db.writer.em);
  const prices = { RUB: 10_000 };
  const hidden = { ...planFor("secret", prices), hidden: true };
  const trial = { ...planFor("taste", prices), trial: true };
  const plans = new Plans(db.writer.em);
  const sold = planFor("month", { RUB: 30_000, XTR: 250 });
  await plans.importAll([sold, hidden, trial, planFor("gone", prices)]);
  await plans.importAll([sold, hidden, trial]);
  for (const plan of ["secret", "taste", "gone"]) {
    const { purchase } = await purchaseAgain(plan);
    const opened = await payments.openOnce(randomUUID() as PaymentId, purchase, now);
    expect({ plan, ...opened }).toEqual({ plan, kind: "notOpened", why: "notForSale" });
  }
  const { purchase, subscription } = await purchaseAgain("secret");
  await db.owner.em.execute("update subscriptions set plan = 'secret' where id = ?", [
    subscription,
  ]);
  const opened = await payments.openOnce(randomUUID() as PaymentId, purchase, now);
  expect(opened).toMatchObject({
    kind: "opened",
    known: { order: { price: money(10_000, "RUB") } },
  });
  await openShop(db.writer.em);
});

test.each([
  ["blocked", "update customers set status = 'blocked' where id = ?"],
  ["revoked", "update subscriptions set revoked_at = now() where customer_id = ?"],
])("whoever is %s orders nothing", async (_, statement) => {
  const { purchase, customer } = await purchaseAgain("family");
  await db.owner.em.execute(statement, [customer]);
  const opened = await new Payments(db.writer.em).openOnce(
    randomUUID() as PaymentId,
    purchase,
    now,
  );
  expect(opened).toEqual({ kind: "notOpened", why: "notCustomer" });
});

test("a memo names its payment however it was typed", async () => {
  const { id, memo } = await openOrder(db.writer.em);
  const payments = new Payments(db.writer.em);
  const small = memo.toLowerCase();
  for (const typed of [memo, small, ` ${memo}\n`, `"${small}"`, `«${memo}»`, `\u200b${memo}.`]) {
    expect([typed, await payments.findByMemo(typed)]).toEqual([typed, id]);
  }
  for (const other of ["", " ", `${memo}X`, memo.slice(1)]) {
    expect(await payments.findByMemo(other)).toBeUndefined();
  }
});
