import { afterEach, expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import type { PaymentOrder } from "../../domain/payments/payment.ts";
import { minuteMs } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { StatementLine } from "../../gateways/payments/port.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { needsHuman } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

/** Counts lookups, and may be away. */
class CountingGateway extends MemoryPaymentGateway {
  isAway = false;
  lookups = 0;
  /** Answers are held back until this resolves. */
  answering: Promise<void> = Promise.resolve();

  override async lookup(order: PaymentOrder): Promise<readonly StatementLine[]> {
    this.lookups += 1;
    await this.answering;
    if (this.isAway) throw new Error("connect ETIMEDOUT");
    return super.lookup(order);
  }
}

const gateway = new CountingGateway();
const app = useTestApp({ gateways: () => [gateway] });
const rub = (minor: number) => money(minor, "RUB");

afterEach(() => void (gateway.isAway = false));

async function openOrder() {
  const customer = new TestCustomer(app, await app.customer());
  return { customer, order: await customer.order() };
}

/** The gateway's report with another amount. */
function forge(line: StatementLine, minor: number): Pick<StatementLine, "report" | "evidence"> {
  if (line.report.kind !== "paid") throw new Error("only a payment can be forged");
  const report = { ...line.report, paid: rub(minor) };
  return { report, evidence: JSON.stringify(report) };
}

/** Opens an order of which another amount than the price is reported while its gateway is away. */
async function openUnconfirmedOrder() {
  const { customer, order } = await openOrder();
  const workflow = workflowIds.payment(order.id);
  gateway.isAway = true;
  const line = gateway.settle(order, rub(50_000));
  await customer.report(order.id, forge(line, 90_000_000));
  await eventually(async () => expect(await needsHuman(app, workflow)).toBe(true));
  return { customer, order, workflow };
}

test("an amount that is not the price is asked about, and what the gateway itself says is credited", async () => {
  const { customer, order } = await openOrder();
  const line = gateway.settle(order);
  await customer.report(order.id, forge(line, 300_004_567));
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({});
  expect(await customer.listAccounts(order.id)).toEqual({
    "gateway:memory": 30_000,
    revenue: -30_000,
  });
});

test("an amount that the gateway knows nothing of is not credited", async () => {
  const { customer, order } = await openOrder();
  const real = gateway.settle(order, rub(10_000));
  await customer.report(order.id, real);
  await customer.person.waitForMessage(/200 ₽ is missing/u);
  const lookups = gateway.lookups;
  await customer.report(order.id, forge(real, 20_000_000));
  await eventually(() => expect(gateway.lookups).toBeGreaterThan(lookups));
  await customer.report(order.id, gateway.settle(order, rub(20_000)));
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(await customer.balance()).toEqual({});
});

test("the price itself needs no asking", async () => {
  const { customer, order } = await openOrder();
  const lookups = gateway.lookups;
  gateway.isAway = true;
  await customer.report(order.id, gateway.settle(order));
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });
  expect(gateway.lookups).toBe(lookups);
});

test("the price is taken while the gateway takes its time about another amount", async () => {
  const { customer, order } = await openOrder();
  const { promise, resolve: answer } = Promise.withResolvers<void>();
  gateway.answering = promise;
  const lookups = gateway.lookups;
  await customer.report(order.id, forge(gateway.settle(order, rub(50_000)), 90_000_000));
  await eventually(() => expect(gateway.lookups).toBeGreaterThan(lookups));
  await customer.report(order.id, gateway.settle(order));
  await customer.person.waitForMessage(/Paid\. Your access/u);
  expect(await stateOf(order)).toBe("settled");
  answer();
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "paidTwice" });
});

test("while the gateway is away an amount that is not the price waits, and is asked about again", async () => {
  const { customer, order, workflow } = await openUnconfirmedOrder();
  expect(await customer.balance()).toEqual({});
  // Another report, of the price, does not wait for it.
  await customer.report(order.id, gateway.settle(order));
  await customer.person.waitForMessage(/Paid\. Your access/u);
  gateway.isAway = false;
  await app.pass(workflow, 2 * minuteMs);
  await eventually(async () => expect(await needsHuman(app, workflow)).toBe(false));
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "paidTwice" });
  const charges = await app.rows<{ minor: number }>(
    "select paid_minor::int as minor from charges where payment_id = ? order by 1",
    [order.id],
  );
  expect(charges.map(({ minor }) => minor)).toEqual([30_000, 50_000]);
});

test("a payment that is cancelled while an amount waits for its gateway is closed, and the amount counts when it is confirmed", async () => {
  const { customer, order, workflow } = await openUnconfirmedOrder();
  await app.client.workflow.getHandle(workflow).signal(signals.cancelled);
  await eventually(async () => expect(await stateOf(order)).toBe("cancelled"));
  await eventually(() => expect(gateway.isCancelled(order)).toBe(true));
  const length = async () =>
    (await app.client.workflow.getHandle(workflow).describe()).historyLength;
  const before = await length();
  // Other payments are served meanwhile.
  const other = await openOrder();
  expect(await length()).toBeLessThanOrEqual(before + 6);
  expect(other.order.id).not.toBe(order.id);
  gateway.isAway = false;
  await app.pass(workflow, 2 * minuteMs);
  expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "overpaid" });
});

async function stateOf({ id }: PaymentOrder): Promise<string | undefined> {
  const [row] = await app.rows<{ state: string }>("select state from payments where id = ?", [id]);
  return row?.state;
}
