import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AdoptionOrder,
  type ForeignUser,
  planAdoption,
  telegramIdOf,
} from "../../../domain/access/adoption.ts";
import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { addMs, dayMs, instant, toMs } from "../../../domain/time.ts";

test.each([
  ["tg_123456789", "", 123_456_789],
  ["123456789", undefined, 123_456_789],
  ["user_123456789_1", "", 123_456_789],
  ["id5001", "", undefined],
  ["id50012", "", 50_012],
  ["alice", "Telegram ID: 123456789", 123_456_789],
  ["alice", "tg:123456789 paid until 20270101", 123_456_789],
  ["alice", "@alice, 987654321", 987_654_321],
  ["alice", "", undefined],
  // Two that differ are nobody's; one that is there twice is one.
  ["tg_123456789", "tg 987654321", undefined],
  ["tg_123456789", "telegram 123456789", 123_456_789],
  // Parts of longer words and numbers are not those of people.
  ["7f3a1234567b", "", undefined],
  ["alice", "order 12345678901234", undefined],
])("%s, noted as %j, is %j", (identity, note, owner) => {
  expect(telegramIdOf({ identity, note })).toBe(owner);
});

test("a field of the panel's own goes before names and notes", () => {
  const noted = { identity: "tg_123456789", note: "tg 987654321", telegramId: 555 };
  expect(telegramIdOf(noted)).toBe(555);
  expect(telegramIdOf({ identity: "tg_123456789", telegramId: 0 })).toBe(123_456_789);
});

const now = instant("2030-01-01T00:00:00Z");
const someone: TelegramId = telegramId(5_001);
type Customers = Extract<AdoptionOrder, { kind: "customers" }>;
const order = (more: Partial<Customers>): Customers => ({
  kind: "customers",
  plan: "month" as PlanCode,
  language: "en",
  time: { kind: "own" },
  ...more,
});
const userOf = (endsInMs: number | undefined): ForeignUser => ({
  identity: "alice",
  addresses: [],
  presharedHash: undefined,
  owner: someone,
  user: {
    isLetIn: true,
    limitsDevices: false,
    fault: undefined,
    terms: {
      endsAt: endsInMs === undefined ? undefined : addMs(now, endsInMs),
      limitBytes: undefined,
      deviceLimit: undefined,
    },
  },
});
const panel = { network: undefined, now };

test("whoever keeps their own end gets what is left of it, never more and never less than nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 3_000 * dayMs }), (left) => {
      expect(planAdoption(userOf(left), order({}), panel)).toEqual({
        kind: "adopt",
        owner: someone,
        ms: Math.max(0, left),
      });
    }),
  );
});

test("time is what the order says, and nothing that nobody may give", () => {
  const days = (count: number) => order({ time: { kind: "days", days: count } });
  expect(planAdoption(userOf(undefined), days(7), panel)).toMatchObject({ ms: 7 * dayMs });
  expect(planAdoption(userOf(undefined), days(3_661), panel)).toMatchObject({ why: "badTime" });
  expect(planAdoption(userOf(undefined), days(-1), panel)).toMatchObject({ why: "badTime" });
  const until = instant(toMs(now) + 5 * dayMs);
  const byDate = order({ time: { kind: "until", until } });
  expect(planAdoption(userOf(undefined), byDate, panel)).toMatchObject({ ms: 5 * dayMs });
  expect(planAdoption(userOf(undefined), order({}), panel)).toMatchObject({ why: "noEnd" });
});

test("who is named in the order is theirs, whatever the panel says; who is nobody's is refused", () => {
  const owners = { alice: 77 };
  expect(planAdoption(userOf(dayMs), order({ owners }), panel)).toMatchObject({ owner: 77 });
  const nobodys = { ...userOf(dayMs), owner: undefined };
  expect(planAdoption(nobodys, order({}), panel)).toMatchObject({ why: "noTelegramId" });
  const strange = { ...userOf(dayMs), identity: "a/b" };
  expect(planAdoption(strange, order({}), panel)).toMatchObject({ why: "badName" });
});

test("a peer needs one address of the host's own network", () => {
  const host = { network: "10.8.0.0/24", now };
  const days = order({ time: { kind: "days", days: 1 } });
  for (const [addresses, kind] of [
    [["10.8.0.7"], "adopt"],
    [[], "refused"],
    [["10.8.0.7", "10.8.0.8"], "refused"],
    [["10.9.0.7"], "refused"],
    [["10.8.0.0/24"], "refused"],
  ] as const) {
    const { user: _, ...peer } = userOf(undefined);
    expect(planAdoption({ ...peer, addresses }, days, host).kind).toBe(kind);
  }
});
