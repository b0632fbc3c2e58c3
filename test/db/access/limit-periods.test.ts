import { beforeAll, expect, test } from "vitest";
import { writeDueNotices } from "../../../db/access/calendar.ts";
import { findSubscription } from "../../../db/access/subscriptions.ts";
import { recordTraffic } from "../../../db/access/traffic.ts";
import { Plans } from "../../../db/payments/plans.ts";
import { AuditQueries } from "../../../db/queries/operations/audit.ts";
import { CustomerQueries } from "../../../db/queries/people/customers.ts";
import { ReadCache } from "../../../db/read-cache.ts";
import { firstEnd } from "../../../domain/access/limit-period.ts";
import { type HostId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { bytesInGb as gb } from "../../../domain/payments/plan-change.ts";
import { money } from "../../../domain/money.ts";
import { addMs, dayMs, type Instant, instant } from "../../../domain/time.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { limitedPlan, useShop } from "../../drivers/shop.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

const db = useDatabase();
const shop = useShop(db);
let books: AccessBooks;
let hostId: HostId;

beforeAll(async () => {
  books = new AccessBooks(db);
  const settings = memoryHostSettings();
  [hostId] = (await books.hosts({ name: "one", capacity: 200, weight: 1, settings })) as [HostId];
  const monthly = { ...limitedPlan, limitPeriod: "calendar" as const };
  await new Plans(db.writer.em).importAll([
    monthly,
    { ...monthly, code: "strict" as typeof monthly.code, packsEnd: "period" },
  ]);
});

const now = (): Instant => instant(new Date());
const endOfMonth = () => firstEnd("calendar", { now: now(), zone: "UTC" });

interface Holder {
  readonly order: PaymentOrder;
  readonly person: TelegramId;
  readonly identity: string;
}

const pay = (order: PaymentOrder, reference: string) =>
  shop.decide(order, { kind: "paid", reference, paid: order.price, at: now() });

/** Somebody with a plan and a device. */
async function openHolder(plan = "small"): Promise<Holder> {
  const person = await shop.person();
  const order = await shop.order({ plan, person });
  await pay(order, `p-${order.id}`);
  const { subscriptionId } = order;
  const { id } = await books.add({
    customerId: order.customerId,
    subscriptionId,
    telegramId: person,
  });
  return { order, person, identity: (await books.accessOf(id)).identity };
}

async function buyPack({ person }: Holder): Promise<PaymentOrder> {
  const addOn = { addOn: { kind: "traffic", bytes: 10 * gb } as const, minor: 4_000 };
  const order = await shop.order({ person, addOn });
  await pay(order, `m-${order.id}`);
  return order;
}

/** The host's counter of the device is this now. */
const read = ({ identity }: Holder, totalBytes: number, at = now()) => {
  const counter = { identity, uploadedBytes: 0, downloadedBytes: totalBytes };
  const counters = [{ ...counter, lastHandshakeAt: undefined }];
  return books.inTransaction((tx) => recordTraffic(tx, { hostId, epoch: "1", counters, now: at }));
};

async function runCalendar({ order }: Holder, at: Instant) {
  const ref = await findSubscription(books.queries, order.subscriptionId);
  return writeDueNotices(db.writer.em, ref!, at);
}

const stored = async ({ order }: Holder) => {
  const row = await books.queries
    .selectFrom("subscriptions")
    .select(["trafficLimitBytes", "trafficBaseBytes", "trafficPackBytes", "movedBytes"])
    .select("trafficPeriodEndsAt")
    .where("id", "=", order.subscriptionId as string)
    .executeTakeFirstOrThrow();
  const { trafficPeriodEndsAt: end } = row;
  return {
    limit: (row.trafficLimitBytes ?? 0) / gb,
    base: row.trafficBaseBytes / gb,
    packs: row.trafficPackBytes / gb,
    moved: row.movedBytes / gb,
    end: end === null ? undefined : instant(end),
  };
};

/** What each pack has lost by use, and by refunds, the oldest first. */
const packsOf = async ({ order }: Holder) => {
  const rows = await books.queries
    .selectFrom("add_ons")
    .select(["usedBytes", "takenBytes"])
    .where("subscriptionId", "=", order.subscriptionId as string)
    .orderBy("at")
    .orderBy("paymentId")
    .execute();
  return rows.map(({ usedBytes, takenBytes }) => [usedBytes / gb, takenBytes / gb]);
};

const keysOf = async ({ person }: Holder, kind: string) =>
  (await books.listMessages(telegramId(person))).filter((key) => key.startsWith(`${kind}/`));

test("a purchase begins a period that ends with the month", async () => {
  const holder = await openHolder();
  expect(await stored(holder)).toMatchObject({ limit: 5, base: 0, end: endOfMonth() });
});

test("calendar and readings that notice the end at once roll over once, and no byte counts twice", async () => {
  const holder = await openHolder();
  await buyPack(holder);
  await buyPack(holder);
  await read(holder, 17 * gb);
  const end = endOfMonth();
  const late = addMs(end, 40 * dayMs);
  await Promise.all([
    read(holder, 18 * gb, late),
    runCalendar(holder, late),
    read(holder, 18 * gb, late),
    runCalendar(holder, late),
  ]);
  const after = await stored(holder);
  // The plan's 5 and 12 of the packs were used; the last byte is in whichever period was booked.
  expect(after).toMatchObject({ limit: 13, packs: 8, moved: 18, base: 17 });
  expect(after.end).toBe(firstEnd("calendar", { now: late, zone: "UTC" }));
  expect(await packsOf(holder)).toEqual([
    [10, 0],
    [2, 0],
  ]);
  expect(await new AuditQueries(db.owner.em).findDisagreements()).toEqual([]);
});

test("packs that end with the period leave nothing, and those of a purchase's plan are as before", async () => {
  const strict = await openHolder("strict");
  await buyPack(strict);
  await read(strict, gb);
  await runCalendar(strict, endOfMonth());
  expect(await stored(strict)).toMatchObject({ limit: 5, packs: 0, base: 1 });
  expect(await packsOf(strict)).toEqual([[10, 0]]);
});

function giveBack(order: PaymentOrder, minor: number, at = now()) {
  const reference = `m-${order.id}`;
  const report = { kind: "refunded", reference, returned: money(minor, "RUB") } as const;
  return shop.decide(order, report, { now: new Date(at) });
}

test("a refund takes back what is not used of its own pack, before and after a period's end", async () => {
  const holder = await openHolder();
  const one = await buyPack(holder);
  const two = await buyPack(holder);
  await read(holder, 17 * gb);
  await giveBack(one, 4_000);
  expect(await stored(holder)).toMatchObject({ limit: 25, packs: 20 });
  await giveBack(two, 2_000);
  expect(await stored(holder)).toMatchObject({ limit: 20, packs: 15 });
  // The refund is the first to notice that the period has ended.
  await giveBack(two, 4_000, addMs(endOfMonth(), dayMs));
  expect(await stored(holder)).toMatchObject({ limit: 5, packs: 0, base: 17 });
  expect(await packsOf(holder)).toEqual([
    [10, 0],
    [2, 8],
  ]);
});

test("each period has its notices at 80 and at 100 % once, and says when traffic comes again", async () => {
  const holder = await openHolder();
  const end = endOfMonth();
  await books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(addMs(end, 90 * dayMs)) })
    .where("id", "=", holder.order.subscriptionId as string)
    .execute();
  await read(holder, 4 * gb);
  await read(holder, 5 * gb);
  await read(holder, 6 * gb);
  expect(await keysOf(holder, "traffic-low")).toHaveLength(1);
  expect(await keysOf(holder, "used-up")).toHaveLength(1);
  // The first reading of the month is noticed with all of its bytes.
  await read(holder, 10 * gb, end);
  expect(await stored(holder)).toMatchObject({ limit: 5, base: 6, moved: 10 });
  expect(await keysOf(holder, "traffic-low")).toHaveLength(2);
  await read(holder, 12 * gb, addMs(end, dayMs));
  await runCalendar(holder, addMs(end, dayMs));
  expect(await keysOf(holder, "traffic-low")).toHaveLength(2);
  expect(await keysOf(holder, "used-up")).toHaveLength(2);
  const { content } = await books.queries
    .selectFrom("messages")
    .select("content")
    .where("telegramId", "=", holder.person as number)
    .where("key", "like", "used-up/%")
    .orderBy("id")
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(content).toMatchObject({ notice: { kind: "trafficUsedUp", againAt: end } });
});

test("whoever is used up is shown the whole limit once the period has ended, booked or not", async () => {
  const holder = await openHolder();
  await read(holder, 6 * gb);
  const customers = new CustomerQueries(db.reader.em, new ReadCache(undefined));
  const { subscriptionId } = holder.order;
  const zone = "UTC";
  const end = endOfMonth();
  expect(await customers.findTrafficUse(subscriptionId, { now: now(), zone })).toEqual({
    limitBytes: 5 * gb,
    usedBytes: 6 * gb,
    endsAt: end,
  });
  expect(await customers.findTrafficUse(subscriptionId, { now: end, zone })).toEqual({
    limitBytes: 5 * gb,
    usedBytes: 0,
    endsAt: firstEnd("calendar", { now: end, zone }),
  });
});

test("the calendar is due at the period's end, and a payment of who is cut begins the limit again", async () => {
  const holder = await openHolder();
  const end = endOfMonth();
  expect(Date.parse((await runCalendar(holder, now())).next!)).toBeLessThanOrEqual(Date.parse(end));
  await read(holder, 6 * gb);
  expect(await runCalendar(holder, now())).toMatchObject({ state: "exhausted" });
  const again = await shop.order({ plan: "small", person: holder.person });
  await pay(again, `p-${again.id}`);
  expect(await stored(holder)).toMatchObject({ limit: 5, base: 6, end });
  expect(await runCalendar(holder, now())).toMatchObject({ state: "active" });
  const third = await shop.order({ plan: "small", person: holder.person });
  await pay(third, `p-${third.id}`);
  expect(await stored(holder)).toMatchObject({ limit: 5, base: 6, end });
});
