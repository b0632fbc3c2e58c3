import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { reportEvents } from "../../client/payments.ts";
import { isNeverTaken } from "../../client/refusals.ts";
import { type GatewayEvent, gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { createNamespace } from "../drivers/namespace.ts";

let temporal: Awaited<ReturnType<typeof createNamespace>>;
beforeAll(async () => {
  temporal = await createNamespace();
});
afterAll(() => temporal.connection.close());

const event = (evidence: string): GatewayEvent => ({
  gateway: gatewayName("memory"),
  report: { kind: "progress", status: "AUTHORIZED" },
  evidence,
  source: "gateway",
});

/** The error that the SDK throws for a server's answer. */
function answerError(code: number, details: string): Error {
  const cause = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return new Error("Failed to signal", { cause });
}

test("a run that has taken all the signals that it may is not a permanent refusal", () => {
  const full = "exceeded workflow execution limit for signal events";
  expect(isNeverTaken(answerError(3, full))).toBe(false);
  expect(isNeverTaken(answerError(3, "BadSignalInput"))).toBe(true);
});

test("what is too large is refused for good", async () => {
  const tooLarge = [event("x".repeat(2_500_000))];
  const refused = await reportEvents(
    new DurableClient(temporal.client),
    randomUUID() as PaymentId,
    tooLarge,
  ).then(
    () => "taken",
    (error: unknown) => error,
  );
  expect(isNeverTaken(refused)).toBe(true);
});

test("a server that is away refuses nothing", () => {
  expect(isNeverTaken(answerError(14, "no connection"))).toBe(false);
  expect(isNeverTaken(new Error("no connection"))).toBe(false);
});
