import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import type { GatewayName, PaymentOrder } from "../../domain/payment.ts";
import { dayMs, hourMs, minuteMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payment-gateway/memory.ts";
import type { Statement } from "../../gateways/payment-gateway.ts";
import { SlowDown } from "../../gateways/refused.ts";
import { ensurePaymentSchedules } from "../../workers/schedules.ts";
import { signals, taskQueue, workflowIds } from "../../workflows/contract.ts";
import type { reconciliation } from "../../workflows/index.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { useStage } from "../support/stage.ts";

/** Breaks off in the middle of a long statement, and asks to be left alone now and then. */
class ShakyGateway extends MemoryPaymentGateway {
  failures: Error[] = [];
  calls = 0;

  override async statement(cursor: string): Promise<Statement> {
    this.calls += 1;
    const failure = this.calls % 2 === 0 ? this.failures.shift() : undefined;
    if (failure !== undefined) throw failure;
    return super.statement(cursor);
  }
}

const named = (name: string) => name as GatewayName;
const shaky = new ShakyGateway({ name: named("shaky") });
const silent = new MemoryPaymentGateway({ name: named("silent"), delivery: "pulls", watchMs: 100 });
const lookup = new MemoryPaymentGateway({ name: named("lookup"), hasStatement: false });
/** A watch ends with its hour, or with the last open invoice. */
const pace = { everyMs: hourMs };
const stage = useStage({ gateways: () => [shaky, silent, lookup], pace });

async function tick({ facts: { name } }: MemoryPaymentGateway) {
  const handle = await stage.client.workflow.start<typeof reconciliation>("reconciliation", {
    taskQueue,
    workflowId: workflowIds.reconciliation(name),
    args: [name],
  });
  return handle.result();
}

async function ordered(by: MemoryPaymentGateway) {
  const buyer = new Buyer(stage, await stage.customer());
  const order = await buyer.orders({ gateway: by.facts.name });
  return { buyer, order, before: await buyer.paidUntil() };
}

const given = (buyer: Buyer, before: number) =>
  eventually(async () => expect(await buyer.paidUntil()).toBe(before + 30 * dayMs));

test("what nobody told us is found and fixed within one tick, once, and the admins hear of it", async () => {
  const admin = await stage.admin();
  const { buyer, order, before } = await ordered(shaky);
  shaky.settle(order);
  expect(await tick(shaky)).toMatchObject({ fixed: 1 });
  await given(buyer, before);
  await admin.hears(/shaky: found and fixed one message/u);
  expect(await tick(shaky)).toMatchObject({ fixed: 0 });
  const found = await stage.rows("select * from findings where payment_id = ?", [order.id]);
  expect(found).toMatchObject([{ gateway: "shaky", kind: "paid" }]);
  const [event] = await stage.rows("select told_by from gateway_events where payment_id = ?", [
    order.id,
  ]);
  expect(event).toEqual({ told_by: "reconciliation" });
});

test("what the gateway has told us is no finding", async () => {
  const { buyer, order } = await ordered(shaky);
  await buyer.told(order.id, shaky.settle(order), "shaky");
  await buyer.ends(order.id);
  expect(await tick(shaky)).toMatchObject({ fixed: 0 });
});

test("months of history are read to the end over broken connections and requests to wait", async () => {
  const { buyer, order, before } = await ordered(shaky);
  const nobody: PaymentOrder = { ...order, id: crypto.randomUUID() as PaymentOrder["id"] };
  const first = shaky.settle(nobody, money(1, "RUB"));
  await buyer.told(nobody.id, first, "shaky");
  for (let line = 0; line < 350; line += 1) {
    const { reference } = first.report as { reference: string };
    shaky.giveBack(reference, money(0, "RUB"));
  }
  shaky.settle(order);
  shaky.failures = [new Error("connection reset"), new SlowDown("429", 50), new Error("502")];
  const { read } = await tick(shaky);
  expect(read).toBeGreaterThan(0);
  await given(buyer, before);
  expect(shaky.failures).toEqual([]);
});

test("where nobody tells us of money, open invoices are watched, and that is no finding", async () => {
  const { buyer, order, before } = await ordered(silent);
  const ticking = tick(silent);
  silent.settle(order);
  expect(await ticking).toMatchObject({ fixed: 0 });
  await given(buyer, before);
});

test("a gateway that nobody speaks for is read from the moment an invoice is shown, unless it is paused", async () => {
  const { name } = silent.facts;
  await ensurePaymentSchedules(stage.client, { configured: [name], gatewayNames: [name] });
  const schedule = stage.client.schedule.getHandle(workflowIds.reconciliation(name));
  const outOfTurn = async () => {
    const { recentActions } = (await schedule.describe()).info;
    return recentActions.filter(({ scheduledAt }) => scheduledAt.getTime() % minuteMs > 0).length;
  };
  await schedule.pause();
  const { buyer, order, before } = await ordered(silent);
  await stage.client.workflow.getHandle(workflowIds.payment(order.id)).signal(signals.cancelled);
  // By then its invoice has been shown, and whatever goes with that has happened.
  await buyer.ends(order.id);
  expect(await outOfTurn()).toBe(0);
  await schedule.unpause();

  const next = await buyer.orders({ gateway: name });
  // Well before the next tick's turn.
  await eventually(async () => {
    expect((await schedule.describe()).info.runningActions).toHaveLength(1);
  }, 5_000);
  silent.settle(next);
  await given(buyer, before);
  await schedule.delete();
});

test("invoices without a statement are looked up, refunds too, however old they are", async () => {
  const { buyer, order, before } = await ordered(lookup);
  const { report } = lookup.settle(order);
  await tick(lookup);
  await given(buyer, before);
  const { reference } = report as { reference: string };
  lookup.giveBack(reference, order.price);
  await stage.rows("update payments set next_lookup_at = now() where id = ?", [order.id]);
  expect(await tick(lookup)).toMatchObject({ fixed: 1 });
  await eventually(async () => expect(await buyer.paidUntil()).toBe(before));
  const [row] = await stage.rows<{ next: string }>(
    "select next_lookup_at > now() as next from payments where id = ?",
    [order.id],
  );
  expect(row?.next).toBe(true);
});
