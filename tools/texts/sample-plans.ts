import { readFileSync } from "node:fs";
import type { Plan } from "../../domain/payments/plan.ts";
import { parsePlans } from "../../workers/plans.ts";

/** The plans that the product comes with. */
export const samplePlans: readonly Plan[] = parsePlans(
  JSON.parse(readFileSync(new URL("../../plans.json", import.meta.url), "utf8")),
).map((plan) => ({ ...plan, version: 1 }));
