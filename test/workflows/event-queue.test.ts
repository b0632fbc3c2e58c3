import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { type GatewayEvent, gatewayName } from "../../domain/payments/payment.ts";
import { instant } from "../../domain/time.ts";
import { EventQueue } from "../../workflows/payments/event-queue.ts";

const events = (count: number): GatewayEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    gateway: gatewayName("memory"),
    report: { kind: "paid", reference: `r${n}`, paid: money(n + 1, "RUB"), at: instant(0) },
    evidence: `e${n}`,
    source: "gateway",
  }));

const isToConfirm = () => true;

const bytes = (of: readonly GatewayEvent[]) => of.reduce((sum, it) => sum + it.evidence.length, 0);

test("what is too much for one question comes in the next: nothing is dropped, and none is asked about twice at once", () => {
  const all = events(120);
  const queue = new EventQueue(all);
  const failed: GatewayEvent[] = [];
  for (let asked = queue.takeToConfirm(isToConfirm, 0); asked.length > 0;) {
    expect(asked.length).toBeLessThanOrEqual(50);
    failed.push(...asked);
    expect(queue.takeToConfirm(isToConfirm, 0)).toEqual([]);
    queue.putBack(1_000);
    asked = queue.takeToConfirm(isToConfirm, 0);
  }
  expect(failed).toHaveLength(120);
  // A minute later the gateway answers.
  const confirmed: GatewayEvent[] = [];
  for (let asked = queue.takeToConfirm(isToConfirm, 2_000); asked.length > 0;) {
    confirmed.push(...asked);
    queue.confirm([]);
    asked = queue.takeToConfirm(isToConfirm, 2_000);
  }
  expect(new Set(confirmed)).toEqual(new Set(all));
  expect(confirmed).toHaveLength(120);
});

test("what would be too large for one step waits for the next, and a run that could not carry all goes on", () => {
  const heavy = events(100).map((event) => ({ ...event, evidence: "e".repeat(60_000) }));
  const queue = new EventQueue(heavy);
  expect(queue.fitsNextRun).toBe(false);
  expect(bytes(queue.takeToConfirm(isToConfirm, 0))).toBeLessThan(500_000);
  expect(bytes(new EventQueue(heavy).take())).toBeLessThan(500_000);
  expect(queue.takeAll()).toHaveLength(100);
  expect(new EventQueue(heavy.slice(0, 10)).fitsNextRun).toBe(true);
});
