import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AccessFacts,
  letsIn,
  mayAddDevice,
  stateAt,
} from "../../../domain/access/subscription.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";

const paidUntil = instant("2026-01-31T00:00:00.000Z");
const facts: AccessFacts = {
  paidUntil,
  graceMs: dayMs,
  blocked: false,
  revoked: false,
  suspended: false,
  exhausted: false,
};

test("access runs to the last millisecond of the time and of the grace, and no longer", () => {
  expect(stateAt(facts, addMs(paidUntil, -1))).toBe("active");
  expect(stateAt(facts, paidUntil)).toBe("grace");
  expect(stateAt(facts, addMs(paidUntil, dayMs - 1))).toBe("grace");
  expect(stateAt(facts, addMs(paidUntil, dayMs))).toBe("expired");
});

test("a revocation outweighs a block, a block everything that the calendar says", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: -9, max: 9 }),
      (blocked, revoked, suspended, exhausted, days) => {
        const now = addMs(paidUntil, days * dayMs);
        const state = stateAt({ ...facts, blocked, revoked, suspended, exhausted }, now);
        const byCalendar = days < 1 && !exhausted && !suspended;
        expect(letsIn(state)).toBe(byCalendar && !blocked && !revoked);
        expect(state === "suspended").toBe(suspended && days < 1 && !blocked && !revoked);
        expect(state === "revoked").toBe(revoked);
        expect(state === "blocked").toBe(blocked && !revoked);
      },
    ),
  );
});

test("a subscription without time is expired", () => {
  expect(stateAt({ ...facts, paidUntil: undefined }, paidUntil)).toBe("expired");
});

test("devices are added until the limit is reached, and none while a smaller plan is exceeded", () =>
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), (held, limit) => {
      let devices = held;
      while (mayAddDevice(devices, limit)) devices += 1;
      expect(devices).toBe(Math.max(held, limit));
    }),
  ));
