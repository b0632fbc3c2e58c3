import { afterEach, expect, test, vi } from "vitest";
import {
  monotonicMs,
  untilNextMs,
} from "../../../../activities/operations/reconciliation/clock.ts";
import { gatewayName } from "../../../../domain/payments/payment.ts";
import { hourMs } from "../../../../domain/time.ts";
import { MemoryPaymentGateway } from "../../../../gateways/payments/memory.ts";
import type { Statement } from "../../../../gateways/payments/port.ts";
import { useDatabase } from "../../../drivers/database.ts";
import { ReconcilerFixture } from "../../../drivers/reconciler-fixture.ts";

const books = useDatabase();
afterEach(() => vi.restoreAllMocks());

/** A gateway during whose first reading the wall clock is changed. */
class ClockChangingGateway extends MemoryPaymentGateway {
  readonly reads: number[] = [];
  readonly #onFirst: () => void;

  constructor(name: string, onFirst: () => void) {
    super({ name: gatewayName(name) });
    this.#onFirst = onFirst;
  }

  override async statement(cursor: string): Promise<Statement> {
    this.reads.push(monotonicMs());
    if (this.reads.length === 1) this.#onFirst();
    return super.statement(cursor);
  }
}

function setClock(byMs: number): void {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => real() + byMs);
}

test.each([
  ["back", -hourMs],
  ["ahead", hourMs],
])(
  "a clock that is set %s by an hour neither stalls passes nor hurries them",
  async (name, byMs) => {
    const fixture = new ReconcilerFixture(books);
    fixture.polling = { ...fixture.polling, everyMs: 200 };
    const gateway = new ClockChangingGateway(`clock-${name}`, () => setClock(byMs));
    const began = monotonicMs();
    const running = new AbortController();
    const loop = fixture.run(gateway, running.signal).catch(() => undefined);
    await vi.waitUntil(() => gateway.reads.length >= 5, { timeout: 20_000, interval: 10 });
    running.abort(new Error("over"));
    await loop;
    expect(monotonicMs() - began).toBeLessThan(20_000);
    // The first one begins at any moment; the others a full interval apart.
    const gaps = gateway.reads.slice(1).map((at, place) => at - (gateway.reads[place] ?? 0));
    for (const gap of gaps.slice(1)) expect(gap).toBeGreaterThan(100);
  },
);

test("a pass that begins a moment early is not made twice", () => {
  expect(untilNextMs(59_998, 60_000)).toBe(60_002);
  expect(untilNextMs(60_000, 60_000)).toBe(60_000);
  expect(untilNextMs(61_000, 60_000)).toBe(59_000);
});
