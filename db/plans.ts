import type { EntityManager } from "@mikro-orm/postgresql";
import type { Plan, PlanCode } from "../domain/plan.ts";
import { PlanRow } from "./plan.ts";

/** A plan as the owner's file has it: its version is ours to give. */
export type OfferedPlan = Omit<Plan, "version">;

export const asPlan = (row: PlanRow): Plan => ({
  code: row.code as PlanCode,
  version: row.version,
  days: row.days,
  deviceLimit: row.deviceLimit,
  names: row.names,
  descriptions: row.descriptions,
  prices: row.prices,
  ...(row.trafficLimitBytes ? { trafficLimitBytes: row.trafficLimitBytes } : {}),
  order: row.sort,
  hidden: row.hidden,
  trial: row.trial,
});

/** The newest version of each plan, those that the file no longer has among them. */
export async function newestPlans(em: EntityManager): Promise<PlanRow[]> {
  const rows = await em.find(
    PlanRow,
    {},
    { orderBy: { sort: "asc", code: "asc", version: "desc" } },
  );
  const seen = new Set<string>();
  return rows.filter(({ code }) => !seen.has(code) && seen.add(code));
}

export class Plans {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Makes the offer be as given. What differs from its newest version becomes a new one; what is no longer
   * there is retired. Two workers that start at once with the same file make one version.
   */
  async importAll(offered: readonly OfferedPlan[]): Promise<void> {
    await this.#em.fork().transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('tollgate plans'))");
      const newest = new Map((await newestPlans(em)).map((row) => [row.code, row]));
      for (const plan of offered) {
        const known = newest.get(plan.code);
        newest.delete(plan.code);
        if (known !== undefined && !known.retired && isSame(asPlan(known), plan)) continue;
        await em.insert(PlanRow, rowOf(plan, (known?.version ?? 0) + 1, false));
      }
      for (const gone of newest.values()) {
        if (gone.retired) continue;
        await em.insert(PlanRow, rowOf(asPlan(gone), gone.version + 1, true));
      }
    });
  }
}

const rowOf = (plan: OfferedPlan, version: number, retired: boolean) => ({
  code: plan.code,
  version,
  names: plan.names,
  descriptions: plan.descriptions,
  days: plan.days,
  deviceLimit: plan.deviceLimit,
  prices: plan.prices,
  trafficLimitBytes: plan.trafficLimitBytes ?? null,
  sort: plan.order,
  hidden: plan.hidden,
  trial: plan.trial,
  retired,
});

function isSame({ version: _version, ...known }: Plan, offered: OfferedPlan): boolean {
  return canonical(known) === canonical(offered);
}

/** The same text for the same content, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, held]) => `${key}:${canonical(held)}`).join(",")}}`;
}
