import { randomUUID } from "node:crypto";
import { telegramId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import type { PaymentId, PaymentOrder } from "../../domain/payment.ts";
import { hourMs } from "../../domain/time.ts";
import { taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { reconciliation, refund, unmatched } from "../../workflows/index.ts";
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
  await recordReconciliation({ stage, buyer, order, keep });
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
  const returned = `${workflowIds.refund(order.id)}:${second}`;
  await stage.client.workflow.getHandle(returned).result();
  await keep(returned, "refund.twice");
  await buyer.told(order.id, stage.memory.giveBack(second, order.price));
  await buyer.ends(order.id);
  await keep(workflowIds.payment(order.id), "payment.puzzle");
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
  await recordNobodys({ stage, buyer, order, keep });
}

/** Money of nobody, and what admins decide over it. */
async function recordNobodys({ stage, buyer, order, keep }: Scene): Promise<void> {
  for (const [what, name] of [
    [{ kind: "ignore", reason: "a test" }, "unmatched"],
    [{ kind: "refund" }, "unmatched.returned"],
  ] as const) {
    const nobodys = randomUUID() as PaymentId;
    const line = stage.memory.settle({ ...order, id: nobodys });
    await buyer.told(nobodys, line);
    await buyer.ends(nobodys);
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
    if (what.kind === "refund") await keep(workflowIds.payment(nobodys), "payment.unmatched");
  }
}

async function recordRefunds(
  { stage, buyer, order, keep }: Scene,
  reference: string,
): Promise<void> {
  const refunded = (minor: number) =>
    stage.client.workflow.execute<typeof refund>("refund", {
      taskQueue,
      workflowId: workflowIds.refund(order.id),
      args: [
        {
          requestId: randomUUID(),
          paymentId: order.id,
          amount: money(minor, "RUB"),
          reason: "a test",
          by: telegramId(adminId),
        },
      ],
    });
  await refunded(10_000);
  await keep(workflowIds.refund(order.id), "refund.returned");
  await refunded(99_999);
  await keep(workflowIds.refund(order.id), "refund.notOpened");
  await buyer.told(order.id, stage.memory.giveBack(reference, money(5_000, "RUB"), "chargedBack"));
  await buyer.ends(order.id);
  await keep(workflowIds.payment(order.id), "payment.chargedBack");
}

async function recordReconciliation({ stage, buyer, keep }: Scene): Promise<void> {
  const order = await buyer.orders({ currency: "XTR" });
  stage.memory.settle(order);
  const workflowId = "record-reconciliation";
  await stage.client.workflow.execute<typeof reconciliation>("reconciliation", {
    taskQueue,
    workflowId,
    args: [order.gateway],
  });
  await keep(workflowId, "reconciliation");
  await buyer.ends(order.id);
}
