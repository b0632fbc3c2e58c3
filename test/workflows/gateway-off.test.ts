import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { GatewayName, PaymentOrder } from "../../domain/payments/payment.ts";
import { hourMs } from "../../domain/time.ts";
import { Refused } from "../../gateways/refused.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund } from "../../workflows/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";
import { readWorkflowState } from "../drivers/workflow-state.ts";

/** Gateways whose keys the operator has removed. */
const off = new Set<GatewayName>();

const app = useTestApp({
  directory: (known) => ({
    async get(name) {
      if (off.has(name)) throw new Refused(`the gateway ${name} is not configured`);
      return known.get(name);
    },
  }),
});

afterEach(() => off.clear());

const handleOf = ({ id }: PaymentOrder) => app.client.workflow.getHandle(workflowIds.payment(id));

/** The most events of a whole payment, with a reserve for calls that fail. */
const mostEvents = 60;
const events = async (order: PaymentOrder) => (await handleOf(order).describe()).historyLength;

/** Waits until the payment waits for money or for a timer. */
const waitUntilWaiting = (order: PaymentOrder) =>
  eventually(async () =>
    expect(await readWorkflowState(handleOf(order))).toEqual({ kind: "waits" }),
  );

const afterItsEnd = hourMs + 1_000;

/** Opens an order and then switches its gateway off. */
async function openOrderAndSwitchOff() {
  const buyer = new TestCustomer(app, await app.customer());
  const order = await buyer.order();
  off.add(order.gateway);
  await waitUntilWaiting(order);
  return { buyer, order };
}

test("an order whose gateway is switched off waits as ever, lapses in its time, and late money buys its time", async () => {
  const { buyer, order } = await openOrderAndSwitchOff();
  await app.pass(workflowIds.payment(order.id), afterItsEnd);
  expect(await buyer.waitForEnd(order.id)).toEqual({ kind: "lapsed" });
  expect(await events(order)).toBeLessThan(mostEvents);
  await buyer.person.waitForMessage(/has expired/u);
  await buyer.pay(order);
  expect(await buyer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await events(order)).toBeLessThan(mostEvents);
  expect(await buyer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
  expect(await buyer.listGrants(order.id)).toHaveLength(1);
});

test("the price that arrives by a gateway that is switched off buys its time", async () => {
  const { buyer, order } = await openOrderAndSwitchOff();
  await buyer.pay(order);
  expect(await buyer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await events(order)).toBeLessThan(mostEvents);
  expect(await buyer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
});

test("too little by a gateway that is switched off is on the balance; the rest completes it, or it lapses", async () => {
  for (const comesWhole of [true, false]) {
    const { buyer, order } = await openOrderAndSwitchOff();
    await buyer.pay(order, money(10_000, "RUB"));
    await eventually(async () => expect(await buyer.balance()).toEqual({ RUB: 10_000 }));
    await waitUntilWaiting(order);
    if (comesWhole) await buyer.pay(order, money(20_000, "RUB"));
    else await app.pass(workflowIds.payment(order.id), afterItsEnd);
    const ended = await buyer.waitForEnd(order.id);
    expect(ended).toMatchObject({ kind: comesWhole ? "settled" : "lapsed" });
    expect(await events(order)).toBeLessThan(mostEvents);
    expect(await buyer.balance()).toEqual(comesWhole ? {} : { RUB: 10_000 });
    expect(await buyer.listGrants(order.id)).toHaveLength(comesWhole ? 1 : 0);
    off.clear();
  }
});

test("an event about a paid order of a gateway that is switched off is recorded, and the workflow ends", async () => {
  const { buyer, order } = await openOrderAndSwitchOff();
  const { about, evidence } = await buyer.pay(order);
  await buyer.waitForEnd(order.id);
  const report = { kind: "progress", status: "REFUNDING" } as const;
  await buyer.report(order.id, { report, evidence: `${evidence} ${about.kind}` });
  await buyer.waitForEnd(order.id);
  expect(await events(order)).toBeLessThan(mostEvents);
  expect(await buyer.listGrants(order.id)).toHaveLength(1);
});

test("a purchase by a gateway that has just been switched off is refused, and the customer is notified", async () => {
  const buyer = new TestCustomer(app, await app.customer());
  off.add("memory" as GatewayName);
  const id = await buyer.buy();
  expect(await buyer.waitForEnd(id)).toMatchObject({ kind: "refused" });
  await buyer.person.waitForMessage(/did not accept this/u);
});

test("money that comes twice by a gateway that is off by then is credited", async () => {
  const buyer = new TestCustomer(app, await app.customer());
  const order = await buyer.order();
  await buyer.pay(order);
  await buyer.waitForEnd(order.id);
  off.add(order.gateway);
  await buyer.pay(order);
  expect(await buyer.waitForEnd(order.id)).toMatchObject({ kind: "paidTwice" });
  expect(await buyer.balance()).toEqual({ RUB: 30_000 });
  expect(await buyer.listGrants(order.id)).toHaveLength(1);
});

test("a refund by a gateway that is switched off is not possible, and the admin is notified", async () => {
  const admin = await app.admin();
  const buyer = new TestCustomer(app, await app.customer());
  const order = await buyer.order();
  await buyer.pay(order);
  await buyer.waitForEnd(order.id);
  off.add(order.gateway);
  const request = { requestId: randomUUID(), paymentId: order.id, reason: "outcome for it" };
  const options = refundOf({ by: telegramId(adminId), ...request });
  const outcome = await app.client.workflow.execute<typeof refund>("refund", options);
  expect(outcome).toEqual({ kind: "notOpened", why: "notPossible" });
  await admin.waitForMessage(/This gateway cannot refund/u);
});
