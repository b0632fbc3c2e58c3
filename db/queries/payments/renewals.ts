import type { SubscriptionId } from "../../../domain/ids.ts";
import { type Money, money } from "../../../domain/money.ts";
import type { PlanCode } from "../../../domain/payments/plan.ts";
import type { RenewalKind, StarState } from "../../../domain/payments/renewal.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";

/** A subscription's auto-renewal, as its page shows it. */
export interface RenewalSummary {
  readonly kind: RenewalKind;
  readonly isOn: boolean;
  readonly plan: PlanCode;
  /** What they have agreed to pay, and for how many devices. */
  readonly price: Money;
  readonly deviceLimit: number;
  /** The saved card: masked, and its month and year of expiry as the bank writes them. */
  readonly card: { readonly pan: string; readonly expires: string } | undefined;
  readonly stars: { readonly state: StarState; readonly until: Instant } | undefined;
}

/** Auto-renewals, for display. The secret of a card is in no answer: readers may not select it. */
export class RenewalQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Undefined: its customer never agreed to any. */
  async find(of: SubscriptionId): Promise<RenewalSummary | undefined> {
    const db = queriesOf(this.#em);
    const row = await db
      .selectFrom("renewals as r")
      .innerJoin("subscriptions as s", "s.id", "r.subscriptionId")
      .select(["r.subscriptionId", "r.kind", "r.isOn", "r.plan", "r.priceMinor", "r.currency"])
      .select(["r.cardPan", "r.cardExpires", "r.deviceLimit", "s.deviceLimit as hasDevices"])
      .where("r.subscriptionId", "=", of as string)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { kind, isOn, cardPan, cardExpires } = row;
    const stars = await db
      .selectFrom("star_subscriptions")
      .select(["state", "until", "isUnwanted"])
      .where("subscriptionId", "=", row.subscriptionId)
      .orderBy("since", "desc")
      .limit(1)
      .executeTakeFirst();
    return {
      kind,
      isOn,
      plan: row.plan as PlanCode,
      price: money(row.priceMinor, row.currency),
      deviceLimit: row.deviceLimit ?? row.hasDevices,
      card: cardPan === null ? undefined : { pan: cardPan, expires: cardExpires ?? "" },
      stars: stars && {
        state: stars.isUnwanted ? "canceled" : stars.state,
        until: instant(stars.until),
      },
    };
  }
}
