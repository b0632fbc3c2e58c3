import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import type { GatewayEvent, GatewayName } from "../../domain/payment.ts";
import { instant } from "../../domain/time.ts";
import { EventQueue } from "../../workflows/event-queue.ts";

const events = (count: number): GatewayEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    gateway: "memory" as GatewayName,
    report: { kind: "paid", reference: `r${n}`, paid: money(n + 1, "RUB"), at: instant(0) },
    evidence: `e${n}`,
    source: "gateway",
  }));

const isToConfirm = () => true;

test("what is too much for one question comes in the next: nothing is dropped, and none is asked about twice at once", () => {
  const all = events(120);
  const queue = new EventQueue(all);
  const failed: GatewayEvent[] = [];
  for (let asked = queue.takeToConfirm(isToConfirm, 0); asked.length > 0;) {
    expect(asked.length).toBeLessThanOrEqual(50);
    failed.push(...asked);
    queue.putBack(asked, 1_000);
    asked = queue.takeToConfirm(isToConfirm, 0);
  }
  expect(failed).toHaveLength(120);
  // A minute later the gateway is there.
  const confirmed: GatewayEvent[] = [];
  for (let asked = queue.takeToConfirm(isToConfirm, 2_000); asked.length > 0;) {
    confirmed.push(...asked);
    asked = queue.takeToConfirm(isToConfirm, 2_000);
  }
  expect(new Set(confirmed)).toEqual(new Set(all));
  expect(confirmed).toHaveLength(120);
});
