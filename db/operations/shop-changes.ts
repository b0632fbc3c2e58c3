import type { LocationCode } from "../../domain/access/location.ts";
import {
  operator,
  type ShopChange,
  type ShopChangeRequest,
  type ShopChangeResult,
  type ShopRefusal,
} from "../../domain/operations/shop-change.ts";
import { parseSetting, type SettingKey } from "../../domain/operations/shop-settings.ts";
import { changePlan, newPlan } from "../../domain/payments/plan-change.ts";
import type { NewestPlan, PlanCode } from "../../domain/payments/plan.ts";
import type { Instant } from "../../domain/time.ts";
import { isDeepStrictEqual } from "node:util";
import { lockByName } from "../advisory-lock.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { addEditedVersion, listNewestPlans, lockPlans } from "../payments/plans.ts";
import { restoreAll } from "../people/channel-members.ts";
import { isAllowed } from "../people/customers.ts";
import { changeLocations } from "./location-changes.ts";
import { writeShopAudit } from "./shop-audit.ts";
import { shopLock } from "./shop-lock.ts";

/** What admins and the operator change of the shop. */
export class ShopChanges {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Books a change of a setting or a plan with its audit row, in one transaction and once per
   * request. What was sold keeps the version under which it was sold.
   */
  changeOnce(request: ShopChangeRequest, now: Instant): Promise<ShopChangeResult> {
    return inTransaction(this.#em, async (db) => {
      // Changes are few: one after the other, so that none is made to a value that is gone.
      await lockByName(db, shopLock);
      const booked = await findBooked(db, request.requestId);
      if (booked !== undefined) return booked;
      if (request.by !== operator && !(await isAllowed(db, request.by, "changeShop")))
        return refused("notAdmin");
      return change(db, request, now);
    });
  }
}

async function change(
  db: Queries,
  request: ShopChangeRequest,
  now: Instant,
): Promise<ShopChangeResult> {
  const { change: wanted } = request;
  switch (wanted.kind) {
    case "setting":
      return changeSetting(db, request, { change: wanted, now });
    case "newLocation":
    case "location":
    case "removeLocation":
      return changeLocations(db, request, { change: wanted, now });
    case "newPlan":
      await lockPlans(db);
      return addPlan(db, request, { change: wanted, now });
    case "plan":
      await lockPlans(db);
      return editPlan(db, request, { change: wanted, now });
  }
}

const refused = (why: ShopRefusal): ShopChangeResult => ({ kind: "refused", why });

interface Changing<Kind extends ShopChange["kind"]> {
  readonly change: Extract<ShopChange, { kind: Kind }>;
  readonly now: Instant;
}

async function findBooked(db: Queries, requestId: string): Promise<ShopChangeResult | undefined> {
  const query = db.selectFrom("audit_log").select("after").where("requestId", "=", requestId);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const plan = row.after["plan"] as PlanCode | undefined;
  const location = row.after["location"] as LocationCode | undefined;
  return { kind: "changed", ...(plan && { plan }), ...(location && { location }) };
}

async function changeSetting(
  db: Queries,
  request: ShopChangeRequest,
  { change: { key, value: written }, now }: Changing<"setting">,
): Promise<ShopChangeResult> {
  const value = written === null ? null : parseSetting(key, written);
  if (value === undefined) return refused("badValue");
  const newest = await findNewestSetting(db, key);
  if (value === (newest?.value ?? null)) return { kind: "same" };
  const states = { before: { key, value: newest?.value ?? null }, after: { key, value } };
  await writeShopAudit(db, request, { act: "setting", now, ...states });
  const version = (newest?.version ?? 0) + 1;
  const { requestId } = request;
  await db
    .insertInto("shop_settings")
    .values({ key, version, value, requestId, setAt: new Date(now) })
    .execute();
  if (key === "channels" && !value) await restoreAll(db);
  return { kind: "changed" };
}

const findNewestSetting = (db: Queries, key: SettingKey) =>
  db
    .selectFrom("shop_settings")
    .select(["version", "value"])
    .where("key", "=", key)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();

async function editPlan(
  db: Queries,
  request: ShopChangeRequest,
  { change: { code, field, value }, now }: Changing<"plan">,
): Promise<ShopChangeResult> {
  const newest = (await listNewestPlans(db)).find(({ plan }) => plan.code === code);
  if (newest === undefined) return refused("noPlan");
  const { plan, isRetired } = newest;
  const changed = changePlan({ plan, isRetired }, field, value);
  if (typeof changed === "string") return refused(changed);
  if (isDeepStrictEqual(changed, { plan, isRetired })) return { kind: "same" };
  const before = { plan: code, version: plan.version, field };
  const after = { plan: code, version: plan.version + 1, field, value };
  await writeShopAudit(db, request, { act: "plan", now, before, after });
  await addEditedVersion(db, changed);
  return { kind: "changed", plan: code };
}

async function addPlan(
  db: Queries,
  request: ShopChangeRequest,
  { change: { name }, now }: Changing<"newPlan">,
): Promise<ShopChangeResult> {
  const plan = newPlan(name, await listNewestPlans(db));
  if (plan === undefined) return refused("badValue");
  const after = { plan: plan.code, version: 1, name };
  await writeShopAudit(db, request, { act: "plan", now, before: {}, after });
  // Without a price it cannot be sold yet.
  const added: NewestPlan = { plan: { ...plan, version: 0 }, isRetired: true };
  await addEditedVersion(db, added);
  return { kind: "changed", plan: plan.code };
}
