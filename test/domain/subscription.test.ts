import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AccessFacts,
  letsIn,
  nextEvent,
  reminderDays,
  stateAt,
} from "../../domain/subscription.ts";
import { addMs, dayMs, instant, toMs } from "../../domain/time.ts";

const moment = fc.integer({ min: 0, max: 4_000 * dayMs }).map(instant);
const books = fc.record({
  paidUntil: fc.option(moment, { nil: undefined }),
  graceMs: fc.integer({ min: 0, max: 10 * dayMs }),
  blocked: fc.boolean(),
  revoked: fc.boolean(),
  exhausted: fc.constant(false),
}) satisfies fc.Arbitrary<AccessFacts>;

test("a peer may exist exactly while time or grace runs and nobody has blocked or revoked", () =>
  fc.assert(
    fc.property(books, moment, (given, now) => {
      const { paidUntil, graceMs, blocked, revoked } = given;
      const runs = paidUntil !== undefined && toMs(now) < toMs(paidUntil) + graceMs;
      expect(letsIn(stateAt(given, now))).toBe(runs && !blocked && !revoked);
    }),
  ));

test("between two calendar events the state does not change", () =>
  fc.assert(
    fc.property(
      books,
      moment,
      moment,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (given, since, now, part) => {
        const event = nextEvent(given, since, now);
        const until = event === undefined ? addMs(now, 9_000 * dayMs) : addMs(event.at, -1);
        const between = addMs(now, Math.floor(Math.max(0, toMs(until) - toMs(now)) * part));
        expect(stateAt(given, between)).toBe(stateAt(given, now));
      },
    ),
  ));

test("followed to its end, the calendar is finite, goes forward, and reminds at most once for each notice", () =>
  fc.assert(
    fc.property(books, moment, (given, since) => {
      const seen: number[] = [];
      const reminders: number[] = [];
      let at = since;
      for (let event = nextEvent(given, since, at); event; event = nextEvent(given, since, at)) {
        expect(toMs(event.at)).toBeGreaterThan(toMs(at));
        at = event.at;
        seen.push(toMs(at));
        if (event.kind === "reminder") reminders.push(event.daysLeft);
      }
      expect(seen.length).toBeLessThanOrEqual(reminderDays.length + 2);
      expect(reminders).toEqual([...new Set(reminders)]);
    }),
  ));

test("a trial of three days does not begin with three days left", () => {
  const since = instant(0);
  const never = { blocked: false, revoked: false, exhausted: false };
  const given = { paidUntil: instant(3 * dayMs), graceMs: 0, ...never };
  expect(nextEvent(given, since, since)).toMatchObject({ kind: "reminder", daysLeft: 1 });
});
