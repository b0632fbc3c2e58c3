import type { Language } from "../domain/people/customer.ts";
import { trialPlan } from "../domain/access/subscription.ts";
import { textsIn } from "./index.ts";

/** What one of several subscriptions is known by. */
export interface NamedSubscription {
  /** From 1. */
  readonly number: number;
  /** Its plan's code, and the plan's names; undefined: it has none that is sold. */
  readonly plan: string;
  readonly planNames: Partial<Readonly<Record<Language, string>>> | undefined;
}

/** The name of a subscription's plan. */
export const planNameIn = (
  language: Language,
  { plan, planNames }: Omit<NamedSubscription, "number">,
): string =>
  plan === trialPlan.code
    ? textsIn(language).access.subscriptions.trial
    : (planNames?.[language] ?? plan);

/** The name of one of several subscriptions: its plan and its number. */
export const subscriptionName = (language: Language, of: NamedSubscription): string =>
  textsIn(language).access.subscriptions.name(planNameIn(language, of), of.number);
