import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { telegramId } from "../../domain/ids.ts";
import { type Money, money } from "../../domain/money.ts";
import { gatewayName, type PaymentOrder } from "../../domain/payments/payment.ts";
import type { RefundAnswer, RefundCommand } from "../../domain/payments/refund.ts";
import { dayMs, minuteMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { RefundRequest } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund } from "../../workflows/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

type Trouble = "refuses" | "answerLost" | "underWay" | undefined;

/** Fails the next refund in a way in which real gateways do. */
class FailingRefundGateway extends MemoryPaymentGateway {
  trouble: Trouble;
  asked = 0;

  override async refund(request: RefundRequest): Promise<RefundAnswer> {
    this.asked += 1;
    const { trouble } = this;
    this.trouble = undefined;
    if (trouble === "refuses") throw new Refused("too late to return this");
    const answer = await super.refund(request);
    if (trouble === "answerLost") throw new Error("no answer");
    return trouble === "underWay" ? "underWay" : answer;
  }
}

const gateway = new FailingRefundGateway();
const whole = new MemoryPaymentGateway({ name: gatewayName("whole"), refunds: "whole" });
const never = new MemoryPaymentGateway({ name: gatewayName("never"), refunds: "none" });
const app = useTestApp({
  gateways: () => [gateway, whole, never],
  refundLimits: { RUB: 50_000 },
});

async function payOrder(given: { plan?: string; by?: MemoryPaymentGateway } = {}) {
  const { plan = "month", by = gateway } = given;
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order({ plan, gateway: by.capabilities.name });
  await customer.report(order.id, by.settle(order), by.capabilities.name);
  await customer.waitForEnd(order.id);
  await eventually(async () => expect(await customer.listGrants(order.id)).toHaveLength(1));
  return { customer, order, until: await customer.paidUntil() };
}

async function startRefund(order: PaymentOrder, more: Partial<RefundCommand> = {}) {
  const asked = { requestId: randomUUID(), paymentId: order.id, reason: "asked for it" };
  const command: RefundCommand = { by: telegramId(adminId), ...asked, ...more };
  return app.client.workflow.start<typeof refund>("refund", refundOf(command));
}

/** Makes everything that the books have about an order's time this much older. */
async function ageTime({ subscriptionId }: PaymentOrder, ms: number): Promise<void> {
  const seconds = [ms / 1_000, ms / 1_000, subscriptionId];
  await app.rows("alter table time_lots disable trigger time_lots_insert_only");
  await app.rows(
    `update time_lots set at = at - ? * interval '1 second',
                          paid_until = paid_until - ? * interval '1 second' where subscription_id = ?`,
    seconds,
  );
  await app.rows("alter table time_lots enable trigger time_lots_insert_only");
  await app.rows(
    `update subscriptions set time_given_at = time_given_at - ? * interval '1 second',
                              paid_until = paid_until - ? * interval '1 second' where id = ?`,
    seconds,
  );
}

const half = (amount: Money): Money => money(amount.minor / 2, amount.currency);

test("the whole: the money goes back, the time with it, the books balance, and it cannot be done twice", async () => {
  const admin = await app.admin();
  const { customer, order, until } = await payOrder();
  expect(await (await startRefund(order)).result()).toMatchObject({ kind: "returned" });
  expect(await customer.paidUntil()).toBe(until - 30 * dayMs);
  expect(await customer.listAccounts(order.id)).toEqual({ refunds: 30_000, revenue: -30_000 });
  await customer.person.waitForMessage(/300 ₽ has been refunded/u);
  await admin.waitForMessage(/300 ₽ was refunded by memory/u);
  const again = await (await startRefund(order)).result();
  expect(again).toEqual({ kind: "notOpened", why: "nothingLeft" });
  await admin.waitForMessage(/already been refunded in full/u);
});

test("a part takes its share of the days, and the gateway's own event about it adds nothing", async () => {
  const { customer, order, until } = await payOrder();
  const amount = half(order.price);
  await (await startRefund(order, { amount })).result();
  expect(await customer.paidUntil()).toBe(until - 15 * dayMs);
  const charges = app.query().selectFrom("charges").select("reference");
  const [charge] = await charges.where("paymentId", "=", order.id).execute();
  const report = { kind: "refunded", reference: charge!.reference, returned: amount } as const;
  await customer.report(order.id, { report, evidence: "the gateway's own word" });
  expect(await customer.waitForEnd(order.id)).toEqual({ kind: "refunded", returned: amount });
  expect(await customer.paidUntil()).toBe(until - 15 * dayMs);
});

test("an answer that was lost is asked for again, and money moves once", async () => {
  const { customer, order } = await payOrder();
  gateway.trouble = "answerLost";
  const before = gateway.asked;
  expect(await (await startRefund(order)).result()).toMatchObject({ kind: "returned" });
  expect(gateway.asked).toBe(before + 2);
  expect(await customer.listAccounts(order.id)).toEqual({ refunds: 30_000, revenue: -30_000 });
});

test("a gateway that is still at it is asked again", async () => {
  const { order } = await payOrder();
  gateway.trouble = "underWay";
  const handle = await startRefund(order);
  await app.pass(handle.workflowId, 61_000);
  expect(await handle.result()).toMatchObject({ kind: "returned" });
});

test("refused by the gateway: the days are back, nothing is booked, and the admins know why", async () => {
  const admin = await app.admin();
  const { customer, order, until } = await payOrder();
  gateway.trouble = "refuses";
  expect(await (await startRefund(order)).result()).toMatchObject({ kind: "refused" });
  await admin.waitForMessage(/refused to refund 300 ₽: too late/u);
  await eventually(async () => expect(await customer.paidUntil()).toBe(until));
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
});

test("refused when most of the time has passed: as much is given back as was left", async () => {
  const { customer, order, until } = await payOrder();
  const passedMs = until - Date.now() - 5 * dayMs;
  await ageTime(order, passedMs);
  gateway.trouble = "refuses";
  expect(await (await startRefund(order)).result()).toMatchObject({ kind: "refused" });
  await eventually(async () => {
    const late = (await customer.paidUntil()) - (until - passedMs);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(minuteMs);
  });
});

test.each([
  ["onlyWhole", whole],
  ["notPossible", never],
])("what the gateway cannot do is not begun: %s", async (why, by) => {
  const { customer, order, until } = await payOrder({ by });
  const amount = half(order.price);
  expect(await (await startRefund(order, { amount })).result()).toEqual({ kind: "notOpened", why });
  expect(await customer.paidUntil()).toBe(until);
});

test("above the limit another look is asked for: approved, it goes on", async () => {
  const admin = await app.admin();
  const { order } = await payOrder({ plan: "family" });
  const handle = await startRefund(order);
  await admin.waitForMessage(/Refund of 600 ₽/u);
  await admin.pressButton(/^decide:refund:[^:]+:\w+:approve$/u);
  expect(await handle.result()).toMatchObject({ kind: "returned" });
});

test("above the limit another look is asked for: rejected, nothing happens", async () => {
  const admin = await app.admin();
  const { customer, order, until } = await payOrder({ plan: "family" });
  const handle = await startRefund(order, { reason: "<b>rude</b>" });
  await admin.waitForMessage(/Reason: <b>rude<\/b>/u);
  await admin.pressButton(/^decide:refund:[^:]+:\w+:reject$/u);
  expect(await handle.result()).toEqual({ kind: "rejected" });
  // An edit of the message notifies nobody's phone.
  await admin.waitForMessage(/An administrator rejected the refund of 600 ₽ by /u);
  expect(await customer.paidUntil()).toBe(until);
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 60_000,
    revenue: -60_000,
  });
});

const findOpenQuestion = async () => {
  const approvals = app.query().selectFrom("approvals").select("approvalId");
  const open = approvals.where("kind", "=", "refund").where("state", "=", "open");
  const [row] = await open.orderBy("askedAt", "desc").limit(1).execute();
  return `approval:${row?.approvalId}`;
};

test("an approval that was terminated is requested again: no refund waits for an answer that cannot come", async () => {
  const admin = await app.admin();
  const { order } = await payOrder({ plan: "family" });
  const handle = await startRefund(order);
  const question = await eventually(async () => {
    const id = await findOpenQuestion();
    expect((await app.client.workflow.getHandle(id).describe()).status.name).toBe("RUNNING");
    return id;
  });
  const { runId } = await app.client.workflow.getHandle(question).describe();
  await app.client.workflow.getHandle(question).terminate("a mistake");
  await eventually(async () => {
    const now = await app.client.workflow.getHandle(question).describe();
    expect([now.status.name, now.runId === runId]).toEqual(["RUNNING", false]);
  });
  const asks = await eventually(async () => {
    const approvals = app.query().selectFrom("approvals").select(["ask", "state"]);
    const asked = approvals.where("approvalId", "=", question.replace("approval:", ""));
    const rows = await asked.orderBy("askedAt").execute();
    expect(rows.map(({ state }) => state)).toEqual(["lapsed", "open"]);
    return rows.map(({ ask }) => ask);
  });
  await admin.pressButton(new RegExp(`^decide:refund:[^:]+:${asks[1]}:approve$`, "u"));
  expect(await handle.result()).toMatchObject({ kind: "returned" });
});

test("a yes that was given while the refund's workflow was gone counts when it is taken up", async () => {
  const admin = await app.admin();
  const { order } = await payOrder({ plan: "family" });
  const command: RefundCommand = {
    requestId: randomUUID(),
    paymentId: order.id,
    reason: "r",
    by: telegramId(adminId),
  };
  const first = await app.client.workflow.start<typeof refund>("refund", refundOf(command));
  const question = await eventually(async () => {
    const id = (await findOpenQuestion()).replace("approval:", "");
    expect(id).not.toBe("undefined");
    return id;
  });
  const button = await admin.button(new RegExp(`^decide:${question}:\\w+:approve$`, "u"));
  await first.terminate("a mistake");
  // While the approval is open, no second one is requested.
  const second = await app.client.workflow.start<typeof refund>("refund", refundOf(command));
  await eventually(async () => {
    const { raw } = await second.describe();
    expect(raw.workflowExecutionInfo?.historyLength?.toNumber()).toBeGreaterThan(8);
  });
  expect((await second.describe()).status.name).toBe("RUNNING");
  await second.terminate("once more");
  await admin.press(button.messageId, button.data);
  await eventually(async () => expect(await findOpenQuestion()).toBe("approval:undefined"));
  const third = await app.client.workflow.start<typeof refund>("refund", refundOf(command));
  expect(await third.result()).toMatchObject({ kind: "returned" });
});

test("only an admin gives money back, and not more than came", async () => {
  const { order } = await payOrder();
  const by = order.telegramId;
  expect(await (await startRefund(order, { by })).result()).toEqual({
    kind: "notOpened",
    why: "notAdmin",
  });
  const amount = money(30_001, "RUB");
  expect(await (await startRefund(order, { amount })).result()).toEqual({
    kind: "notOpened",
    why: "tooMuch",
  });
});

test("the same request again, after its refund is over, gives nothing back", async () => {
  const { customer, order, until } = await payOrder();
  const command = { requestId: randomUUID(), amount: half(order.price) };
  expect(await (await startRefund(order, command)).result()).toMatchObject({ kind: "returned" });
  expect(await (await startRefund(order, command)).result()).toMatchObject({ kind: "notOpened" });
  expect(await customer.paidUntil()).toBe(until - 15 * dayMs);
  expect(await customer.listAccounts(order.id)).toMatchObject({ refunds: 15_000 });
});

test("what came from the balance goes back to the balance", async () => {
  const { customer, order: rich } = await payOrder();
  await customer.report(rich.id, gateway.settle(rich, money(30_000, "XTR")));
  await customer.waitForEnd(rich.id);
  const id = await customer.buy({ gateway: "balance", currency: "XTR" });
  expect(await customer.waitForEnd(id)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({ XTR: 29_750 });
  const handle = await startRefund({ ...rich, id });
  expect(await handle.result()).toMatchObject({ kind: "returned" });
  expect(await customer.balance()).toEqual({ XTR: 30_000 });
});
