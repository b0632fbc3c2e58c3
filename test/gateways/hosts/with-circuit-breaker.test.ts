import { expect, test } from "vitest";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import type { HostState } from "../../../gateways/hosts/port.ts";
import { withCircuitBreaker } from "../../../gateways/hosts/with-circuit-breaker.ts";
import { Refused } from "../../../gateways/refused.ts";
import { anAccess } from "./accesses.ts";
import { memoryHostSettings } from "./host-settings.ts";

/** A memory host whose list behaves as the test says. */
class ScriptedHost extends MemoryVpnHost {
  calls = 0;
  mood: () => Promise<void> = async () => undefined;

  override async list(): Promise<HostState> {
    this.calls += 1;
    await this.mood();
    return super.list();
  }
}

const never = () => new Promise<void>(() => undefined);
const down = async () => {
  throw new Error("down");
};

const scripted = () => new ScriptedHost(memoryHostSettings());

test("a call that takes too long is an outage", async () => {
  const host = scripted();
  host.mood = never;
  const guard = { timeoutMs: 20, breaker: { failures: 99, pauseMs: 60_000 } };
  await expect(withCircuitBreaker(host, guard).list()).rejects.toThrow(
    "did not answer within 20 ms",
  );
});

test("after failures in a row the circuit opens for every method", async () => {
  const host = scripted();
  host.mood = down;
  const guard = withCircuitBreaker(host, {
    timeoutMs: 5_000,
    breaker: { failures: 3, pauseMs: 60_000 },
  });
  for (let time = 0; time < 3; time++) await expect(guard.list()).rejects.toThrow("down");
  await expect(guard.list()).rejects.toThrow("left alone for 60000 ms");
  await expect(guard.apply([anAccess(0)])).rejects.toThrow("left alone");
  expect(host.calls).toBe(3);
});

test("after the pause the host is tried, and used again when it answers", async () => {
  const host = scripted();
  host.mood = down;
  const guard = withCircuitBreaker(host, {
    timeoutMs: 5_000,
    breaker: { failures: 1, pauseMs: 10 },
  });
  await expect(guard.list()).rejects.toThrow("down");
  host.mood = async () => undefined;
  await expect.poll(() => guard.list().catch(() => undefined)).toMatchObject({ peers: [] });
});

test("a customer's credentials do not wait for an unreachable host", async () => {
  const host = scripted();
  host.mood = down;
  const guard = withCircuitBreaker(host, {
    timeoutMs: 5_000,
    breaker: { failures: 1, pauseMs: 60_000 },
  });
  await expect(guard.list()).rejects.toThrow("down");
  expect(await guard.credentials(anAccess(0))).toMatchObject({ kind: "wireguard" });
});

test("a refusal is passed on as it is, and never opens the circuit", async () => {
  const host = scripted();
  host.mood = async () => {
    throw new Refused("another key");
  };
  const guard = withCircuitBreaker(host, {
    timeoutMs: 5_000,
    breaker: { failures: 1, pauseMs: 60_000 },
  });
  for (let time = 0; time < 3; time++) await expect(guard.list()).rejects.toThrow(Refused);
  expect(await guard.describe()).toMatchObject({ kind: "memory" });
});
