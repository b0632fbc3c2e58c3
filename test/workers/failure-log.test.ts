import { ApplicationFailure } from "@temporalio/activity";
import { expect, test } from "vitest";
import { createLogger } from "../../runtime/log.ts";
import { logFailures } from "../../workers/failure-log.ts";

/** Runs a step that fails, and returns what was logged. */
async function logOf(activityType: string, args: readonly unknown[], isAborted = false) {
  const lines: string[] = [];
  const log = createLogger("worker", "info", { write: (line) => void lines.push(line) });
  const info = { activityType, attempt: 3, workflowExecution: { workflowId: "payment:1" } };
  const context = { info, cancellationSignal: { aborted: isAborted } };
  const { inbound } = logFailures(log)(context as never);
  const failing = inbound?.execute?.({ args } as never, () =>
    Promise.reject(ApplicationFailure.retryable("no answer")),
  );
  await expect(failing).rejects.toThrow("no answer");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("a failed step is logged in words, with the person it is about", async () => {
  const [line, ...more] = await logOf("issueInvoice", [{ id: "1", telegramId: 5001 }]);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    msg: "a step failed: asks the gateway for an invoice and has it shown",
    telegramId: 5001,
    workflowId: "payment:1",
    attempt: 3,
    reason: "no answer",
  });
});

test("the person is found in what the step is about; a step without one is logged without", async () => {
  const [nested] = await logOf("refundAtGateway", [{ order: { telegramId: 7 } }]);
  expect(nested).toHaveProperty("telegramId", 7);
  const [host] = await logOf("reconcileHost", ["host", { id: 1 }]);
  expect(host).not.toHaveProperty("telegramId");
  expect(host).toHaveProperty("msg", "a step failed: reconcileHost");
});

test("a step that ends because its worker does is not a failure", async () => {
  expect(await logOf("issueInvoice", [{}], true)).toEqual([]);
});
