import { afterEach, expect, test } from "vitest";
import { gatewayName, type PaymentOrder } from "../../domain/payments/payment.ts";
import { secondMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { StatementLine } from "../../gateways/payments/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { needsHuman } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { deleteWorkflow } from "../drivers/retention.ts";
import { breakTelegram, mendTelegram } from "../drivers/telegram-faults.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** Some of its invoices cannot be looked up, and none while the gateway is away. */
class PartlyFailingGateway extends MemoryPaymentGateway {
  readonly poisoned = new Set<string>();
  isAway = false;

  override async lookup(order: PaymentOrder): Promise<readonly StatementLine[]> {
    if (this.isAway) throw new Error("connect ETIMEDOUT");
    if (this.poisoned.has(order.id)) throw new Refused("T-Bank GetState: 7 wrong terminal");
    return super.lookup(order);
  }
}

const named = (name: string) => gatewayName(name);
const looking = new PartlyFailingGateway({ name: named("looking"), hasStatement: false });
const reading = new MemoryPaymentGateway({ name: named("reading"), refunds: "none" });
const app = useTestApp({
  gateways: () => [looking, reading],
  gatewayPolling: { everyMs: secondMs },
});

afterEach(() => mendTelegram(app));

async function openOrder(gateway: MemoryPaymentGateway) {
  const customer = new TestCustomer(app, await app.customer());
  return { customer, order: await customer.order({ gateway: gateway.capabilities.name }) };
}

const isGranted = (customer: TestCustomer, { id }: PaymentOrder) =>
  eventually(async () => expect(await customer.listGrants(id)).toHaveLength(1), 20_000);

test("an invoice that cannot be looked up delays itself alone, and is found when it can be", async () => {
  const admin = await app.admin();
  const poisoned = await openOrder(looking);
  looking.poisoned.add(poisoned.order.id);
  const other = await openOrder(looking);
  looking.settle(other.order);
  looking.settle(poisoned.order);
  await isGranted(other.customer, other.order);
  await other.customer.person.waitForMessage(/Paid\. Your access/u);
  // It is retried several times, with growing pauses, before anybody is notified.
  await eventually(async () => {
    await readNextLookup(poisoned.order);
    expect((await admin.listTexts()).join("\n")).toMatch(
      /looking: something could not be processed.*wrong terminal/u,
    );
  });
  const workflow = workflowIds.gateway(looking.capabilities.name);
  await eventually(async () => expect(await needsHuman(app, workflow)).toBe(true));
  expect(await poisoned.customer.listGrants(poisoned.order.id)).toEqual([]);
  looking.poisoned.clear();
  await readNextLookup(poisoned.order);
  await isGranted(poisoned.customer, poisoned.order);
  await eventually(async () => expect(await needsHuman(app, workflow)).toBe(false));
});

const readNextLookup = ({ id }: PaymentOrder) =>
  app.rows("update payments set next_lookup_at = now() where id = ?", [id]);

test("a return that cannot be looked up because its gateway is away is booked when it is back, whatever the payment's age", async () => {
  const { customer, order } = await openOrder(looking);
  const { report } = looking.settle(order) as { report: { reference: string } };
  await isGranted(customer, order);
  await eventually(async () => expect(await isDue(order)).toBe(false));
  // As for a payment of last month.
  await app.rows("update payments set next_lookup_at = now() + interval '5 days' where id = ?", [
    order.id,
  ]);
  looking.isAway = true;
  looking.giveBack(report.reference, order.price);
  const about = { kind: "payment", id: order.id } as const;
  const refunding = { kind: "progress", status: "REFUNDING" } as const;
  const line: StatementLine = { about, report: refunding, evidence: "REFUNDING" };
  await customer.report(order.id, line, looking.capabilities.name);
  await eventually(async () => expect(await isDue(order)).toBe(true));
  looking.isAway = false;
  await eventually(async () => {
    expect((await customer.listGrants(order.id)).map(({ days }) => days)).toEqual([30, -30]);
  });
});

/** Whether the next pass of its gateway looks this payment up. */
async function isDue({ id }: PaymentOrder): Promise<boolean> {
  const rows = await app.rows(
    "select 1 from payments where id = ? and (next_lookup_at <= now() or state = 'open')",
    [id],
  );
  return rows.length > 0;
}

test("a statement is read on while Telegram takes no message to the admins", async () => {
  const admin = await app.admin();
  const first = await openOrder(reading);
  const second = await openOrder(reading);
  await breakTelegram(app, { kind: "502", method: "sendMessage", chat_id: admin.id });
  reading.settle(first.order);
  await isGranted(first.customer, first.order);
  reading.settle(second.order);
  await isGranted(second.customer, second.order);
  await second.customer.person.waitForMessage(/Paid\. Your access/u);
  await mendTelegram(app);
  await admin.waitForMessage(/reading: found and processed/u);
});

test("an order whose workflow was terminated while it was open is taken up again by its gateway's reconciler", async () => {
  const { customer, order } = await openOrder(reading);
  const handle = app.client.workflow.getHandle(workflowIds.payment(order.id));
  await handle.terminate("an operator's mistake");
  await app.rows(
    `update payments set opened_at = opened_at - interval '10 minutes',
                         lapses_at = now() - interval '3 minutes' where id = ?`,
    [order.id],
  );
  expect(await eventually(() => customer.waitForEnd(order.id))).toEqual({ kind: "lapsed" });
  await customer.person.waitForMessage(/has expired/u);
  reading.settle(order);
  await isGranted(customer, order);
});

test("a payment whose workflow Temporal no longer knows is decided by the books, once", async () => {
  const { customer, order } = await openOrder(reading);
  const line = reading.settle(order);
  await isGranted(customer, order);
  const until = await customer.paidUntil();
  await customer.waitForEnd(order.id);
  await deleteWorkflow(app, workflowIds.payment(order.id));
  await customer.report(order.id, line, reading.capabilities.name);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await customer.listGrants(order.id)).toHaveLength(1);
  expect(await customer.paidUntil()).toBe(until);
  const { reference } = line.report as { reference: string };
  await customer.report(
    order.id,
    reading.giveBack(reference, order.price),
    reading.capabilities.name,
  );
  await eventually(async () => {
    expect((await customer.listGrants(order.id)).map(({ days }) => days)).toEqual([30, -30]);
  });
});
