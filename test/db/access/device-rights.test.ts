import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { assignDeviceRights, chooseDevice } from "../../../db/access/device-rights.ts";
import { pauseBeyondLimits } from "../../../db/migrations/0017-paused-devices.ts";
import { isGoingOn } from "../../../domain/access/device-rights.ts";
import type { DeviceId } from "../../../domain/ids.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";

const db = useDatabase();
let books: AccessBooks;
beforeAll(() => {
  books = new AccessBooks(db);
});

const now = instant(new Date());

const setLimit = ({ subscriptionId }: Subscriber, deviceLimit: number) =>
  books.queries
    .updateTable("subscriptions")
    .set({ deviceLimit })
    .where("id", "=", subscriptionId as string)
    .execute();

/** Whether each device of a subscription may be used, the oldest first. */
async function readOn({ subscriptionId }: Subscriber): Promise<readonly boolean[]> {
  const rows = await books.queries
    .selectFrom("devices as d")
    .innerJoin("accesses as a", "a.deviceId", "d.id")
    .select(["a.endsAt", "a.pausedAt"])
    .where("d.subscriptionId", "=", subscriptionId as string)
    .where("a.retiredAt", "is", null)
    .orderBy("d.createdAt")
    .orderBy("d.id")
    .execute();
  return rows.map(({ endsAt, pausedAt }) => {
    const own = {
      endsAt: endsAt === null ? undefined : instant(endsAt),
      isPaused: pausedAt !== null,
    };
    return isGoingOn(own, now);
  });
}

/** A plan for so many devices, or the choice of one of them by its place. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("plan" as const), limit: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant("choice" as const), place: fc.nat(3) }),
);

test("however plans change and devices are chosen, as many are on as the plan allows, and who is told is who was paused", () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const owner = await books.subscriber({ deviceLimit: 4 });
      const { subscriptionId } = owner;
      const devices: DeviceId[] = [];
      for (let count = 0; count < 4; count += 1) devices.push((await books.add(owner)).id);
      let limit = 4;
      let at = now;
      for (const one of steps) {
        at = addMs(at, 1);
        const before = await readOn(owner);
        const paused: string[] = [];
        if (one.kind === "plan") {
          limit = one.limit;
          await setLimit(owner, limit);
          paused.push(...(await assignDeviceRights(books.queries, subscriptionId, at)).paused);
        } else {
          const of = { subscriptionId, deviceId: devices[one.place]! };
          const { instead } = (await chooseDevice(books.queries, of, at)) ?? {};
          if (instead !== undefined && limit > 0) paused.push(instead);
        }
        const after = await readOn(owner);
        expect(after.filter(Boolean)).toHaveLength(Math.min(4, limit));
        expect(one.kind === "plan" || limit === 0 || after[one.place]).toBe(true);
        expect(paused).toHaveLength(before.filter((was, place) => was && !after[place]).length);
      }
    }),
    { numRuns: 25 },
  ));

test("what was left above a plan's limit before is paused, and its owner told once, where they have time", async () => {
  const owner = await books.subscriber();
  const expired = await books.subscriber({ paidUntil: addMs(now, -dayMs) });
  const within = await books.subscriber();
  for (const one of [owner, owner, owner, expired, expired, within]) await books.add(one);
  await setLimit(owner, 1);
  await setLimit(expired, 1);
  for (const _ of [1, 2]) {
    for (const statement of pauseBeyondLimits) await db.owner.em.fork().execute(statement);
    expect(await readOn(owner)).toEqual([true, false, false]);
  }
  expect(await readOn(expired)).toEqual([true, false]);
  expect(await readOn(within)).toEqual([true]);
  const sent = await books.queries
    .selectFrom("messages")
    .select(["telegramId", "content"])
    .where("key", "like", "devices-paused/0017/%")
    .where(
      "telegramId",
      "in",
      [owner, expired, within].map((one) => one.telegramId as number),
    )
    .execute();
  const notice = { kind: "devicesPaused", limit: 1, names: ["phone", "phone"] };
  expect(sent).toEqual([{ telegramId: owner.telegramId, content: { kind: "notice", notice } }]);
});
