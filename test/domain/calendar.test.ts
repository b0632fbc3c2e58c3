import * as fc from "fast-check";
import { expect, test } from "vitest";
import { calendarAt, type CalendarFacts } from "../../domain/calendar.ts";
import { addMs, dayMs, hourMs, type Instant, instant, msBetween } from "../../domain/time.ts";

const start = instant("2026-01-01T00:00:00.000Z");
const days = (n: number) => addMs(start, n * dayMs);
const month: CalendarFacts = {
  paidUntil: days(30),
  graceMs: 0,
  blocked: false,
  revoked: false,
  exhausted: false,
  timeGivenAt: start,
};
const due = (facts: CalendarFacts, now: Instant) =>
  calendarAt(facts, now).due.map(({ notice }) =>
    notice.kind === "reminder" ? `reminder ${notice.daysLeft}` : notice.kind,
  );

test("a reminder is due three days and one day before the end, then the end itself", () => {
  expect(due(month, days(26))).toEqual([]);
  expect(due(month, days(27))).toEqual(["reminder 3"]);
  expect(due(month, days(29))).toEqual(["reminder 1"]);
  expect(due(month, days(30))).toEqual(["expired"]);
});

test("time that is shorter than a reminder's notice does not begin with it", () => {
  const trial = { ...month, paidUntil: days(2) };
  expect(due(trial, start)).toEqual([]);
  expect(due(trial, days(1))).toEqual(["reminder 1"]);
});

test("grace is told with its end, and then the end", () => {
  const facts = { ...month, graceMs: 2 * dayMs };
  expect(due(facts, days(31))).toEqual(["graceBegan"]);
  expect(due(facts, days(32))).toEqual(["expired"]);
});

test("a calendar that is late tells what is right now, not what it missed", () => {
  expect(due(month, days(29.5))).toEqual(["reminder 1"]);
  expect(due(month, days(100))).toEqual(["expired"]);
});

test("nothing is due for whoever has no time yet, is blocked or revoked", () => {
  expect(calendarAt({ ...month, paidUntil: undefined }, start)).toMatchObject({
    due: [],
    next: undefined,
  });
  expect(calendarAt({ ...month, blocked: true }, days(30))).toMatchObject({
    due: [],
    next: undefined,
  });
  expect(calendarAt({ ...month, revoked: true }, days(30))).toMatchObject({
    due: [],
    next: undefined,
  });
});

const drawn = fc.record({
  paidUntil: fc.option(
    fc.integer({ min: 0, max: 60 * 24 }).map((hours) => addMs(start, hours * hourMs)),
    { nil: undefined },
  ),
  graceMs: fc.constantFrom(0, hourMs, 3 * dayMs),
  blocked: fc.boolean(),
  revoked: fc.boolean(),
  exhausted: fc.boolean(),
  timeGivenAt: fc.option(
    fc.integer({ min: 0, max: 30 * 24 }).map((hours) => addMs(start, hours * hourMs)),
    { nil: undefined },
  ),
});
const moment = fc.integer({ min: 0, max: 70 * 24 }).map((hours) => addMs(start, hours * hourMs));

test("what a calendar says changes at the moment that it names as next, and not before", () => {
  fc.assert(
    fc.property(
      drawn,
      moment,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (facts, now, share) => {
        const read = calendarAt(facts, now);
        const untilMs = read.next === undefined ? 90 * dayMs : msBetween(now, read.next);
        expect(untilMs).toBeGreaterThan(0);
        const between = calendarAt(facts, addMs(now, Math.floor(untilMs * share)));
        expect({ ...between }).toEqual({ ...read });
      },
    ),
  );
});
