import { randomUUID } from "node:crypto";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { PaymentId, PaymentOrder } from "../../domain/payment.ts";
import { hourMs } from "../../domain/time.ts";
import { refundOf, taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { refund, unmatched } from "../../workflows/index.ts";
import { Buyer } from "../support/buyer.ts";
import { adminId, type Stage } from "../support/stage.ts";

type Keep = (workflowId: string, name: string) => Promise<void>;

/** Plays every story of money once, and keeps its history. */
export async function recordMoney(stage: Stage, keep: Keep): Promise<void> {
  const buyer = new Buyer(stage, await stage.customer());
  const order = await buyer.orders();
  const reference = referenceOf(await buyer.pays(order));
  await buyer.ends(order.id);
  await keep(workflowIds.payment(order.id), "payment.settled");
  await recordAfterwards({ stage, buyer, order, keep });
  await recordEndings({ stage, buyer, order, keep });
  await recordRefunds({ stage, buyer, order, keep }, reference);
  await keep(`subscription:${order.subscriptionId}`, "subscription.bought");
}

interface Scene {
  readonly stage: Stage;
  readonly buyer: Buyer;
  readonly order: PaymentOrder;
  readonly keep: Keep;
}

const referenceOf = ({ report }: Awaited<ReturnType<Buyer["pays"]>>): string =>
  "reference" in report ? report.reference : "";

/** What a payment that is over still hears. */
async function recordAfterwards({ stage, buyer, order, keep }: Scene): Promise<void> {
  const second = referenceOf(await buyer.pays(order));
  await buyer.ends(order.id);
  await keep(workflowIds.payment(order.id), "payment.paidTwice");
  const [twice] = await stage.rows<{ request_id: string }>(
    "select request_id from refunds where payment_id = ? and requested_by is null",
    [order.id],
  );
  const returned = workflowIds.refund(twice!.request_id);
  await stage.client.workflow.getHandle(returned).result();
  await keep(returned, "refund.twice");
  await buyer.told(order.id, stage.memory.giveBack(second, order.price));
  await buyer.ends(order.id);
  await keep(workflowIds.payment(order.id), "payment.duplicate");
}

async function recordEndings({ stage, buyer, order, keep }: Scene): Promise<void> {
  const other = await buyer.orders({ plan: "family" });
  const twin = await buyer.buys({ plan: "family" });
  await buyer.ends(twin);
  await keep(workflowIds.payment(twin), "payment.alreadyOpen");
  await buyer.pays(other, money(10_000, "RUB"));
  await stage.pass(workflowIds.payment(other.id), hourMs + 1_000);
  await buyer.ends(other.id);
  await keep(workflowIds.payment(other.id), "payment.underpaidAndLapsed");
  const cancelled = await buyer.orders({ plan: "family" });
  await stage.client.workflow.getHandle(workflowIds.payment(cancelled.id)).signal("cancelled");
  await buyer.ends(cancelled.id);
  await keep(workflowIds.payment(cancelled.id), "payment.cancelled");
  await recordUnmatched({ stage, buyer, order, keep });
}

/** Unmatched money, and what admins decide over it. */
async function recordUnmatched({ stage, buyer, order, keep }: Scene): Promise<void> {
  for (const [what, name] of [
    [{ kind: "ignore", reason: "a test" }, "unmatched"],
    [{ kind: "refund" }, "unmatched.returned"],
  ] as const) {
    const unknown = randomUUID() as PaymentId;
    const line = stage.memory.settle({ ...order, id: unknown });
    await buyer.told(unknown, line);
    await buyer.ends(unknown);
    const requestId = randomUUID();
    await stage.client.workflow.execute<typeof unmatched>("unmatched", {
      taskQueue,
      workflowId: workflowIds.unmatched(requestId),
      args: [
        {
          requestId,
          by: telegramId(adminId),
          gateway: order.gateway,
          reference: referenceOf(line),
          what,
        },
      ],
    });
    await keep(workflowIds.unmatched(requestId), name);
    if (what.kind === "refund") await keep(workflowIds.payment(unknown), "payment.unmatched");
  }
}

async function recordRefunds(
  { stage, buyer, order, keep }: Scene,
  reference: string,
): Promise<void> {
  for (const [minor, name] of [
    [10_000, "refund.returned"],
    [99_999, "refund.notOpened"],
  ] as const) {
    const command = {
      requestId: randomUUID(),
      paymentId: order.id,
      amount: money(minor, "RUB"),
      reason: "a test",
      by: telegramId(adminId),
    };
    await stage.client.workflow.execute<typeof refund>("refund", refundOf(command));
    await keep(workflowIds.refund(command.requestId), name);
  }
  await buyer.told(order.id, stage.memory.giveBack(reference, money(5_000, "RUB"), "chargedBack"));
  await buyer.ends(order.id);
  await keep(workflowIds.payment(order.id), "payment.chargedBack");
}
