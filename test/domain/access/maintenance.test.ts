import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isRefunded, lostMs, type Span } from "../../../domain/access/maintenance.ts";
import type { TimeEntry } from "../../../domain/access/time-lots.ts";
import { money } from "../../../domain/money.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, type Instant, instant, minuteMs, msBetween, toMs } from "../../../domain/time.ts";

const start = instant("2026-01-01T00:00:00.000Z");
const at = (minute: number): Instant => addMs(start, minute * minuteMs);
const spanOf = (from: number, to: number): Span => ({ from: at(from), to: at(to) });

const given = (minute: number, minutes: number, cause: string): TimeEntry => ({
  kind: "admin",
  cause,
  ms: minutes * minuteMs,
  at: at(minute),
});

/** Time that is given every now and then, so that it runs out and begins anew. */
const drawnTime = fc.array(fc.tuple(fc.nat(60), fc.nat(40)), { maxLength: 6 }).map((gaps) => {
  let minute = 0;
  return gaps.map(([gap, length], place) => given((minute += gap), length, `admin/${place}`));
});

const drawnSpan = fc
  .tuple(fc.nat(300), fc.integer({ min: 1, max: 120 }))
  .map(([from, length]) => spanOf(from, from + length));

/** Whether time runs in a minute, by counting minute by minute. */
function runningMinutes(entries: readonly TimeEntry[]): Set<number> {
  const running = new Set<number>();
  let left = 0;
  for (let minute = 0; minute < 1_000; minute += 1) {
    for (const entry of entries) {
      if (entry.kind !== "refund" && entry.at === at(minute)) left += entry.ms / minuteMs;
    }
    if (left > 0) {
      running.add(minute);
      left -= 1;
    }
  }
  return running;
}

const minutesOf = ({ from, to }: Span): number[] =>
  Array.from(
    { length: msBetween(from, to) / minuteMs },
    (_, place) => (toMs(from) - toMs(start)) / minuteMs + place,
  );

test("what is given back is the time that ran while the host was in maintenance, and never more than that lasted", () => {
  fc.assert(
    fc.property(drawnTime, drawnSpan, (entries, span) => {
      const ms = lostMs(entries, { span, givenFor: [] });
      const running = runningMinutes(entries);
      expect(ms / minuteMs).toBe(minutesOf(span).filter((minute) => running.has(minute)).length);
      expect(ms).toBeLessThanOrEqual(msBetween(span.from, span.to));
    }),
  );
});

test("maintenances of several hosts that overlap are counted once, in whatever order their time is given back", () => {
  fc.assert(
    fc.property(drawnTime, fc.array(drawnSpan, { maxLength: 5 }), (entries, spans) => {
      let total = 0;
      const givenFor: Span[] = [];
      for (const span of spans) {
        const ms = lostMs(entries, { span, givenFor });
        total += ms;
        if (ms > 0) givenFor.push(span);
      }
      const running = runningMinutes(entries);
      const union = new Set(spans.flatMap(minutesOf));
      expect(total / minuteMs).toBe([...union].filter((minute) => running.has(minute)).length);
    }),
  );
});

test("the same maintenance gives nothing a second time", () => {
  fc.assert(
    fc.property(drawnTime, drawnSpan, (entries, span) => {
      expect(lostMs(entries, { span, givenFor: [span] })).toBe(0);
    }),
  );
});

const terms = { code: "month" as PlanCode, version: 1, days: 30, deviceLimit: 3, prices: {} };
const price = money(100, "RUB");
const bought = { ...given(0, 50, "payment/one"), kind: "payment", price, terms } as TimeEntry;

const back = (returnedMinor: number): TimeEntry => {
  const refund = { kind: "refund", cause: "return/one/1", lot: "payment/one" } as const;
  return { ...refund, returnedMinor, at: at(10) };
};

test("time that a refund has ended is refunded, and time that has run out is not", () => {
  expect(isRefunded([bought])).toBe(false);
  expect(isRefunded([bought, back(100)])).toBe(true);
  expect(isRefunded([bought, back(50)])).toBe(false);
  // A refund of time that was over, which its gateway has refused.
  const late = { ...back(100), at: at(60) };
  const undone = { ...back(0), cause: "return/one/2", at: at(70) };
  expect(isRefunded([bought, late])).toBe(true);
  expect(isRefunded([bought, late, undone])).toBe(false);
  expect(isRefunded([bought, back(100), given(20, 5, "admin/one")])).toBe(false);
});
