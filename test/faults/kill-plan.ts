import type { Death } from "../drivers/fragile-worker.ts";
import type { FragileProduct } from "./fragile-product.ts";

/** One death of the worker, at a step in the scenario of one customer. */
export interface PlannedKill<Scenario extends string> {
  /** `person` is the customer's Telegram id: each planned kill has a customer of its own. */
  readonly death: Death & { readonly person: number };
  readonly scenario: Scenario;
}

/**
 * Plans two kills for each step, as it begins and when it has ended but Temporal does not know yet.
 * `scenarios` names the scenario in which a step is taken.
 * The customers' ids count up from `firstPerson`.
 */
export function planKills<Step extends string, Scenario extends string>(
  steps: readonly Step[],
  scenarios: Readonly<Record<Step, Scenario>>,
  firstPerson: number,
): readonly PlannedKill<Scenario>[] {
  const deaths = steps.flatMap((activity) =>
    (["started", "ended"] as const).map((when) => ({ activity, when })),
  );
  return deaths.map(({ activity, when }, index) => ({
    death: { person: firstPerson + index, activity, when },
    scenario: scenarios[activity],
  }));
}

/**
 * Deals the items out to `count` shares. A worker dies one death at a time, and much is waited for
 * after each: so several products are killed in parallel, each in a share of the kills.
 */
export const dealOut = <Item>(items: readonly Item[], count: number): readonly Item[][] =>
  Array.from({ length: count }, (_, share) => items.filter((_item, at) => at % count === share));

/**
 * Plays the scenario of a kill. @throws Error that also says what the customer's workflows are at.
 */
export async function playOrExplain(
  product: FragileProduct,
  { death, scenario }: PlannedKill<string>,
  play: () => Promise<unknown>,
): Promise<void> {
  try {
    await play();
  } catch (error) {
    const { person, activity, when } = death;
    const where = `${scenario} of ${person}, killed at ${activity}, ${when}`;
    const workflows = await product.describeWorkflows(person);
    throw new Error(`${where}: ${String(error)}\n${workflows}`, { cause: error });
  }
}
