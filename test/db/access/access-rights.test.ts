import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  mayConnect,
  mayUse as mayUseInBooks,
  stateAt as stateInBooks,
} from "../../../db/queries/access/access-rights.ts";
import { allowanceAt, isUsedUp } from "../../../domain/access/allowance.ts";
import {
  letsIn,
  mayUse,
  stateAt,
  type SubscriptionState,
} from "../../../domain/access/subscription.ts";
import { addMs, dayMs, type Instant, instant } from "../../../domain/time.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";

const db = useDatabase();
let books: AccessBooks;
let person: Subscriber;

beforeAll(async () => {
  books = new AccessBooks(db);
  person = await books.subscriber();
});

const now = instant("2026-11-21T10:00:00Z");
const grace = fc.constantFrom(0, 1, 999, 1_000, dayMs, 3 * dayMs + 7);
/** Ends and graces around now, to the millisecond. */
const around = fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -4 * dayMs, max: 4 * dayMs }));
const plain = {
  graceMs: 0,
  end: undefined,
  status: "active" as const,
  revoked: false,
  limit: null,
  base: 0,
  moved: 0,
  suspended: false,
  periodEnds: null,
} as const;
const row = fc.record({
  graceMs: grace,
  end: fc.option(fc.tuple(fc.boolean(), around), { nil: undefined }),
  status: fc.constantFrom("pending", "active", "rejected", "blocked" as const),
  suspended: fc.boolean(),
  revoked: fc.boolean().map((once) => once),
  limit: fc.option(fc.constantFrom(0, 1, 1_000, 2 ** 40), { nil: null }),
  base: fc.constantFrom(0, 1, 5_000),
  periodEnds: fc.option(fc.constantFrom(-dayMs, -1, 0, 1, dayMs), { nil: null }),
  moved: fc.constantFrom(0, 1, 999, 1_000, 1_001, 6_000, 2 ** 40 + 5_000),
});

function absence(suspended: boolean) {
  const at = suspended ? new Date(now) : null;
  return { leftChannelsAt: at, suspendedAt: at };
}
/** When a device's own right ends, around now; null: never. */
const ends = fc.option(around, { nil: null });

test("the database and the domain agree on which device may connect, paused or not, to the millisecond", async () => {
  const { id: device } = await books.add(person);
  await fc.assert(
    fc.asyncProperty(ends, around, fc.boolean(), async (own, paid, isPaused) => {
      const endsAt = own === null ? undefined : addMs(now, own);
      const paidUntil = addMs(now, paid);
      await books.queries
        .updateTable("accesses")
        .set({
          endsAt: endsAt === undefined ? null : new Date(endsAt),
          pausedAt: isPaused ? new Date(now) : null,
        })
        .where("deviceId", "=", device)
        .execute();
      await readRight({ paidUntil, row: plain });
      const right = await books.queries
        .selectFrom("accesses as a")
        .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
        .innerJoin("customers as c", "c.id", "s.customerId")
        .select(mayUseInBooks(now).as("may"))
        .where("a.deviceId", "=", device)
        .executeTakeFirstOrThrow();
      const facts = { ...plain, paidUntil, blocked: false, exhausted: false };
      expect(right.may).toBe(mayUse(stateAt(facts, now), { endsAt, isPaused }, now));
    }),
    { numRuns: 100 },
  );
});

async function readRight(given: {
  readonly paidUntil: Instant | undefined;
  readonly row: typeof row extends fc.Arbitrary<infer Row> ? Row : never;
}): Promise<{ readonly state: SubscriptionState; readonly may: boolean }> {
  const { graceMs, status, suspended, revoked, limit, base, moved } = given.row;
  const { periodEnds } = given.row;
  // A period is one of a limit.
  const inPeriod = periodEnds !== null && limit !== null;
  await books.queries
    .updateTable("subscriptions")
    .set({
      paidUntil: given.paidUntil === undefined ? null : new Date(given.paidUntil),
      graceMs,
      revokedAt: revoked ? new Date(now) : null,
      trafficLimitBytes: limit,
      trafficBaseBytes: base,
      trafficPeriod: inPeriod ? ("calendar" as const) : null,
      trafficPeriodBytes: inPeriod ? 1_000 : null,
      trafficPeriodEndsAt: inPeriod ? new Date(addMs(now, periodEnds)) : null,
      trafficPacksEnd: inPeriod ? ("usedUp" as const) : null,
      movedBytes: moved,
    })
    .where("id", "=", person.subscriptionId)
    .execute();
  await books.queries
    .updateTable("customers")
    .set({ status: status as "active", ...absence(suspended) })
    .where("id", "=", person.customerId)
    .execute();
  return books.queries
    .selectFrom("subscriptions as s")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .select([stateInBooks(now).as("state"), mayConnect(now).as("may")])
    .where("s.id", "=", person.subscriptionId)
    .executeTakeFirstOrThrow();
}

test("the database and the domain agree on who may connect, to the millisecond and the byte", () =>
  fc.assert(
    fc.asyncProperty(row, async (given) => {
      const { graceMs, end, status, suspended, revoked, limit, base, moved } = given;
      const [isOfGrace, ms] = end ?? [false, 0];
      const paidUntil = end && addMs(now, ms - (isOfGrace ? graceMs : 0));
      const period =
        given.periodEnds === null || limit === null
          ? undefined
          : {
              kind: "calendar" as const,
              limitBytes: 1_000,
              endsAt: addMs(now, given.periodEnds),
              packsEnd: "usedUp" as const,
            };
      const booked = { limitBytes: limit ?? undefined, baseBytes: base, packBytes: 0, period };
      const exhausted = isUsedUp(allowanceAt(booked, moved, { now, zone: "UTC" }), moved);
      const blocked = status === "blocked";
      const facts = { paidUntil, graceMs, blocked, revoked, suspended, exhausted };
      const state = stateAt(facts, now);
      expect(await readRight({ paidUntil, row: given })).toEqual({ state, may: letsIn(state) });
    }),
    { numRuns: 400 },
  ));
