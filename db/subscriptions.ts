import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import { v5 } from "uuid";
import { customerId, type SubscriptionId, subscriptionId, telegramId } from "../domain/ids.ts";
import { type SubscriptionRef, type SubscriptionState, trialPlan } from "../domain/subscription.ts";
import { addDays, type Instant, instant, laterOf } from "../domain/time.ts";
import { CustomerRow } from "./customer.ts";
import { GrantRow, SubscriptionRow } from "./subscription.ts";

/** One reason to give time; the same cause gives it once. */
export interface TimeGrant {
  readonly cause: string;
  readonly kind: "trial" | "admin";
  readonly days: number;
}

export class Subscriptions {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The customer's subscription, made at the first call. A customer who was blocked meanwhile gets none. */
  async openOnce(forTelegramId: number): Promise<SubscriptionRef | undefined> {
    return this.#em.fork().transactional(async (em) => {
      const customer = await em.findOneOrFail(
        CustomerRow,
        { telegramId: forTelegramId },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (customer.status === "blocked") return undefined;
      customer.status = "active";
      customer.rejectedAt = null;
      const id = v5("subscription", customer.id);
      const { code: plan, deviceLimit } = trialPlan;
      await em.upsert(
        SubscriptionRow,
        { id, customerId: customer.id, plan, deviceLimit, state: "expired" },
        { onConflictFields: ["customerId"], onConflictAction: "ignore" },
      );
      return {
        id: subscriptionId(id),
        customerId: customerId(customer.id),
        telegramId: telegramId(customer.telegramId),
      };
    });
  }

  /**
   * Adds time once per cause and answers until when access now runs: from the paid end while there is one
   * ahead, else from now. The grant and `paid_until` are one transaction.
   */
  async grantOnce(
    id: SubscriptionId,
    { cause, kind, days }: TimeGrant,
    now: Instant,
  ): Promise<Instant> {
    return this.#em.fork().transactional(async (em) => {
      const row = await em.findOneOrFail(
        SubscriptionRow,
        { id },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      const given = await em.findOne(GrantRow, { cause });
      if (given !== null) return instant(row.paidUntil ?? given.grantedUntil);
      const from = row.paidUntil ? laterOf(instant(row.paidUntil), now) : now;
      const until = addDays(from, days);
      await em.insert(GrantRow, {
        cause,
        subscriptionId: id,
        kind,
        days,
        grantedFrom: from,
        grantedUntil: until,
        grantedAt: now,
      });
      row.paidUntil = new Date(until);
      return until;
    });
  }

  async setState(id: SubscriptionId, state: SubscriptionState): Promise<void> {
    await this.#em.fork().nativeUpdate(SubscriptionRow, { id }, { state });
  }

  /** The first free default name is made from this number. */
  async ownerOf(id: SubscriptionId): Promise<SubscriptionRef | undefined> {
    const em = this.#em.fork();
    const row = await em.findOne(SubscriptionRow, { id });
    const owner = row && (await em.findOne(CustomerRow, { id: row.customerId }));
    if (!row || !owner) return undefined;
    return { id, customerId: customerId(owner.id), telegramId: telegramId(owner.telegramId) };
  }
}
