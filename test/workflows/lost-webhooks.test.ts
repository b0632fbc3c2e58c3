import { afterEach, expect, test } from "vitest";
import type { GatewayName, PaymentOrder } from "../../domain/payments/payment.ts";
import { secondMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { Line } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { needsHuman } from "../support/access.ts";
import { Buyer } from "../support/buyer.ts";
import { eventually } from "../support/eventually.ts";
import { forgets } from "../support/retention.ts";
import { useStage } from "../support/stage.ts";
import { breakTelegram, mendTelegram } from "../support/telegram-faults.ts";

/** Some of its invoices cannot be looked up, and none while it is away. */
class Poisoned extends MemoryPaymentGateway {
  readonly poisoned = new Set<string>();
  isAway = false;

  override async lookup(order: PaymentOrder): Promise<readonly Line[]> {
    if (this.isAway) throw new Error("connect ETIMEDOUT");
    if (this.poisoned.has(order.id)) throw new Refused("T-Bank GetState: 7 wrong terminal");
    return super.lookup(order);
  }
}

const named = (name: string) => name as GatewayName;
const looking = new Poisoned({ name: named("looking"), hasStatement: false });
const reading = new MemoryPaymentGateway({ name: named("reading"), refunds: "none" });
const stage = useStage({ gateways: () => [looking, reading], gatewayPace: { everyMs: secondMs } });

afterEach(() => mendTelegram(stage));

async function ordered(gateway: MemoryPaymentGateway) {
  const buyer = new Buyer(stage, await stage.customer());
  return { buyer, order: await buyer.orders({ gateway: gateway.facts.name }) };
}

const isGranted = (buyer: Buyer, { id }: PaymentOrder) =>
  eventually(async () => expect(await buyer.grants(id)).toHaveLength(1), 20_000);

test("an invoice that cannot be looked up delays itself alone, and is found when it can be", async () => {
  const admin = await stage.admin();
  const poisoned = await ordered(looking);
  looking.poisoned.add(poisoned.order.id);
  const other = await ordered(looking);
  looking.settle(other.order);
  looking.settle(poisoned.order);
  await isGranted(other.buyer, other.order);
  await other.buyer.person.hears(/Payment received/u);
  // It is tried again some times, ever more seldom, before anybody is bothered with it.
  await eventually(async () => {
    await lookAgainAt(poisoned.order);
    expect((await admin.heard()).join("\n")).toMatch(
      /looking: something could not be processed.*wrong terminal/u,
    );
  });
  const workflow = workflowIds.gateway(looking.facts.name);
  await eventually(async () => expect(await needsHuman(stage, workflow)).toBe(true));
  expect(await poisoned.buyer.grants(poisoned.order.id)).toEqual([]);
  looking.poisoned.clear();
  await lookAgainAt(poisoned.order);
  await isGranted(poisoned.buyer, poisoned.order);
  await eventually(async () => expect(await needsHuman(stage, workflow)).toBe(false));
});

const lookAgainAt = ({ id }: PaymentOrder) =>
  stage.rows("update payments set next_lookup_at = now() where id = ?", [id]);

test("a return that cannot be looked up because its gateway is away is booked when it is back, whatever the payment's age", async () => {
  const { buyer, order } = await ordered(looking);
  const { report } = looking.settle(order) as { report: { reference: string } };
  await isGranted(buyer, order);
  await eventually(async () => expect(await isDue(order)).toBe(false));
  // As of a payment of last month.
  await stage.rows("update payments set next_lookup_at = now() + interval '5 days' where id = ?", [
    order.id,
  ]);
  looking.isAway = true;
  looking.giveBack(report.reference, order.price);
  const about = { kind: "payment", id: order.id } as const;
  const refunding = { kind: "progress", status: "REFUNDING" } as const;
  const line: Line = { about, report: refunding, evidence: "REFUNDING" };
  await buyer.told(order.id, line, looking.facts.name);
  await eventually(async () => expect(await isDue(order)).toBe(true));
  looking.isAway = false;
  await eventually(async () => {
    expect((await buyer.grants(order.id)).map(({ days }) => days)).toEqual([30, -30]);
  });
});

/** Whether the next pass of its gateway looks at it. */
async function isDue({ id }: PaymentOrder): Promise<boolean> {
  const rows = await stage.rows(
    "select 1 from payments where id = ? and (next_lookup_at <= now() or state = 'open')",
    [id],
  );
  return rows.length > 0;
}

test("a statement is read on while Telegram takes no message to the admins", async () => {
  const admin = await stage.admin();
  const [first, second] = [await ordered(reading), await ordered(reading)];
  await breakTelegram(stage, { kind: "502", method: "sendMessage", chat_id: admin.id });
  reading.settle(first.order);
  await isGranted(first.buyer, first.order);
  reading.settle(second.order);
  await isGranted(second.buyer, second.order);
  await second.buyer.person.hears(/Payment received/u);
  await mendTelegram(stage);
  await admin.hears(/reading: found and processed/u);
});

test("an order whose workflow was terminated while it was open is taken up again by its gateway's reconciler", async () => {
  const { buyer, order } = await ordered(reading);
  const handle = stage.client.workflow.getHandle(workflowIds.payment(order.id));
  await handle.terminate("an operator's mistake");
  await stage.rows(
    `update payments set opened_at = opened_at - interval '10 minutes',
                         lapses_at = now() - interval '3 minutes' where id = ?`,
    [order.id],
  );
  expect(await eventually(() => buyer.ends(order.id))).toEqual({ kind: "lapsed" });
  await buyer.person.hears(/has expired/u);
  reading.settle(order);
  await isGranted(buyer, order);
});

test("a payment whose workflow Temporal no longer knows is decided by the books, once", async () => {
  const { buyer, order } = await ordered(reading);
  const line = reading.settle(order);
  await isGranted(buyer, order);
  const until = await buyer.paidUntil();
  await buyer.ends(order.id);
  await forgets(stage, workflowIds.payment(order.id));
  await buyer.told(order.id, line, reading.facts.name);
  expect(await buyer.ends(order.id)).toMatchObject({ kind: "settled" });
  expect(await buyer.grants(order.id)).toHaveLength(1);
  expect(await buyer.paidUntil()).toBe(until);
  const { reference } = line.report as { reference: string };
  await buyer.told(order.id, reading.giveBack(reference, order.price), reading.facts.name);
  await eventually(async () => {
    expect((await buyer.grants(order.id)).map(({ days }) => days)).toEqual([30, -30]);
  });
});
