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

/** Above this an admin has to agree to a refund. */
export const approvalAboveMinor = 15_000;

interface Scene {
  readonly stage: TestApp;
  readonly buyer: TestCustomer;
  readonly order: PaymentOrder;
  readonly keep: Keep;
}

/** Plays every story of money once, and keeps its history. */
export async function recordMoney(stage: TestApp, keep: Keep): Promise<void> {
  const buyer = new TestCustomer(stage, await stage.customer());
  const order = await buyer.order();
  const scene = { stage, buyer, order, keep };
  const reference = referenceOf(await buyer.pay(order));
  await ends(scene, order.id, "payment.settled");
  await recordAfterwards(scene);
  await recordEndings(scene);
  await recordBalance(scene);
  await recordUnmatched(scene);
  await recordRefunds(scene, reference);
  await recordFound(scene);
  await keep(`subscription:${order.subscriptionId}`, "subscription.bought");
}

const referenceOf = ({ report }: Awaited<ReturnType<TestCustomer["pay"]>>): string =>
  "reference" in report ? report.reference : "";

async function ends({ buyer, keep }: Scene, id: PaymentId, name: string): Promise<void> {
  await buyer.waitForEnd(id);
  await keep(workflowIds.payment(id), name);
}

/** What a payment that is over still hears. */
async function recordAfterwards(scene: Scene): Promise<void> {
  const { stage, buyer, order, keep } = scene;
  const second = referenceOf(await buyer.pay(order));
  await ends(scene, order.id, "payment.paidTwice");
  const refunds = await stage.rows<{ request_id: string }>(
    "select request_id from refunds where reference = ?",
    [second],
  );
  const returned = workflowIds.refund(refunds[0]?.request_id ?? "");
  await stage.client.workflow.getHandle(returned).result();
  await keep(returned, "refund.twice");
  await buyer.report(order.id, { report: declined, evidence: "declined" });
  await ends(scene, order.id, "payment.declinedLate");
}

const declined = { kind: "declined", final: true, reason: "the card was refused" } as const;

async function recordEndings(scene: Scene): Promise<void> {
  const { stage, buyer } = scene;
  const other = await buyer.order({ plan: "family" });
  const twin = await buyer.buy({ plan: "family" });
  await ends(scene, twin, "payment.alreadyOpen");
  await buyer.pay(other, money(10_000, "RUB"));
  await stage.pass(workflowIds.payment(other.id), hourMs + 1_000);
  await ends(scene, other.id, "payment.underpaidAndLapsed");
  const cancelled = await buyer.order({ plan: "family" });
  await stage.client.workflow.getHandle(workflowIds.payment(cancelled.id)).signal("cancelled");
  await ends(scene, cancelled.id, "payment.cancelled");
}

/** More than the price, and what is bought from the rest. */
async function recordBalance(scene: Scene): Promise<void> {
  const { buyer } = scene;
  const family = await buyer.order({ plan: "family" });
  await buyer.pay(family, money(90_000, "RUB"));
  await ends(scene, family.id, "payment.overpaid");
  await ends(scene, await buyer.buy({ gateway: "balance" }), "payment.fromBalance");
}

/** Unmatched money, and what admins decide over it. */
async function recordUnmatched(scene: Scene): Promise<void> {
  const { stage, buyer, order, keep } = scene;
  const decisions: readonly (readonly [Resolution["what"], string])[] = [
    [{ kind: "ignore", reason: "a test" }, "unmatched.ignored"],
    [{ kind: "give", customer: telegramId(buyer.person.id) }, "unmatched.given"],
    [{ kind: "refund" }, "unmatched.returned"],
  ];
  for (const [what, name] of decisions) {
    const id = randomUUID() as PaymentId;
    const line = stage.memory.settle({ ...order, id });
    await buyer.report(id, line);
    await ends(scene, id, "payment.unmatched");
    const requestId = randomUUID();
    const of = { gateway: order.gateway, reference: referenceOf(line) };
    await resolveUnmatched(new DurableClient(stage.client), {
      requestId,
      by: telegramId(adminId),
      ...of,
      what,
    });
    const workflowId = workflowIds.unmatched(requestId);
    await stage.client.workflow.getHandle(workflowId).result();
    await keep(workflowId, name);
  }
}

async function recordRefunds(scene: Scene, reference: string): Promise<void> {
  const { stage, buyer, order } = scene;
  await refunds(scene, 10_000, "refund.returned");
  await refunds(scene, 99_999, "refund.notOpened");
  await refunds(scene, approvalAboveMinor + 1, "refund.rejected", "reject");
  await refunds(scene, approvalAboveMinor + 1, "refund.approved", "approve");
  const back = stage.memory.giveBack(reference, money(2_000, "RUB"), "chargedBack");
  await buyer.report(order.id, back);
  await ends(scene, order.id, "payment.chargedBack");
}

async function refunds(
  { stage, order, keep }: Scene,
  minor: number,
  name: string,
  decision?: "approve" | "reject",
): Promise<void> {
  const requestId = randomUUID();
  const of = { requestId, paymentId: order.id, amount: money(minor, "RUB") };
  await startRefund(new DurableClient(stage.client), {
    ...of,
    reason: "a test",
    by: telegramId(adminId),
  });
  if (decision !== undefined) {
    const admin = await stage.admin();
    await admin.pressButton(
      new RegExp(`^decide:${refundApprovalId(requestId)}:\\w+:${decision}$`, "u"),
    );
  }
  const workflowId = workflowIds.refund(requestId);
  await stage.client.workflow.getHandle(workflowId).result();
  await keep(workflowId, name);
}

/** Money that nobody told us of: the gateway's reconciler finds it. */
async function recordFound(scene: Scene): Promise<void> {
  const { stage, buyer } = scene;
  const order = await buyer.order({ currency: "XTR" });
  stage.memory.settle(order);
  await stage.client.workflow.getHandle(workflowIds.gateway(order.gateway)).signal("checkNow");
  await ends(scene, order.id, "payment.found");
}
