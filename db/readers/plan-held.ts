import type { EntityManager } from "@mikro-orm/postgresql";
import type { TelegramId } from "../../domain/ids.ts";
import type { Plan } from "../../domain/plan.ts";
import type { SubscriptionState } from "../../domain/subscription.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { CustomerRow } from "../customer.ts";
import { PlanRow } from "../plan.ts";
import { asPlan } from "../plans.ts";
import { SubscriptionRow } from "../subscription.ts";

/** What a customer has now, and what its time is worth. */
export interface PlanHeld {
  readonly code: string;
  readonly state: SubscriptionState;
  readonly paidUntil: Instant | undefined;
  /** As it was bought; undefined where the time was not bought. */
  readonly plan: Plan | undefined;
}

/** Read anew each time: a price is made of it. */
export class PlansHeld {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Undefined: this person has no subscription. */
  async of(telegramId: TelegramId): Promise<PlanHeld | undefined> {
    const em = this.#em.fork();
    const customer = await em.findOne(CustomerRow, { telegramId });
    const row = customer && (await em.findOne(SubscriptionRow, { customerId: customer.id }));
    if (!row) return undefined;
    const { plan: code, planVersion: version, state, paidUntil } = row;
    const bought = version ? await em.findOne(PlanRow, { code, version }) : null;
    return {
      code,
      state,
      paidUntil: paidUntil ? instant(paidUntil) : undefined,
      plan: bought ? asPlan(bought) : undefined,
    };
  }
}
