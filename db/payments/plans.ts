import { isDeepStrictEqual } from "node:util";
import type { NewestPlan, Plan, PlanCode } from "../../domain/payments/plan.ts";
import type { Language } from "../../domain/people/customer.ts";
import { lockByName } from "../advisory-lock.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { insertRows } from "../rows.ts";

/** A plan as in the owner's file; versions are assigned on import. */
export type OfferedPlan = Omit<Plan, "version">;

/** Columns by name: a prepared statement with `*` would fail once a migration adds a column. */
const selectPlans = (db: Queries) =>
  db
    .selectFrom("plans")
    .select(["code", "version", "names", "descriptions", "days", "deviceLimit", "prices"])
    .select(["extraDevice", "packBytes", "packPrices", "locationGroups"])
    .select(["limitPeriod", "packsEnd", "graceDays"])
    .select(["trafficLimitBytes", "sort", "hidden", "trial", "retired", "edited"]);
type PlanRow = Awaited<ReturnType<ReturnType<typeof selectPlans>["execute"]>>[number];

/** The newest version of a plan; edited: an admin made it, and the owner's file does not count. */
export interface StoredPlan extends NewestPlan {
  readonly isEdited: boolean;
}

/** A row as the domain's plan. */
export const planOf = (row: PlanRow): Plan => ({
  code: row.code as PlanCode,
  version: row.version,
  days: row.days,
  deviceLimit: row.deviceLimit,
  names: row.names,
  descriptions: row.descriptions,
  prices: row.prices,
  ...(row.graceDays ? { graceDays: row.graceDays } : {}),
  ...(row.trafficLimitBytes ? { trafficLimitBytes: row.trafficLimitBytes } : {}),
  ...(row.limitPeriod ? { limitPeriod: row.limitPeriod } : {}),
  ...(row.packsEnd ? { packsEnd: row.packsEnd } : {}),
  ...(row.extraDevice ? { extraDevice: row.extraDevice } : {}),
  ...(row.packBytes && row.packPrices
    ? { trafficPack: { bytes: row.packBytes, prices: row.packPrices } }
    : {}),
  ...(row.locationGroups ? { locationGroups: row.locationGroups } : {}),
  order: row.sort,
  hidden: row.hidden,
  trial: row.trial,
});

/** The newest version of each plan in the owner's order, including retired plans. */
export async function listNewestPlans(db: Queries): Promise<StoredPlan[]> {
  const rows = await selectPlans(db)
    .orderBy("sort")
    .orderBy("code")
    .orderBy("version", "desc")
    .execute();
  const seen = new Set<string>();
  return rows
    .filter(({ code }) => !seen.has(code) && seen.add(code))
    .map((row) => ({ plan: planOf(row), isRetired: row.retired, isEdited: row.edited }));
}

/** The newest version of one plan; undefined: there never was such a plan. */
export async function findNewestPlan(db: Queries, code: string): Promise<NewestPlan | undefined> {
  const row = await selectPlans(db)
    .where("code", "=", code)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { plan: planOf(row), isRetired: row.retired };
}

/** Plan versions, cached: a version never changes. */
export class PlanVersions {
  readonly #known = new Map<string, Plan>();

  /** Undefined: the plan does not have this version. */
  async find(db: Queries, code: string, version: number): Promise<Plan | undefined> {
    const key = `${code}/${version}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = await selectPlans(db)
      .where("code", "=", code)
      .where("version", "=", version)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const plan = planOf(row);
    this.#known.set(key, plan);
    return plan;
  }
}

/** The plans that are sold, as versions. */
export class Plans {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Brings the stored plans in line with these. A plan that differs from its newest version gets a
   * new version; a plan that is missing is retired. A plan that an admin has edited stays as they
   * left it. Two workers that start at once with the same file create one version.
   * @returns the codes of the plans that are in the file and no longer follow it.
   */
  async importAll(offered: readonly OfferedPlan[]): Promise<PlanCode[]> {
    return inTransaction(this.#em, async (db) => {
      await lockPlans(db);
      const newest = new Map((await listNewestPlans(db)).map((one) => [one.plan.code, one]));
      const rows: ReturnType<typeof rowOf>[] = [];
      const edited: PlanCode[] = [];
      for (const plan of offered) {
        const known = newest.get(plan.code);
        newest.delete(plan.code);
        const isKept = known !== undefined && !known.isRetired && isSame(known.plan, plan);
        if (known?.isEdited === true) edited.push(plan.code);
        else if (!isKept) rows.push(rowOf(plan, (known?.plan.version ?? 0) + 1));
      }
      for (const { plan, isRetired, isEdited } of newest.values()) {
        if (!isRetired && !isEdited) rows.push(rowOf(plan, plan.version + 1, { retired: true }));
      }
      if (rows.length > 0) await insertRows(db, "plans", rows).execute();
      return edited;
    });
  }
}

/** Waits for the lock under which plans get new versions, and holds it to the transaction's end. */
export const lockPlans = (db: Queries): Promise<void> => lockByName(db, "tollgate plans");

/** Adds the next version of a plan that an admin has changed. Lock the plans before it. */
export async function addEditedVersion(
  db: Queries,
  { plan, isRetired: retired }: NewestPlan,
): Promise<void> {
  const row = rowOf(plan, plan.version + 1, { retired, edited: true });
  await insertRows(db, "plans", [row]).execute();
}

const rowOf = (
  plan: OfferedPlan,
  version: number,
  {
    retired = false,
    edited = false,
  }: { readonly retired?: boolean; readonly edited?: boolean } = {},
) => ({
  code: plan.code as string,
  version,
  names: plan.names,
  descriptions: plan.descriptions,
  days: plan.days,
  deviceLimit: plan.deviceLimit,
  prices: plan.prices,
  graceDays: plan.graceDays ?? null,
  trafficLimitBytes: plan.trafficLimitBytes ?? null,
  limitPeriod: plan.limitPeriod ?? null,
  packsEnd: plan.packsEnd ?? null,
  extraDevice: plan.extraDevice ?? null,
  packBytes: plan.trafficPack?.bytes ?? null,
  packPrices: plan.trafficPack?.prices ?? null,
  locationGroups: plan.locationGroups ?? null,
  sort: plan.order,
  hidden: plan.hidden,
  trial: plan.trial,
  retired,
  edited,
});

const isSame = ({ version: _version, ...known }: Plan, offered: OfferedPlan): boolean =>
  isDeepStrictEqual(known, offered);

/** The names of plan versions. */
export class PlanNames {
  readonly #versions = new PlanVersions();

  /** A plan version's name in a language, or its code when it has none. */
  async find(
    db: Queries,
    { code, version }: Pick<Plan, "code" | "version">,
    language: Language,
  ): Promise<string> {
    return (await this.#versions.find(db, code, version))?.names[language] ?? code;
  }
}
