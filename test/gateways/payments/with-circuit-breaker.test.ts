import { expect, test } from "vitest";
import type { PaymentId } from "../../../domain/payments/payment.ts";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import type { Statement } from "../../../gateways/payments/port.ts";
import { withCircuitBreaker } from "../../../gateways/payments/with-circuit-breaker.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import { failureOf } from "./fixture.ts";

/** A memory gateway whose statement behaves as the test says. */
class ScriptedGateway extends MemoryPaymentGateway {
  calls = 0;
  script: () => Promise<void> = async () => undefined;

  override async statement(cursor: string): Promise<Statement> {
    this.calls += 1;
    await this.script();
    return super.statement(cursor);
  }
}

const failingWith = (error: Error) => async () => {
  throw error;
};
const guard = { timeoutMs: 5_000, breaker: { failures: 3, pauseMs: 60_000 } };

test("a step that takes too long is an outage", async () => {
  const gateway = new ScriptedGateway();
  gateway.script = () => new Promise<void>(() => undefined);
  const failure = await failureOf(
    withCircuitBreaker(gateway, { ...guard, timeoutMs: 20 }).statement(""),
  );
  expect(failure.message).toBe("memory did not answer within 20 ms");
});

test("after outages in a row the circuit opens, and closes when the gateway answers", async () => {
  const gateway = new ScriptedGateway();
  gateway.script = failingWith(new Error("down"));
  const breaker = { failures: 3, pauseMs: 200 };
  const kept = withCircuitBreaker(gateway, { ...guard, breaker });
  for (let time = 0; time < 3; time++) await expect(kept.statement("")).rejects.toThrow("down");
  await expect(kept.statement("")).rejects.toThrow("left alone for 200 ms");
  expect(gateway.calls).toBe(3);
  gateway.script = async () => undefined;
  await expect.poll(() => kept.statement("").catch(() => undefined)).toMatchObject({ lines: [] });
});

test("a refusal and a wait are answers: they pass unchanged and do not open the circuit", async () => {
  const gateway = new ScriptedGateway();
  const kept = withCircuitBreaker(gateway, guard);
  for (const error of [new Refused("no"), new SlowDown("later", 7)]) {
    gateway.script = failingWith(error);
    for (let time = 0; time < 4; time++) expect(await failureOf(kept.statement(""))).toBe(error);
  }
  gateway.script = async () => undefined;
  expect(await kept.statement("")).toMatchObject({ more: false });
  expect(kept.capabilities).toBe(gateway.capabilities);
});

test("calls about saved cards go through the circuit breaker, where the gateway saves cards", async () => {
  const gateway = new MemoryPaymentGateway({ recurring: "card" });
  const kept = withCircuitBreaker(gateway, guard);
  expect(await kept.savedCards?.find("none" as PaymentId)).toBeUndefined();
  await kept.savedCards?.remove("none" as PaymentId);
  expect(withCircuitBreaker(new MemoryPaymentGateway(), guard).savedCards).toBeUndefined();
});
