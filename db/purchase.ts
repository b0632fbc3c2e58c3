import type { EntityManager } from "@mikro-orm/postgresql";
import type { CustomerStatus } from "../domain/customer.ts";
import type { Money } from "../domain/money.ts";
import {
  balanceGateway,
  type NotOpened,
  type PaymentId,
  type Purchase,
} from "../domain/payment.ts";
import { type Plan, priceIn } from "../domain/plan.ts";
import type { SubscriptionState } from "../domain/subscription.ts";
import type { PlanVersions } from "./plan-versions.ts";
import { sql } from "./prepared.ts";

/** What is bought from the balance is settled at once; nobody waits for it. */
const balanceTtlMs = 60_000;

/** What decides over a purchase, as one statement sees it. */
export interface Seen {
  readonly customerId: string;
  readonly status: CustomerStatus;
  readonly subscriptionId: string;
  /** Null: there is no subscription. */
  readonly subscriptionState: SubscriptionState | null;
  /** The plan of the subscription. */
  readonly had: string | null;
  /** The newest version of the plan that is wanted; null: there is no such plan. */
  readonly newest: number | null;
  readonly retired: boolean;
  /** Null: the gateway's keys are not configured. */
  readonly currencies: readonly string[] | null;
  readonly ttlMs: number;
  /** The customer's open order of the same plan, gateway and currency. */
  readonly waiting: PaymentId | null;
}

/** Undefined: nobody of this Telegram id is in the books. */
export async function lookUp(
  em: EntityManager,
  { telegramId: of, plan, gateway, currency }: Purchase,
): Promise<Seen | undefined> {
  const found = await sql<Seen>`
    select c.id as "customerId", c.status,
           s.id as "subscriptionId", s.state as "subscriptionState", s.plan as had,
           p.version as newest, p.retired, g.currencies, g.invoice_ttl_ms::float8 as "ttlMs",
           (select o.id from payments o
             where o.customer_id = c.id and o.plan = ${plan} and o.gateway = ${gateway}
               and o.currency = ${currency} and o.state = 'open') as waiting
      from customers c
      left join subscriptions s on s.customer_id = c.id
      left join lateral (select version, retired from plans where code = ${plan}
                          order by version desc limit 1) p on true
      left join gateways g on g.name = ${gateway} and g.active
     where c.telegram_id = ${of}
  `.execute(em.getKysely());
  return found.rows[0];
}

export interface Offer {
  readonly plan: Plan;
  readonly price: Money;
  /** How long its invoice can be paid. */
  readonly ttlMs: number;
}

/** What the customer is offered, when it is still what they have seen; or why nothing is. */
export async function offerOf(
  em: EntityManager,
  versions: PlanVersions,
  { seen, purchase }: { readonly seen: Seen; readonly purchase: Purchase },
): Promise<Offer | NotOpened> {
  const { plan: code, planVersion, gateway, currency } = purchase;
  const { subscriptionState: state } = seen;
  if (seen.status !== "active" || state === null || state === "revoked") return "notCustomer";
  if (seen.newest === null || seen.retired) return "notForSale";
  const plan = await versions.find(em, code, seen.newest);
  if (plan === undefined || plan.trial) return "notForSale";
  if (plan.hidden && seen.had !== code) return "notForSale";
  if (plan.version !== planVersion) return "priceChanged";
  const price = priceIn(plan, currency);
  if (price === undefined) return "notForSale";
  if (gateway === balanceGateway) return { plan, price, ttlMs: balanceTtlMs };
  if (!seen.currencies?.includes(currency)) return "gatewayOff";
  return { plan, price, ttlMs: seen.ttlMs };
}
