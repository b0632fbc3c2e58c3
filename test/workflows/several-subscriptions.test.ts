import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { PlanQueries } from "../../db/queries/payments/plans.ts";
import { type SubscriptionId, telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund } from "../../workflows/index.ts";
import { peersOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { subscriptionsOf } from "../drivers/subscriptions.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { type PurchaseChoice, TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp();

const stateOf = async (of: SubscriptionId) =>
  (await new PlanQueries(app.books.em).findCurrent(of, instant(app.now())))?.state;

async function paidUntilOf(of: SubscriptionId): Promise<number> {
  const [row] = await app.rows<{ until: string }>(
    "select paid_until as until from subscriptions where id = ?",
    [of],
  );
  return Date.parse(row?.until ?? "");
}

async function buy(customer: TestCustomer, choice: PurchaseChoice = {}): Promise<PaymentOrder> {
  const order = await customer.order(choice);
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  return order;
}

/** A customer with a month, and beside it a second subscription of the same plan. */
async function withTwo() {
  const customer = new TestCustomer(app, await app.customer());
  const first = await buy(customer);
  const second = await buy(customer, { subscription: "new" });
  await eventually(async () => expect(await peersOf(app, customer.person)).toHaveLength(2));
  return { customer, first, second };
}

const findDisagreements = () => new AuditQueries(app.books.em).findDisagreements();

/** Whether one peer of each of these subscriptions is on the host. */
const waitForPeers = ({ person }: TestCustomer, count: number) =>
  eventually(async () => expect(await peersOf(app, person)).toHaveLength(count));

test("a new subscription has a key, a calendar and an end of its own: one expires, the other goes on", async () => {
  const { customer, first, second } = await withTwo();
  // The first has the trial's days before its month.
  const calendar = workflowIds.subscription(second.subscriptionId);
  await app.pass(calendar, 31 * dayMs);
  await waitForPeers(customer, 1);
  expect(await stateOf(first.subscriptionId)).toBe("active");
  expect(await stateOf(second.subscriptionId)).toBe("expired");
  await customer.person.waitForMessage(/Month · 2[^]*Your access has ended/iu);
  expect(await findDisagreements()).toEqual([]);
});

test("each subscription renews itself from the balance of its customer", async () => {
  const { customer, first, second } = await withTwo();
  const order = await customer.waitForInvoice(await customer.topUp(money(60_000, "RUB")));
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  const { person } = customer;
  for (const number of [1, 2]) {
    await person.send("/renewal");
    await person.pressButton(new RegExp(`^renewal~${number}$`, "u"));
    await person.pressButton(new RegExp(`^renew-by:balance:RUB~${number}$`, "u"));
    await person.pressButton(new RegExp(`^renew-agree:balance:.*~${number}$`, "u"));
    await person.waitForMessage(new RegExp(`· ${number}[^]*Auto-renewal is on`, "u"));
  }
  const ends = [await paidUntilOf(first.subscriptionId), await paidUntilOf(second.subscriptionId)];
  await app.pass(workflowIds.subscription(second.subscriptionId), 29 * dayMs + dayMs / 2);
  await eventually(async () =>
    expect(await paidUntilOf(second.subscriptionId)).toBe(ends[1]! + 30 * dayMs),
  );
  expect(await paidUntilOf(first.subscriptionId)).toBe(ends[0]);
  // Each calendar has a clock of its own.
  await app.pass(workflowIds.subscription(first.subscriptionId), 32 * dayMs + dayMs / 2);
  await eventually(async () =>
    expect(await paidUntilOf(first.subscriptionId)).toBe(ends[0]! + 30 * dayMs),
  );
  expect(await customer.balance()).toEqual({});
  expect(await findDisagreements()).toEqual([]);
});

test("a refund takes the time of its own subscription, whose key goes", async () => {
  const { customer, first, second } = await withTwo();
  const before = await paidUntilOf(first.subscriptionId);
  const command = {
    requestId: randomUUID(),
    paymentId: second.id,
    reason: "asked for it",
    by: telegramId(adminId),
  };
  await app.client.workflow.execute<typeof refund>("refund", refundOf(command));
  await waitForPeers(customer, 1);
  expect(await stateOf(second.subscriptionId)).toBe("expired");
  expect(await paidUntilOf(first.subscriptionId)).toBe(before);
  await customer.person.waitForMessage(/Month · 2/iu);
  expect(await findDisagreements()).toEqual([]);
});

test("a block closes both subscriptions, and its end opens both again", async () => {
  const { customer, first, second } = await withTwo();
  const admin = await app.admin();
  const { id } = customer.person;
  await admin.send(`/find ${id}`);
  await admin.pressButton(new RegExp(`^sure-block:${id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:block:${id}$`, "u"));
  await waitForPeers(customer, 0);
  const both = [first.subscriptionId, second.subscriptionId];
  expect(await Promise.all(both.map(stateOf))).toEqual(["blocked", "blocked"]);
  await admin.send(`/find ${id}`);
  await admin.pressButton(new RegExp(`^sure-unblock:${id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:unblock:${id}$`, "u"));
  await waitForPeers(customer, 2);
  for (const of of both) {
    const calendar = app.client.workflow.getHandle(workflowIds.subscription(of));
    expect((await calendar.describe()).status.name).toBe("RUNNING");
  }
});

test("two new purchases at once are two subscriptions", async () => {
  const customer = new TestCustomer(app, await app.customer());
  await buy(customer);
  const ids = await Promise.all([1, 2].map(() => customer.buy({ subscription: "new" })));
  const orders = await Promise.all(ids.map((id) => customer.waitForInvoice(id)));
  await Promise.all(orders.map((order) => customer.pay(order)));
  await Promise.all(ids.map((id) => customer.waitForEnd(id)));
  await waitForPeers(customer, 3);
  const all = await subscriptionsOf(app.books.em, telegramId(customer.person.id));
  expect(all).toHaveLength(3);
  expect(new Set(all.slice(1))).toEqual(new Set(orders.map((order) => order.subscriptionId)));
  expect(await findDisagreements()).toEqual([]);
});
