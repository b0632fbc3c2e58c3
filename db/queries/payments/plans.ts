import type { SubscriptionState } from "../../../domain/access/subscription.ts";
import type { TimeEntry } from "../../../domain/access/time-lots.ts";
import type { CustomerId, SubscriptionId } from "../../../domain/ids.ts";
import type { Money } from "../../../domain/money.ts";
import type { AddOnFacts } from "../../../domain/payments/add-on.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { isOfferedTo, type PaymentMethod } from "../../../domain/payments/plan-offers.ts";
import type { NewestPlan, Plan } from "../../../domain/payments/plan.ts";
import { addMs, type Instant, instant } from "../../../domain/time.ts";
import { loadTime } from "../../access/time-lots.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { loadBalanceAmounts } from "../../payments/ledger.ts";
import { findNewestPlan, listNewestPlans, PlanVersions } from "../../payments/plans.ts";
import { stateAt } from "../access/access-rights.ts";

/** A subscription and its plan, as they are now. */
export interface CurrentPlan {
  readonly code: string;
  readonly state: SubscriptionState;
  readonly paidUntil: Instant | undefined;
  /** Until when access goes on after the time that was paid; undefined without any time. */
  readonly graceUntil: Instant | undefined;
  /** The version that was bought; undefined: it has no version. */
  readonly plan: Plan | undefined;
  /** All of the subscription's time in booking order, from which a purchase is previewed. */
  readonly time: readonly TimeEntry[];
}

/**
 * Plans on offer, payment methods, and what a customer has. Not cached: prices are made from it.
 */
export class PlanQueries {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Plans for sale in the owner's order; a hidden plan only for those who have it (`has`). */
  async listOffered(has?: string): Promise<Plan[]> {
    const newest = await listNewestPlans(queriesOf(this.#em));
    return newest.filter((one) => isOfferedTo(one, has)).map(({ plan }) => plan);
  }

  /** The newest version of every plan, for admins: also those that nobody may buy. */
  listNewest(): Promise<NewestPlan[]> {
    return listNewestPlans(queriesOf(this.#em));
  }

  /** Configured gateways with their currencies, by name. */
  async listPaymentMethods(): Promise<PaymentMethod[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("gateways")
      .select(["name", "currencies", "icon", "recurring"])
      .where("active", "=", true)
      .orderBy("name")
      .execute();
    return rows.flatMap(({ name, currencies, icon, recurring }) =>
      currencies.map((currency) => ({
        gateway: gatewayName(name),
        currency,
        icon,
        ...(recurring === null ? {} : { recurring }),
      })),
    );
  }

  /** The customer's balances that are not zero. */
  listBalances(of: CustomerId): Promise<Money[]> {
    return loadBalanceAmounts(queriesOf(this.#em), of);
  }

  /** What decides which add-ons a subscription is offered; undefined: it does not exist. */
  async findAddOnFacts(of: SubscriptionId, now: Instant): Promise<AddOnFacts | undefined> {
    const db = queriesOf(this.#em);
    const row = await db
      .selectFrom("subscriptions as s")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select(["s.plan", "s.paidUntil", "s.trafficLimitBytes", stateAt(now).as("state")])
      .where("s.id", "=", of as string)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const newest = await findNewestPlan(db, row.plan);
    return {
      state: row.state,
      paidUntil: row.paidUntil === null ? undefined : instant(row.paidUntil),
      trafficLimitBytes: row.trafficLimitBytes ?? undefined,
      plan: newest?.plan,
    };
  }

  /** Undefined: there is no such subscription. */
  async findCurrent(of: SubscriptionId, now: Instant): Promise<CurrentPlan | undefined> {
    const db = queriesOf(this.#em);
    const row = await db
      .selectFrom("subscriptions as s")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select([
        "s.id",
        "s.plan",
        "s.planVersion",
        "s.paidUntil",
        "s.graceMs",
        stateAt(now).as("state"),
      ])
      .where("s.id", "=", of as string)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { plan: code, planVersion: version, state, graceMs } = row;
    const paidUntil = row.paidUntil === null ? undefined : instant(row.paidUntil);
    return {
      code,
      state,
      paidUntil,
      graceUntil: paidUntil && addMs(paidUntil, graceMs),
      plan: version === null ? undefined : await this.#versions.find(db, code, version),
      time: await loadTime(db, row.id),
    };
  }
}
