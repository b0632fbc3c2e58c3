import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from "@temporalio/worker";
import { expect, inject, onTestFinished, test } from "vitest";
import type { PaymentId } from "../../domain/payments/payment.ts";
import { secondMs } from "../../domain/time.ts";
import { workflowWorkerOptions } from "../../workers/workflow-worker-options.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { TestCustomer } from "../drivers/test-customer.ts";

const app = useTestApp({ gatewayPolling: { everyMs: secondMs, againMs: secondMs } });

const queue = "odd";

async function startWorker(workflowBundle: { code: string } | { codePath: string }) {
  const connection = await NativeConnection.connect({ address: inject("temporal").address });
  const { namespace } = app;
  const options = {
    connection,
    namespace,
    taskQueue: queue,
    workflowBundle,
    ...workflowWorkerOptions,
  };
  const worker = await Worker.create(options);
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

/** Continues a payment in a run whose history the product's code cannot replay. */
async function replaceWithOtherPayment(id: PaymentId) {
  const { workflow } = app.client;
  const workflowId = workflowIds.payment(id);
  await workflow.getHandle(workflowId).terminate("makes room for a run that strays");
  const workflowsPath = fileURLToPath(new URL("other-payment.ts", import.meta.url));
  const stop = await startWorker(
    await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") }),
  );
  const run = await workflow.start("payment", { taskQueue: queue, workflowId, args: [id] });
  await eventually(async () => {
    const { events } = await run.fetchHistory();
    expect(events?.some(({ timerStartedEventAttributes: timer }) => timer)).toBe(true);
  });
  await stop();
  return workflow.getHandle(workflowId, run.firstExecutionRunId);
}

test("a payment whose history cannot be replayed starts again from the books, and its events are found", async () => {
  const customer = new TestCustomer(app, await app.customer());
  const order = await customer.order();
  const stray = await replaceWithOtherPayment(order.id);
  // Only the run that cannot be replayed gets it.
  await customer.pay(order);
  onTestFinished(await startWorker({ codePath: inject("temporal").codePath }));
  await eventually(async () => expect((await stray.describe()).status.name).toBe("FAILED"));
  await eventually(async () => expect(await customer.listGrants(order.id)).toHaveLength(1), 30_000);
  await customer.person.waitForMessage(/Paid\. Your access/u);
});
