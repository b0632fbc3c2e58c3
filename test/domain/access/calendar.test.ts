import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  calendarAt as calendarBy,
  type CalendarFacts,
  needsWaking,
} from "../../../domain/access/calendar.ts";
import {
  addMs,
  dayMs,
  hourMs,
  type Instant,
  instant,
  msBetween,
  secondMs,
} from "../../../domain/time.ts";

const start = instant("2026-01-01T00:00:00.000Z");
const days = (n: number) => addMs(start, n * dayMs);
const month: CalendarFacts = {
  paidUntil: days(30),
  graceMs: 0,
  blocked: false,
  revoked: false,
  suspended: false,
  exhausted: false,
  timeGivenAt: start,
};
/** The calendar read by clocks that agree. */
const calendarAt = (facts: CalendarFacts, now: Instant) => calendarBy(facts, { now, books: now });
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

test("grace is announced with its end, and then the end", () => {
  const facts = { ...month, graceMs: 2 * dayMs };
  expect(due(facts, days(31))).toEqual(["graceBegan"]);
  expect(due(facts, days(32))).toEqual(["expired"]);
});

test("a late calendar has the notice that is due now, not those it missed", () => {
  expect(due(month, days(29.5))).toEqual(["reminder 1"]);
  expect(due(month, days(100))).toEqual(["expired"]);
});

test("nothing is due without time yet, when blocked or revoked", () => {
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
  suspended: fc.boolean(),
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
        const goneMs = Math.floor(untilMs * share);
        const between = calendarAt(facts, addMs(now, goneMs));
        // Within a clock's few seconds of its moment, a notice is no longer one that is to come.
        const isAtHand = untilMs - goneMs <= 5 * secondMs;
        expect(between).toEqual(isAtHand ? { ...read, toCome: between.toCome } : read);
        expect(read.toCome).toEqual(expect.arrayContaining([...between.toCome]));
      },
    ),
    {
      examples: [
        [{ ...month, paidUntil: addMs(days(17), hourMs), timeGivenAt: undefined }, days(14), 0.999],
      ],
    },
  );
});

/** The notices of a month of access by true hours, while Temporal's clock is ahead for a while. */
function noticesIn(jump: { readonly at: number; readonly hours: number; readonly ahead: number }) {
  const notices = new Map<string, number>();
  let next: Instant | undefined = start;
  for (let hour = 0; hour <= 80 * 24; hour += 1) {
    const isAhead = hour >= jump.at && hour < jump.at + jump.hours;
    const books = addMs(start, hour * hourMs);
    const now = isAhead ? addMs(books, jump.ahead * hourMs) : books;
    if (next === undefined || msBetween(now, next) > 0) continue;
    const read = calendarBy(month, { now, books });
    for (const { key } of read.due) if (!notices.has(key)) notices.set(key, hour);
    next = read.next;
  }
  return notices;
}

test("however far ahead Temporal's clock was for a while, the true end is announced, and not before it has come", () => {
  const hours = fc.integer({ min: 1, max: 20 * 24 });
  const at = fc.integer({ min: 0, max: 35 * 24 });
  fc.assert(
    fc.property(fc.record({ at, hours, ahead: hours }), (jump) => {
      const notices = noticesIn(jump).get(`expired/${days(30)}`);
      expect(notices).toBeGreaterThanOrEqual(30 * 24);
      // A timer that was set by a clock that was ahead fires that much later.
      expect(notices).toBeLessThanOrEqual(31 * 24 + jump.ahead);
    }),
  );
});

test("an end that only the caller's clock has reached is checked again within a day, or when it comes", () => {
  for (const [books, again] of [
    [days(20), days(32)],
    [days(29.5), days(31.5)],
  ] as const) {
    const read = calendarBy(month, { now: days(31), books });
    expect(read).toMatchObject({ state: "expired", next: again });
    expect(read.due.map(({ key }) => key)).toEqual([`expired/${days(30)}/early`]);
  }
});

test("clocks that are a few seconds apart are one clock", () => {
  const read = calendarBy(month, { now: days(30), books: addMs(days(30), -4_000) });
  expect(read).toMatchObject({ due: [{ key: `expired/${days(30)}` }], next: undefined });
});

test("a calendar is woken when its timer is too late or not set, not when its time became longer", () => {
  const now = instant("2026-11-21T10:00:00Z");
  expect(needsWaking(undefined, dayMs, now)).toBe(true);
  expect(needsWaking(now, dayMs, now)).toBe(true);
  expect(needsWaking(addMs(now, 1), -1, now)).toBe(true);
  expect(needsWaking(addMs(now, 1), 0, now)).toBe(false);
  expect(needsWaking(addMs(now, 1), dayMs, now)).toBe(false);
});
