import type { EntityManager } from "@mikro-orm/postgresql";
import type { Plan } from "../domain/plan.ts";
import { PlanRow } from "./plan.ts";
import { asPlan } from "./plans.ts";

/** Versions of plans. One never changes: it is read once. */
export class PlanVersions {
  readonly #known = new Map<string, Plan>();

  async find(em: EntityManager, code: string, version: number): Promise<Plan | undefined> {
    const key = `${code}/${version}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = await em.findOne(PlanRow, { code, version });
    if (row === null) return undefined;
    const plan = asPlan(row);
    this.#known.set(key, plan);
    return plan;
  }
}
