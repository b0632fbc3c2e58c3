import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import { v5 } from "uuid";
import { isUsedUp } from "../domain/allowance.ts";
import { movedDays, nothingTaken, type Span, takenAfter } from "../domain/grant.ts";
import {
  customerId,
  type HostId,
  type SubscriptionId,
  subscriptionId,
  telegramId,
} from "../domain/ids.ts";
import { daysReturned } from "../domain/settlement.ts";
import {
  type SubscriptionRef,
  type SubscriptionState,
  type TimeReturn,
  trialPlan,
} from "../domain/subscription.ts";
import { type Instant, instant } from "../domain/time.ts";
import { CustomerRow } from "./customer.ts";
import {
  allowanceOf,
  type Grant,
  type Granted,
  giveOnce,
  locked,
  movedBytes,
  type Standing,
} from "./granting.ts";
import { insertOnce } from "./insert-once.ts";
import { ChargeRow, PaymentRow } from "./payment.ts";
import { orderOf } from "./payments.ts";
import { PlanVersions } from "./plan-versions.ts";
import { newestPlans } from "./plans.ts";
import { asCharge } from "./settlement.ts";
import { GrantRow, SubscriptionRow } from "./subscription.ts";

export class Subscriptions {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The customer's subscription, made at the first call. A customer who was blocked meanwhile gets none. */
  async openOnce(forTelegramId: number): Promise<SubscriptionRef | undefined> {
    return this.#em.transactional(async (em) => {
      const customer = await em.findOneOrFail(
        CustomerRow,
        { telegramId: forTelegramId },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (customer.status === "blocked") return undefined;
      customer.status = "active";
      customer.rejectedAt = null;
      const id = v5("subscription", customer.id);
      const trial = (await newestPlans(em)).find((row) => row.trial && !row.retired);
      const { code: plan, deviceLimit } = trial ?? trialPlan;
      const planVersion = trial?.version ?? null;
      const row = { id, customerId: customer.id, plan, planVersion, deviceLimit } as const;
      const rows = [{ ...row, state: "expired" as const }];
      await insertOnce(em, SubscriptionRow, { rows, key: ["customerId"] });
      return {
        id: subscriptionId(id),
        customerId: customerId(customer.id),
        telegramId: telegramId(customer.telegramId),
      };
    });
  }

  /**
   * Gives time once per cause and answers until when access now runs. The grant, `paid_until` and the plan are
   * one transaction. `isNew` is true again when the very same step is repeated, whose answer may have been lost.
   */
  async grantOnce(id: SubscriptionId, grant: Grant, now: Instant): Promise<Granted> {
    return this.#em.transactional(async (em) => {
      const row = await locked(em, id);
      const granted = await giveOnce(em, this.#versions, { row, grant, now });
      if (granted !== undefined) return granted;
      const given = await em.findOneOrFail(GrantRow, { cause: grant.cause });
      return alreadyDone(row, { days: given.days, isNew: isStep(grant.step)(given), now });
    });
  }

  /**
   * Takes time until as much of it is taken as goes with a charge's return, or gives again what was taken of it
   * in vain. It comes to the same whoever tells of the return, in whatever order and however often.
   */
  async returnTime(id: SubscriptionId, wish: Return, now: Instant): Promise<Granted> {
    const { paymentId, reference, step } = wish;
    return this.#em.transactional(async (em) => {
      const row = await locked(em, id);
      const prefix = `refund/${paymentId}/${reference}/`;
      const refunds = await em.find(GrantRow, { subscriptionId: id, kind: "refund" });
      const before = refunds.filter(({ cause }) => cause.startsWith(prefix));
      const repeated = before.find(isStep(step));
      if (repeated) return alreadyDone(row, { days: repeated.days, isNew: true, now });
      const taken = before.reduce(
        (sum, row) => takenAfter(sum, row.days, spanOf(row)),
        nothingTaken,
      );
      const wantedDays = wish.daysInAll ?? (await bookedDays(em, wish));
      const days = taken.days - wantedDays;
      const isThere = wish.daysInAll === undefined ? days < leastDays : days > -leastDays;
      if (isThere) return alreadyDone(row, { days: 0, isNew: false, now });
      const cause = `${prefix}${before.length + 1}`;
      const grant = { cause, kind: "refund", days, moves: movedDays(taken, days), step } as const;
      const granted = await giveOnce(em, this.#versions, { row, grant, now });
      if (granted === undefined)
        throw new Error(`${cause} is in the books and was not found there`);
      return granted;
    });
  }

  async setState(id: SubscriptionId, state: SubscriptionState): Promise<void> {
    await this.#em.fork().nativeUpdate(SubscriptionRow, { id }, { state });
  }

  /** Whether the traffic that was bought is used up. */
  async isUsedUp(id: SubscriptionId): Promise<boolean> {
    const em = this.#em.fork();
    const row = await em.findOneOrFail(SubscriptionRow, { id });
    if (!row.trafficLimitBytes) return false;
    return isUsedUp(allowanceOf(row), await movedBytes(em, id));
  }

  /** Whose traffic is used up while a host of theirs lets them in. */
  async usedUpOn(hostId: HostId): Promise<SubscriptionId[]> {
    const rows: { id: string }[] = await this.#em.fork().execute(
      `select s.id from subscriptions s
        where s.traffic_limit_bytes is not null and s.state in ('active', 'grace')
          and exists (select from devices d where d.subscription_id = s.id and d.host_id = ?)
          and s.traffic_base_bytes + s.traffic_limit_bytes <=
              (select coalesce(sum(c.uploaded + c.downloaded), 0)
                 from traffic_counters c join devices d on d.id = c.device_id
                where d.subscription_id = s.id)`,
      [hostId],
    );
    return rows.map(({ id }) => subscriptionId(id));
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

type Return = TimeReturn & { readonly step: string };

/** A tenth of a millisecond: sums of fractions of days are not exact. */
const leastDays = 1e-9;

const spanOf = ({ grantedFrom, grantedUntil }: GrantRow): Span => ({
  from: instant(grantedFrom),
  until: instant(grantedUntil),
});

const isStep = (step: string | undefined) => (given: GrantRow) =>
  step !== undefined && given.step === step;

function alreadyDone(
  { paidUntil, plan }: Standing,
  { days, isNew, now }: { readonly days: number; readonly isNew: boolean; readonly now: Instant },
): Granted {
  return { until: paidUntil ? instant(paidUntil) : now, plan, days, isNew };
}

/** The days that go with what the books have as returned of a charge. */
async function bookedDays(
  em: EntityManager,
  { paymentId, reference }: Pick<TimeReturn, "paymentId" | "reference">,
): Promise<number> {
  const payment = await em.findOneOrFail(PaymentRow, { id: paymentId });
  const charge = await em.findOneOrFail(ChargeRow, { paymentId, reference });
  const customer = await em.findOneOrFail(CustomerRow, { id: payment.customerId });
  return daysReturned(orderOf(payment, customer), asCharge(charge));
}
