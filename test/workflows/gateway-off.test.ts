import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { type GatewayName, gatewayName, type PaymentOrder } from "../../domain/payments/payment.ts";
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
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  off.add(order.gateway);
  await waitUntilWaiting(order);
  return { customer, order };
}

test("an order whose gateway is switched off waits as ever, lapses in its time, and late money buys its time", async () => {
  const { customer, order } = await openOrderAndSwitchOff();
  await app.pass(workflowIds.payment(order.id), afterItsEnd);
  expect(await customer.waitForEnd(order.id)).toEqual({ kind: "lapsed" });
  expect(await events(order)).toBeLessThan(mostEvents);
  await customer.person.waitForMessage(/has expired/u);
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await events(order)).toBeLessThan(mostEvents);
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
  expect(await customer.listGrants(order.id)).toHaveLength(1);
});

test("the price that arrives by a gateway that is switched off buys its time", async () => {
  const { customer, order } = await openOrderAndSwitchOff();
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await events(order)).toBeLessThan(mostEvents);
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
});

test("too little by a gateway that is switched off is on the balance; the rest completes it, or it lapses", async () => {
  for (const comesWhole of [true, false]) {
    const { customer, order } = await openOrderAndSwitchOff();
    await customer.pay(order, money(10_000, "RUB"));
    await eventually(async () => expect(await customer.balance()).toEqual({ RUB: 10_000 }));
    await waitUntilWaiting(order);
    if (comesWhole) await customer.pay(order, money(20_000, "RUB"));
    else await app.pass(workflowIds.payment(order.id), afterItsEnd);
    const ended = await customer.waitForEnd(order.id);
    expect(ended).toMatchObject({ kind: comesWhole ? "settled" : "lapsed" });
    expect(await events(order)).toBeLessThan(mostEvents);
    expect(await customer.balance()).toEqual(comesWhole ? {} : { RUB: 10_000 });
    expect(await customer.listGrants(order.id)).toHaveLength(comesWhole ? 1 : 0);
    off.clear();
  }
});

test("an event about a paid order of a gateway that is switched off is recorded, and the workflow ends", async () => {
  const { customer, order } = await openOrderAndSwitchOff();
  const { about, evidence } = await customer.pay(order);
  await customer.waitForEnd(order.id);
  const report = { kind: "progress", status: "REFUNDING" } as const;
  await customer.report(order.id, { report, evidence: `${evidence} ${about.kind}` });
  await customer.waitForEnd(order.id);
  expect(await events(order)).toBeLessThan(mostEvents);
  expect(await customer.listGrants(order.id)).toHaveLength(1);
});

test("a purchase by a gateway that has just been switched off is refused, and the customer is notified", async () => {
  const customer = new TestCustomer(app, await app.customer());
  off.add(gatewayName("memory"));
  const id = await customer.buy();
  expect(await customer.waitForEnd(id)).toMatchObject({ kind: "refused" });
  await customer.person.waitForMessage(/does not work right now/u);
});

test("money that comes twice by a gateway that is off by then is credited", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  off.add(order.gateway);
  await customer.pay(order);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "paidTwice" });
  expect(await customer.balance()).toEqual({ RUB: 30_000 });
  expect(await customer.listGrants(order.id)).toHaveLength(1);
});

test("a refund by a gateway that is switched off is not possible, and the admin is notified", async () => {
  const admin = await app.admin();
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  off.add(order.gateway);
  const request = { requestId: randomUUID(), paymentId: order.id, reason: "outcome for it" };
  const options = refundOf({ by: telegramId(adminId), ...request });
  const outcome = await app.client.workflow.execute<typeof refund>("refund", options);
  expect(outcome).toEqual({ kind: "notOpened", why: "notPossible" });
  await admin.waitForMessage(/This gateway cannot refund/u);
});
