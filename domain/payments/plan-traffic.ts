import { limitPeriods, packsEnds } from "../access/limit-period.ts";
import { isNone } from "../operations/setting-values.ts";
import type { NewestPlan, Plan, TrafficPack } from "./plan.ts";
import { bytesInGb, mostPlanGb, numberIn } from "./plan-values.ts";

/** The plan with this limit; without one, nothing that needs it stays. */
export function withTraffic({ plan, isRetired }: NewestPlan, text: string): NewestPlan | undefined {
  const { trafficLimitBytes: _before, limitPeriod: _period, packsEnd: _end, ...unlimited } = plan;
  if (isNone(text)) return { plan: unlimited, isRetired };
  return numberIn(text, mostPlanGb, (gb) => ({
    plan: { ...plan, trafficLimitBytes: gb * bytesInGb },
    isRetired,
  }));
}

/** What a limit may be for: a purchase, or one of the periods. */
export const periodModes = ["purchase", ...limitPeriods] as const;

/** What the limit of a plan is for. */
export const periodModeOf = ({
  limitPeriod,
}: Pick<Plan, "limitPeriod">): (typeof periodModes)[number] => limitPeriod ?? "purchase";

/** The plan with this period. Without a limit there is none, and without a period no pack can end with it. */
export function withPeriod({ plan, isRetired }: NewestPlan, text: string): NewestPlan | undefined {
  const mode = periodModes.find((one) => one === text.toLowerCase());
  const { limitPeriod: _before, packsEnd: _end, ...perPurchase } = plan;
  if (mode === "purchase") return { plan: perPurchase, isRetired };
  if (mode === undefined || plan.trafficLimitBytes === undefined) return undefined;
  return { plan: { ...plan, limitPeriod: mode }, isRetired };
}

/** The plan with this end of its packs. A pack that lasts until it is used up needs no field. */
export function withPacksEnd(
  { plan, isRetired }: NewestPlan,
  text: string,
): NewestPlan | undefined {
  const { packsEnd: _before, ...lasting } = plan;
  const packsEnd = packsEnds.find((one) => one.toLowerCase() === text.toLowerCase());
  if (packsEnd === "usedUp") return { plan: lasting, isRetired };
  if (packsEnd === undefined || plan.limitPeriod === undefined) return undefined;
  return { plan: { ...lasting, packsEnd }, isRetired };
}

/** A pack has this many gigabytes where only its price is set. */
const usualPackGb = 10;

/** The plan's pack, or the one that it has once a price or a size is set. */
export const packOf = ({ trafficPack }: Plan): TrafficPack =>
  trafficPack ?? { bytes: usualPackGb * bytesInGb, prices: {} };

/** The plan with packs of this size. Without a size nothing is sold, and the pack goes. */
export function withPackSize(
  { plan, isRetired }: NewestPlan,
  text: string,
): NewestPlan | undefined {
  const { trafficPack: _before, ...without } = plan;
  if (isNone(text)) return { plan: without, isRetired };
  return numberIn(text, mostPlanGb, (gb) => ({
    plan: { ...without, trafficPack: { ...packOf(plan), bytes: gb * bytesInGb } },
    isRetired,
  }));
}
