import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Decisions } from "../../db/payments/decisions.ts";
import { telegramId } from "../../domain/ids.ts";
import { type Money, money } from "../../domain/money.ts";
import type { PaymentId, PaymentOrder } from "../../domain/payments/payment.ts";
import type { RefundAnswer } from "../../domain/payments/refund.ts";
import type { Resolution } from "../../domain/payments/unmatched.ts";
import { dayMs, instant } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { RefundRequest } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { taskQueue, workflowIds } from "../../workflows/contract/names.ts";
import { refundOf } from "../../workflows/contract/payments.ts";
import type { refund, unmatched } from "../../workflows/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { noDevices } from "../drivers/shop.ts";
import { adminId, useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** Refuses the next refund when a test says so, or lets something else happen before it. */
class RefusingGateway extends MemoryPaymentGateway {
  refusesNext = false;
  meanwhile: (() => Promise<unknown>) | undefined;

  override async refund(request: RefundRequest): Promise<RefundAnswer> {
    const refuses = this.refusesNext;
    const { meanwhile } = this;
    this.refusesNext = false;
    this.meanwhile = undefined;
    await meanwhile?.();
    if (refuses) throw new Refused("not today");
    return super.refund(request);
  }
}

const gateway = new RefusingGateway();
const app = useTestApp({ gateways: () => [gateway] });

async function runRefund(order: PaymentOrder, amount?: Money) {
  const asked = {
    requestId: randomUUID(),
    reason: "asked for it",
    by: telegramId(adminId),
    ...(amount === undefined ? {} : { amount }),
  };
  const options = refundOf({ ...asked, paymentId: order.id });
  return app.client.workflow.execute<typeof refund>("refund", options);
}

/** Pays an order. Returns it, the gateway's line, and when its customer's access ends. */
async function payOrder() {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  const line = gateway.settle(order);
  await customer.report(order.id, line);
  await customer.waitForEnd(order.id);
  await eventually(async () => expect(await customer.listGrants(order.id)).toHaveLength(1));
  const until = await customer.paidUntil();
  const { reference } = line.report as { reference: string };
  return { customer, order, line, reference, until };
}

/** The same, and its refund is refused. */
async function payAndBeRefusedRefund() {
  const { customer, order, reference, until } = await payOrder();
  gateway.refusesNext = true;
  expect(await runRefund(order)).toMatchObject({ kind: "refused" });
  await eventually(async () => expect(await customer.paidUntil()).toBe(until));
  return { customer, order, reference, until };
}

test("a refund that overtakes the end of its payment's workflow takes that time and no other", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const before = await customer.paidUntil();
  const order = await customer.order();
  const line = gateway.settle(order);
  // The moment between the transaction and the workflow's next step, when a payment may be delayed.
  const event = { gateway: order.gateway, source: "gateway", ...line } as const;
  const now = instant(new Date());
  await new Decisions(app.books.em).decideAll(order.id, [event], now, noDevices);
  expect(await runRefund(order)).toMatchObject({ kind: "returned" });
  expect(await customer.listGrants(order.id)).toMatchObject([{ days: 30 }, { days: -30 }]);
  await customer.report(order.id, line);
  await customer.waitForEnd(order.id);
  expect(await customer.listGrants(order.id)).toHaveLength(2);
  expect(await customer.paidUntil()).toBe(before);
});

test("refused and asked for once more: the days go with the money", async () => {
  const { customer, order, until } = await payAndBeRefusedRefund();
  expect(await runRefund(order)).toMatchObject({ kind: "returned" });
  expect(await customer.paidUntil()).toBe(until - 30 * dayMs);
});

test("refused to us and given back by the gateway itself: the days go with the money, once", async () => {
  const { customer, order, reference, until } = await payAndBeRefusedRefund();
  const line = gateway.giveBack(reference, order.price);
  for (const time of ["first", "again"]) {
    await customer.report(order.id, { ...line, evidence: time });
    await customer.waitForEnd(order.id);
  }
  await eventually(async () => expect(await customer.paidUntil()).toBe(until - 30 * dayMs));
  expect((await customer.listGrants(order.id)).map(({ days }) => days)).toEqual([30, -30, 30, -30]);
});

for (const { answer, days } of [
  { answer: "refused", days: 15 },
  { answer: "returned", days: 18 },
]) {
  test(`half comes back at the gateway while our refund of a tenth is on its way, and that is ${answer}: no day is taken twice`, async () => {
    const { customer, order, line, reference, until } = await payOrder();
    const part = (tenths: number) => money((order.price.minor * tenths) / 10, order.price.currency);
    gateway.refusesNext = answer === "refused";
    gateway.meanwhile = async () => {
      await customer.report(order.id, gateway.giveBack(reference, part(5)));
      await eventually(async () => expect(await customer.paidUntil()).toBe(until - 15 * dayMs));
    };
    expect(await runRefund(order, part(1))).toMatchObject({ kind: answer });
    if (answer === "returned") {
      const report = { kind: "refunded", reference, returned: part(6) } as const;
      await customer.report(order.id, { ...line, report, evidence: "what the statement says" });
    }
    await customer.waitForEnd(order.id);
    await eventually(async () => expect(await customer.paidUntil()).toBe(until - days * dayMs));
    const taken = (await customer.listGrants(order.id)).reduce((sum, one) => sum + one.days, 0);
    expect(taken).toBeCloseTo(30 - days, 6);
  });
}

async function keepUnmatched(minor: number) {
  const customer = new TestCustomer(app, await app.customer());
  const id = randomUUID() as PaymentId;
  const line = gateway.settle({ ...(await customer.order()), id }, money(minor, "RUB"));
  await customer.report(id, line);
  await customer.waitForEnd(id);
  const { reference } = line.report as { reference: string };
  const state = async () => {
    const [row] = await app.rows<{ state: string }>(
      "select state from unmatched where reference = ?",
      [reference],
    );
    return row?.state;
  };
  return { customer, id, reference, state };
}

async function resolveUnmatched(reference: string, what: Resolution["what"]) {
  await app.admin();
  const requestId = randomUUID();
  return app.client.workflow.execute<typeof unmatched>("unmatched", {
    taskQueue,
    workflowId: workflowIds.unmatched(requestId),
    args: [
      { requestId, by: telegramId(adminId), gateway: gateway.capabilities.name, reference, what },
    ],
  });
}

test("an unmatched payment whose refund the gateway refused is open again, and is refunded later", async () => {
  const { reference, state } = await keepUnmatched(777);
  gateway.refusesNext = true;
  expect(await resolveUnmatched(reference, { kind: "refund" })).toEqual({ kind: "refused" });
  expect([await state(), gateway.returnedOf(reference)]).toEqual(["open", 0]);
  expect(await resolveUnmatched(reference, { kind: "refund" })).toEqual({ kind: "returned" });
  expect([await state(), gateway.returnedOf(reference)]).toEqual(["returned", 777]);
});

test("an unmatched payment cannot be given to a customer while it is being refunded", async () => {
  const { customer, reference, state } = await keepUnmatched(888);
  let meanwhile: unknown;
  gateway.meanwhile = async () => {
    meanwhile = await resolveUnmatched(reference, {
      kind: "give",
      customer: telegramId(customer.person.id),
    });
  };
  expect(await resolveUnmatched(reference, { kind: "refund" })).toEqual({ kind: "returned" });
  expect(meanwhile).toEqual({ kind: "notOpen" });
  expect(await state()).toBe("returned");
});

test("an unmatched payment that its gateway refunds by itself cannot be given to a customer", async () => {
  const { customer, id, reference, state } = await keepUnmatched(999);
  await customer.report(id, gateway.giveBack(reference, money(999, "RUB")));
  await eventually(async () => expect(await state()).toBe("returned"));
  expect(await resolveUnmatched(reference, { kind: "refund" })).toEqual({ kind: "notOpen" });
  expect(gateway.returnedOf(reference)).toBe(999);
});
