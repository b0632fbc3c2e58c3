import { randomUUID } from "node:crypto";
import { DurableClient } from "../../client/durable.ts";
import { resolveUnmatched, startRefund } from "../../client/payments.ts";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { PaymentId, PaymentOrder } from "../../domain/payments/payment.ts";
import type { Resolution } from "../../domain/payments/unmatched.ts";
import { refundApprovalId } from "../../domain/people/approval.ts";
import { hourMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { adminId, type TestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

type Keep = (workflowId: string, name: string) => Promise<void>;

/** The largest refund that needs no approval by an admin. */
export const approvalAboveMinor = 15_000;

interface Recording {
  readonly app: TestApp;
  readonly customer: TestCustomer;
  readonly order: PaymentOrder;
  readonly keep: Keep;
}

/** Runs every workflow of money once, and keeps the histories. */
export async function recordMoney(app: TestApp, keep: Keep): Promise<void> {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  const recording = { app, customer, order, keep };
  const reference = referenceOf(await customer.pay(order));
  await recordEnd(recording, order.id, "payment.settled");
  await recordAfterwards(recording);
  await recordEndings(recording);
  await recordBalance(recording);
  await recordUnmatched(recording);
  await recordRefunds(recording, reference);
  await recordFound(recording);
  await keep(`subscription:${order.subscriptionId}`, "subscription.bought");
}

const referenceOf = ({ report }: Awaited<ReturnType<TestCustomer["pay"]>>): string =>
  "reference" in report ? report.reference : "";

async function recordEnd(
  { customer, keep }: Recording,
  id: PaymentId,
  name: string,
): Promise<void> {
  await customer.waitForEnd(id);
  await keep(workflowIds.payment(id), name);
}

/** Events that a closed payment still gets. */
async function recordAfterwards(recording: Recording): Promise<void> {
  const { app, customer, order, keep } = recording;
  const second = referenceOf(await customer.pay(order));
  await recordEnd(recording, order.id, "payment.paidTwice");
  const refunds = await app.rows<{ request_id: string }>(
    "select request_id from refunds where reference = ?",
    [second],
  );
  const returned = workflowIds.refund(refunds[0]?.request_id ?? "");
  await app.client.workflow.getHandle(returned).result();
  await keep(returned, "refund.twice");
  await customer.report(order.id, { report: declined, evidence: "declined" });
  await recordEnd(recording, order.id, "payment.declinedLate");
}

const declined = { kind: "declined", final: true, reason: "the card was refused" } as const;

async function recordEndings(recording: Recording): Promise<void> {
  const { app, customer } = recording;
  const other = await customer.order({ plan: "family" });
  const twin = await customer.buy({ plan: "family" });
  await recordEnd(recording, twin, "payment.alreadyOpen");
  await customer.pay(other, money(10_000, "RUB"));
  await app.pass(workflowIds.payment(other.id), hourMs + 1_000);
  await recordEnd(recording, other.id, "payment.underpaidAndLapsed");
  const cancelled = await customer.order({ plan: "family" });
  await app.client.workflow.getHandle(workflowIds.payment(cancelled.id)).signal("cancelled");
  await recordEnd(recording, cancelled.id, "payment.cancelled");
}

/** A payment of more than the price, and a purchase from the balance. */
async function recordBalance(recording: Recording): Promise<void> {
  const { customer } = recording;
  const family = await customer.order({ plan: "family" });
  await customer.pay(family, money(90_000, "RUB"));
  await recordEnd(recording, family.id, "payment.overpaid");
  await recordEnd(recording, await customer.buy({ gateway: "balance" }), "payment.fromBalance");
}

/** Unmatched payments, and what admins decide about them. */
async function recordUnmatched(recording: Recording): Promise<void> {
  const { app, customer, order, keep } = recording;
  const decisions: readonly (readonly [Resolution["what"], string])[] = [
    [{ kind: "ignore", reason: "a test" }, "unmatched.ignored"],
    [{ kind: "give", customer: telegramId(customer.person.id) }, "unmatched.given"],
    [{ kind: "refund" }, "unmatched.returned"],
  ];
  for (const [what, name] of decisions) {
    const id = randomUUID() as PaymentId;
    const line = app.memory.settle({ ...order, id });
    await customer.report(id, line);
    await recordEnd(recording, id, "payment.unmatched");
    const requestId = randomUUID();
    const of = { gateway: order.gateway, reference: referenceOf(line) };
    await resolveUnmatched(new DurableClient(app.client), {
      requestId,
      by: telegramId(adminId),
      ...of,
      what,
    });
    const workflowId = workflowIds.unmatched(requestId);
    await app.client.workflow.getHandle(workflowId).result();
    await keep(workflowId, name);
  }
}

async function recordRefunds(recording: Recording, reference: string): Promise<void> {
  const { app, customer, order } = recording;
  await recordRefund(recording, 10_000, "refund.returned");
  await recordRefund(recording, 99_999, "refund.notOpened");
  await recordRefund(recording, approvalAboveMinor + 1, "refund.rejected", "reject");
  await recordRefund(recording, approvalAboveMinor + 1, "refund.approved", "approve");
  const back = app.memory.giveBack(reference, money(2_000, "RUB"), "chargedBack");
  await customer.report(order.id, back);
  await recordEnd(recording, order.id, "payment.chargedBack");
}

async function recordRefund(
  { app, order, keep }: Recording,
  minor: number,
  name: string,
  decision?: "approve" | "reject",
): Promise<void> {
  const requestId = randomUUID();
  const of = { requestId, paymentId: order.id, amount: money(minor, "RUB") };
  await startRefund(new DurableClient(app.client), {
    ...of,
    reason: "a test",
    by: telegramId(adminId),
  });
  if (decision !== undefined) {
    const admin = await app.admin();
    await admin.pressButton(
      new RegExp(`^decide:${refundApprovalId(requestId)}:\\w+:${decision}$`, "u"),
    );
  }
  const workflowId = workflowIds.refund(requestId);
  await app.client.workflow.getHandle(workflowId).result();
  await keep(workflowId, name);
}

/** A charge that no webhook reports: the gateway's reconciler finds it. */
async function recordFound(recording: Recording): Promise<void> {
  const { app, customer } = recording;
  const order = await customer.order({ currency: "XTR" });
  app.memory.settle(order);
  await app.client.workflow.getHandle(workflowIds.gateway(order.gateway)).signal("checkNow");
  await recordEnd(recording, order.id, "payment.found");
}
