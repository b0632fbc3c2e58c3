import { expect, test } from "vitest";
import { sql } from "../../../db/prepared.ts";
import { publishShopDefaults } from "../../../db/operations/shop-defaults.ts";
import { ShopChanges } from "../../../db/operations/shop-changes.ts";
import { inTransaction, queriesOf } from "../../../db/orm.ts";
import { listNewestPlans, Plans } from "../../../db/payments/plans.ts";
import {
  listSettings,
  loadShopSettings,
  ShopSettingsReader,
} from "../../../db/queries/operations/shop-settings.ts";
import { telegramId } from "../../../domain/ids.ts";
import {
  operator,
  type ShopChange,
  type ShopChangeRequest,
} from "../../../domain/operations/shop-change.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { eventually } from "../../drivers/eventually.ts";
import { planFor } from "../../drivers/orders.ts";
import { useShop } from "../../drivers/shop.ts";

const db = useDatabase();
const shop = useShop(db);
const now = instant("2026-11-28T10:00:00Z");
/** `useShop` has made this person one. */
const admin = telegramId(1_001);
const month = "month" as PlanCode;

let count = 0;

function change(wanted: ShopChange, of: Partial<ShopChangeRequest> = {}) {
  count += 1;
  const request = { requestId: `request-${count}`, by: admin, change: wanted, ...of };
  return new ShopChanges(db.writer.em).changeOnce(request, now);
}

const setName = (value: string | null, of: Partial<ShopChangeRequest> = {}) =>
  change({ kind: "setting", key: "name", value }, of);

const rows = (sql: string, values: unknown[] = []) => db.owner.em.fork().execute(sql, values);

const nameNow = async () => (await loadShopSettings(queriesOf(db.reader.em))).name;

test("a request changes a setting once, with one audit row, however often it comes", async () => {
  const same = { requestId: "once" };
  const results = await Promise.all(Array.from({ length: 5 }, () => setName("Fast VPN", same)));
  expect(results).toEqual(results.map(() => ({ kind: "changed" })));
  await setName("Slow VPN");
  // The first request comes again, late: it is booked, and changes nothing.
  expect(await setName("Fast VPN", same)).toEqual({ kind: "changed" });
  expect(await nameNow()).toBe("Slow VPN");
  const audit = await rows(
    "select actor, act, before, after from audit_log where request_id = 'once'",
  );
  expect(audit).toEqual([
    {
      actor: admin,
      act: "setting",
      before: { key: "name", value: null },
      after: { key: "name", value: "Fast VPN" },
    },
  ]);
  const versions = await rows(
    "select version, value from shop_settings where key = 'name' order by 1",
  );
  expect(versions).toEqual([
    { version: 1, value: "Fast VPN" },
    { version: 2, value: "Slow VPN" },
  ]);
});

test("what changes nothing, or cannot be, leaves no row", async () => {
  await setName("Fast VPN");
  const before = await rows("select count(*) from audit_log");
  expect(await setName(" Fast  VPN ")).toEqual({ kind: "same" });
  expect(await setName("")).toEqual({ kind: "refused", why: "badValue" });
  expect(await setName("Mine", { by: telegramId(5_555) })).toEqual({
    kind: "refused",
    why: "notAdmin",
  });
  const gone = { kind: "plan", code: "gone" as PlanCode, field: "days", value: "5" } as const;
  expect(await change(gone)).toEqual({ kind: "refused", why: "noPlan" });
  expect(await rows("select count(*) from audit_log")).toEqual(before);
});

test("an admin's value goes before the environment's, and may be taken back", async () => {
  const db2 = queriesOf(db.writer.em);
  await publishShopDefaults(db2, { trial: "7d", support: "@worker" });
  await publishShopDefaults(db2, { trial: "8d", support: "@worker" });
  const sourceOf = async (key: string) =>
    (await listSettings(queriesOf(db.reader.em))).find((one) => one.key === key);
  expect(await sourceOf("trial")).toMatchObject({ value: "8d", source: "environment" });
  expect(await change({ kind: "setting", key: "trial", value: "2 days" })).toEqual({
    kind: "changed",
  });
  expect(await sourceOf("trial")).toMatchObject({ value: "2d", source: "admin" });
  await change({ kind: "setting", key: "trial", value: null });
  expect(await sourceOf("trial")).toMatchObject({ value: "8d", source: "environment" });
  // What a process knows itself goes before what the worker knows.
  const own = await loadShopSettings(queriesOf(db.reader.em), { support: "@bot" });
  expect(own.support).toBe("@bot");
  expect(await sourceOf("zone")).toMatchObject({ value: "UTC", source: "built in" });
});

test("the operator at the command line is in the audit log as nobody's number", async () => {
  await change(
    { kind: "setting", key: "zone", value: "Europe/Moscow" },
    { by: operator, requestId: "cli" },
  );
  expect(await rows("select actor from audit_log where request_id = 'cli'")).toEqual([
    { actor: 0 },
  ]);
});

test("each change of a plan is a version, and what was bought keeps its own", async () => {
  const order = await shop.order({ plan: "month" });
  const versionsOf = async () =>
    rows("select version, days, edited from plans where code = 'month' order by 1");
  const before = await versionsOf();
  const wanted = { kind: "plan", code: month, field: "days", value: "45" } as const;
  expect(await change(wanted, { requestId: "days" })).toEqual({ kind: "changed", plan: month });
  expect(await change(wanted, { requestId: "days" })).toEqual({ kind: "changed", plan: month });
  expect(await change(wanted)).toEqual({ kind: "same" });
  const after = await versionsOf();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length)).toEqual([
    { version: before.length + 1, days: 45, edited: true },
  ]);
  const [bought] = await rows("select plan_version from payments where id = ?", [order.id]);
  expect(bought).toEqual({ plan_version: before.length });
});

test("a plan that an admin has edited no longer follows the owner's file, and the others do", async () => {
  const plans = new Plans(db.writer.em);
  const own = planFor("own", { RUB: 100 });
  const other = planFor("other", { RUB: 100 });
  await plans.importAll([own, other]);
  const code = "own" as PlanCode;
  await change({ kind: "plan", code, field: "price-RUB", value: "200" });
  const changedFile = [own, other].map((plan) => ({ ...plan, days: plan.days + 1 }));
  expect(await plans.importAll(changedFile)).toEqual(["own"]);
  const find = async (wanted: string) =>
    (await listNewestPlans(queriesOf(db.reader.em))).find(({ plan }) => plan.code === wanted);
  expect(await find("own")).toMatchObject({ plan: { days: own.days, prices: { RUB: 20_000 } } });
  expect(await find("other")).toMatchObject({ plan: { days: other.days + 1 } });
  // Nor is it retired when the file does not have it.
  await plans.importAll([other]);
  expect(await find("own")).toMatchObject({ isRetired: false });
});

test("a new plan is there, off sale until it has a price", async () => {
  const added = await change({ kind: "newPlan", name: "Weekend" }, { requestId: "new" });
  expect(added).toMatchObject({ kind: "changed", plan: expect.stringMatching(/^plan-\d+$/u) });
  expect(await change({ kind: "newPlan", name: "Weekend" }, { requestId: "new" })).toEqual(added);
  const { plan: code } = added as { plan: PlanCode };
  const sell = { kind: "plan", code, field: "sale", value: "all" } as const;
  expect(await change(sell)).toEqual({ kind: "refused", why: "noPrice" });
  await change({ kind: "plan", code, field: "price-XTR", value: "50" });
  expect(await change(sell)).toEqual({ kind: "changed", plan: code });
  const newest = await listNewestPlans(queriesOf(db.reader.em));
  expect(newest.find(({ plan }) => plan.code === code)).toMatchObject({
    isRetired: false,
    plan: { version: 3, prices: { XTR: 50 } },
  });
});

test("a read that began before a change is not what is known after it", async () => {
  await setName("Before");
  const reader = new ShopSettingsReader(db.reader.em);
  // The read has what admins have set, and waits for what the environment says.
  const locked = Promise.withResolvers<void>();
  const unlock = Promise.withResolvers<void>();
  const locking = inTransaction(db.owner.em, async (of) => {
    await sql`lock table settings in access exclusive mode`.execute(of);
    locked.resolve();
    await unlock.promise;
  });
  await locked.promise;
  const early = reader.get();
  await eventually(async () => {
    expect(await rows("select pid from pg_locks where not granted")).toHaveLength(1);
  });
  await setName("After");
  reader.expire();
  const late = reader.get();
  unlock.resolve();
  await locking;
  const stale = await early;
  const fresh = await late;
  expect([stale.name, fresh.name]).toEqual(["Before", "After"]);
  expect((await reader.get()).name).toBe("After");
});

test("a reader sees a change once it has expired, follows changes, and outlives the database", async () => {
  let isAway = false;
  const { em } = db.reader;
  const flaky = new Proxy(em, {
    get: (of, name, self) => {
      if (isAway) throw new Error("away");
      const value: unknown = Reflect.get(of, name, self);
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
  const reader = new ShopSettingsReader(flaky);
  const followed: string[] = [];
  reader.follow(({ name }) => void followed.push(name));
  await setName("First");
  expect((await reader.get()).name).toBe("First");
  await setName("Second");
  expect((await reader.get()).name).toBe("First");
  reader.expire();
  expect((await reader.get()).name).toBe("Second");
  reader.expire();
  isAway = true;
  expect((await reader.get()).name).toBe("Second");
  expect(followed).toEqual(["First", "Second"]);
  await expect(new ShopSettingsReader(flaky).get()).rejects.toThrow("away");
});
