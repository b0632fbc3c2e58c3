import { expect, test } from "vitest";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import type { Statement } from "../../../gateways/payments/port.ts";
import { withCircuitBreaker } from "../../../gateways/payments/with-circuit-breaker.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import { failureOf } from "./world.ts";

/** A memory gateway whose statement does as it is told. */
class MoodyGateway extends MemoryPaymentGateway {
  calls = 0;
  mood: () => Promise<void> = async () => undefined;

  override async statement(cursor: string): Promise<Statement> {
    this.calls += 1;
    await this.mood();
    return super.statement(cursor);
  }
}

const failing = (error: Error) => async () => {
  throw error;
};
const guard = { timeoutMs: 5_000, breaker: { failures: 3, pauseMs: 60_000 } };

test("a step that takes too long is an outage", async () => {
  const gateway = new MoodyGateway();
  gateway.mood = () => new Promise<void>(() => undefined);
  const failure = await failureOf(
    withCircuitBreaker(gateway, { ...guard, timeoutMs: 20 }).statement(""),
  );
  expect(failure.message).toBe("memory did not answer within 20 ms");
});

test("after outages in a row the gateway is left alone, and used again when it answers", async () => {
  const gateway = new MoodyGateway();
  gateway.mood = failing(new Error("down"));
  const breaker = { failures: 3, pauseMs: 200 };
  const kept = withCircuitBreaker(gateway, { ...guard, breaker });
  for (let time = 0; time < 3; time++) await expect(kept.statement("")).rejects.toThrow("down");
  await expect(kept.statement("")).rejects.toThrow("left alone for 200 ms");
  expect(gateway.calls).toBe(3);
  gateway.mood = async () => undefined;
  await expect.poll(() => kept.statement("").catch(() => undefined)).toMatchObject({ lines: [] });
});

test("a refusal and a wait are answers: they pass as they are and open no circuit", async () => {
  const gateway = new MoodyGateway();
  const kept = withCircuitBreaker(gateway, guard);
  for (const error of [new Refused("no"), new SlowDown("later", 7)]) {
    gateway.mood = failing(error);
    for (let time = 0; time < 4; time++) expect(await failureOf(kept.statement(""))).toBe(error);
  }
  gateway.mood = async () => undefined;
  expect(await kept.statement("")).toMatchObject({ more: false });
  expect(kept.capabilities).toBe(gateway.capabilities);
});
