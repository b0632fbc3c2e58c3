import type { WorkflowHandle } from "@temporalio/client";
import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { gatewayName, type PaymentOrder } from "../../domain/payments/payment.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const gateway = new MemoryPaymentGateway({ name: gatewayName("told"), refunds: "none" });
const app = useTestApp({ gateways: () => [gateway] });

const concurrency = 50;

/**
 * Reports until the workflow continues as new; a report that is refused is repeated,
 * as gateways do.
 */
async function floodWithReports(
  customer: TestCustomer,
  { id }: PaymentOrder,
  reports: number,
  status: (n: number) => string,
) {
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let n = next++; n < reports; n = next++) {
        const report = { kind: "progress", status: status(n) } as const;
        const line = { report, evidence: status(n) };
        await eventually(() => customer.report(id, line, gateway.capabilities.name), 120_000, 100);
      }
    }),
  );
}

test.each([
  ["2,000 equal", 2_000, () => "AUTHORIZED"],
  ["10,050 equal", 10_050, () => "AUTHORIZED"],
  ["10,000 distinct", 10_000, (n: number) => `AUTHORIZED ${n}`],
])(
  "%s reports to one open payment: the money behind them is granted, and no run grows without end",
  async (_what, reports, status) => {
    const customer = new TestCustomer(app, await app.customer());
    const order = await customer.order({ gateway: gateway.capabilities.name });
    const handle = app.client.workflow.getHandle(workflowIds.payment(order.id));
    const first = (await handle.describe()).runId;
    await floodWithReports(customer, order, reports, status);
    await eventually(
      () => customer.report(order.id, gateway.settle(order), gateway.capabilities.name),
      60_000,
    );
    await eventually(
      async () => expect(await customer.listGrants(order.id)).toHaveLength(1),
      120_000,
    );
    expect(await customer.waitForEnd(order.id)).toMatchObject({ kind: "settled" });

    const counted = await app.rows<{ n: number }>(
      "select count(*)::int as n from gateway_events where payment_id = ?",
      [order.id],
    );
    const distinct = new Set(Array.from({ length: reports }, (_, n) => status(n))).size;
    expect(counted[0]?.n).toBe(distinct + 1);
    const runs = await readRunLengths(first, order);
    // Equal events that wait are merged into one: they need no new run.
    expect(runs.length).toBeGreaterThan(distinct > 4_000 ? 1 : 0);
    // Events of signals that arrive just before a run continues as new count as that run's.
    for (const events of runs) expect(events).toBeLessThan(10_000);
  },
  600_000,
);

test("thousands of odd amounts, each by a signal of its own, are asked about in few questions and all booked, and the price goes first", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order({ gateway: gateway.capabilities.name });
  const handle = app.client.workflow.getHandle(workflowIds.payment(order.id));
  const first = (await handle.describe()).runId;
  const amounts = Array.from({ length: 2_500 }, () => gateway.settle(order, money(1, "RUB")));
  const left = amounts.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const { report, evidence } of left) {
        const event = {
          gateway: gateway.capabilities.name,
          report,
          evidence,
          source: "gateway",
        } as const;
        await eventually(() => handle.signal(signals.gatewayReported, [event]), 120_000, 100);
      }
    }),
  );
  await eventually(
    () => customer.report(order.id, gateway.settle(order), gateway.capabilities.name),
    60_000,
  );
  await eventually(
    async () => expect(await customer.listGrants(order.id)).toHaveLength(1),
    120_000,
  );
  await eventually(async () => expect(await customer.balance()).toEqual({ RUB: 2_500 }), 120_000);
  for (const events of await readRunLengths(first, order)) expect(events).toBeLessThan(10_000);
}, 600_000);

/** The number of events of each run of a payment, the first run first. */
async function readRunLengths(first: string, { id }: PaymentOrder): Promise<number[]> {
  const workflowId = workflowIds.payment(id);
  const runs: number[] = [];
  let runId: string | null | undefined = first;
  while (runId) {
    const handle: WorkflowHandle = app.client.workflow.getHandle(workflowId, runId);
    const events = (await handle.fetchHistory()).events ?? [];
    runs.push(events.length);
    runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return runs;
}
