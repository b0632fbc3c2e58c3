import { randomBytes } from "node:crypto";
import {
  type EntityManager,
  LockMode,
  UniqueConstraintViolationException,
} from "@mikro-orm/postgresql";
import type { Addressee, CustomerStatus, Language } from "../domain/customer.ts";
import { customerId, subscriptionId, telegramId } from "../domain/ids.ts";
import { type Money, money } from "../domain/money.ts";
import {
  balanceGateway,
  type GatewayName,
  type KnownOrder,
  type NotOpened,
  type PaymentId,
  type PaymentOrder,
  type PaymentState,
  type Purchase,
} from "../domain/payment.ts";
import { type Plan, type PlanCode, priceIn } from "../domain/plan.ts";
import type { SubscriptionState } from "../domain/subscription.ts";
import { addMs, type Instant, instant } from "../domain/time.ts";
import type { CustomerRow } from "./customer.ts";
import { asAddressee } from "./customers.ts";
import { PaymentRow } from "./payment.ts";
import { PlanVersions } from "./plan-versions.ts";

export type Opened =
  | { readonly kind: "opened"; readonly known: KnownOrder }
  | { readonly kind: "notOpened"; readonly why: NotOpened; readonly instead?: PaymentId };

/** What is bought from the balance is settled at once; nobody waits for it. */
const balanceTtlMs = 60_000;

export class Payments {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Makes the order of a purchase, once. One order is open per customer, plan, gateway and currency: a second
   * is answered with the first. An order that was made stays made, whatever would speak against it now.
   */
  async openOnce(id: PaymentId, purchase: Purchase, now: Instant): Promise<Opened> {
    const opened = await this.#open(id, purchase, now);
    if (opened.kind === "opened") return opened;
    const before = await this.find(id);
    return before === undefined ? opened : { kind: "opened", known: before };
  }

  async #open(id: PaymentId, purchase: Purchase, now: Instant): Promise<Opened> {
    const em = this.#em.fork();
    const seen = await lookUp(em, purchase);
    if (seen === undefined) return refused("notCustomer");
    const waiting = seen.waiting as PaymentId | null;
    if (waiting !== null) return { ...refused("alreadyOpen"), instead: waiting };
    const offer = await this.#offerOf(em, seen, purchase);
    if ("kind" in offer) return offer;
    try {
      return await insert(em, { id, purchase, seen, offer, now });
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      // By another one that came first, or by this very order, which is over already.
      const instead = (await lookUp(em, purchase))?.waiting as PaymentId | null | undefined;
      if (instead) return { ...refused("alreadyOpen"), instead };
      const known = await this.find(id);
      if (known === undefined) throw error;
      return { kind: "opened", known };
    }
  }

  /** What the customer is offered now, when it is what they have seen. */
  async #offerOf(
    em: EntityManager,
    seen: Seen,
    { plan: code, planVersion, gateway, currency }: Purchase,
  ): Promise<Offer | ReturnType<typeof refused>> {
    const state = seen.subscription_state;
    if (seen.status !== "active" || state === null || state === "revoked") {
      return refused("notCustomer");
    }
    if (seen.newest === null || seen.retired) return refused("notForSale");
    const plan = await this.#versions.find(em, code, seen.newest);
    if (plan === undefined || plan.trial) return refused("notForSale");
    if (plan.hidden && seen.had !== code) return refused("notForSale");
    if (plan.version !== planVersion) return refused("priceChanged");
    const price = priceIn(plan, currency);
    if (price === undefined) return refused("notForSale");
    if (gateway === balanceGateway) return { plan, price, ttlMs: balanceTtlMs };
    if (!seen.currencies?.includes(currency)) return refused("gatewayOff");
    return { plan, price, ttlMs: Number(seen.ttl_ms) };
  }

  async find(id: PaymentId): Promise<KnownOrder | undefined> {
    return (await this.findWithOwner(id))?.known;
  }

  /** The same, and whom it is shown to. */
  async findWithOwner(
    id: PaymentId,
  ): Promise<{ readonly known: KnownOrder; readonly owner: Addressee } | undefined> {
    const em = this.#em.fork();
    const [found]: Owned[] = await em.execute(
      `select p.*, c.telegram_id, c.language, c.status, c.unreachable_since
         from payments p join customers c on c.id = p.customer_id where p.id = ?`,
      [id],
    );
    if (found === undefined) return undefined;
    const { language, status, unreachable_since: unreachableSince } = found;
    const to = telegramId(Number(found.telegram_id));
    return {
      known: known(em.map(PaymentRow, found), { telegramId: to }),
      owner: asAddressee(to, { language, status, unreachableSince }),
    };
  }

  async ofMemo(memo: string): Promise<PaymentId | undefined> {
    const row = await this.#em.fork().findOne(PaymentRow, { memo });
    return row ? (row.id as PaymentId) : undefined;
  }

  /** Notes that the gateway is about to be asked for the invoice. True: nobody ever did before. */
  async askOnce(id: PaymentId): Promise<boolean> {
    const unasked = { id, askedAt: null };
    return (await this.#em.fork().nativeUpdate(PaymentRow, unasked, { askedAt: new Date() })) > 0;
  }

  async setInvoice(id: PaymentId, invoice: Readonly<Record<string, string>>): Promise<void> {
    const invoiceReference = invoice["reference"] ?? null;
    await this.#em.fork().nativeUpdate(PaymentRow, { id }, { invoice, invoiceReference });
  }

  async setMessage(id: PaymentId, messageId: number): Promise<void> {
    await this.#em.fork().nativeUpdate(PaymentRow, { id }, { messageId });
  }

  /** An order that money has settled stays settled, whoever would close it. */
  async closeOnce(id: PaymentId, state: PaymentState, now: Instant): Promise<PaymentState> {
    return this.#em.fork().transactional(async (em) => {
      const row = await em.findOneOrFail(
        PaymentRow,
        { id },
        { lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      if (row.state !== "open") return row.state;
      row.state = state;
      row.closedAt = new Date(now);
      return state;
    });
  }
}

/** A payment's columns, with these of its customer. */
interface Owned {
  readonly telegram_id: string;
  readonly language: Language;
  readonly status: CustomerStatus;
  readonly unreachable_since: string | null;
}

/** What decides over a purchase, as one statement sees it. */
interface Seen {
  readonly customer_id: string;
  readonly status: CustomerStatus;
  readonly subscription_id: string;
  /** Null: there is no subscription. */
  readonly subscription_state: SubscriptionState | null;
  /** The plan of the subscription. */
  readonly had: string | null;
  /** The newest version of the plan that is wanted; null: there is no such plan. */
  readonly newest: number | null;
  readonly retired: boolean;
  /** Null: the gateway's keys are not configured. */
  readonly currencies: readonly string[] | null;
  readonly ttl_ms: string;
  /** The customer's open order of the same plan, gateway and currency. */
  readonly waiting: string | null;
}

async function lookUp(
  em: EntityManager,
  { telegramId: of, plan, gateway, currency }: Purchase,
): Promise<Seen | undefined> {
  const [seen]: Seen[] = await em.execute(
    `select c.id as customer_id, c.status,
            s.id as subscription_id, s.state as subscription_state, s.plan as had,
            p.version as newest, p.retired, g.currencies, g.invoice_ttl_ms as ttl_ms,
            (select o.id from payments o
              where o.customer_id = c.id and o.plan = ? and o.gateway = ? and o.currency = ?
                and o.state = 'open') as waiting
       from customers c
       left join subscriptions s on s.customer_id = c.id
       left join lateral (select version, retired from plans where code = ?
                           order by version desc limit 1) p on true
       left join gateways g on g.name = ? and g.active
      where c.telegram_id = ?`,
    [plan, gateway, currency, plan, gateway, of],
  );
  return seen;
}

interface Offer {
  readonly plan: Plan;
  readonly price: Money;
  /** How long its invoice can be paid. */
  readonly ttlMs: number;
}

interface Opening {
  readonly id: PaymentId;
  readonly purchase: Purchase;
  readonly seen: Seen;
  readonly offer: Offer;
  readonly now: Instant;
}

const refused = (why: NotOpened) => ({ kind: "notOpened", why }) as const;

async function insert(em: EntityManager, opening: Opening): Promise<Opened> {
  const { id, purchase, seen, now } = opening;
  const { plan, price, ttlMs } = opening.offer;
  const row = em.create(PaymentRow, {
    id,
    customerId: seen.customer_id,
    subscriptionId: seen.subscription_id,
    plan: plan.code,
    planVersion: plan.version,
    days: plan.days,
    deviceLimit: plan.deviceLimit,
    priceMinor: price.minor,
    currency: price.currency,
    gateway: purchase.gateway,
    memo: newMemo(),
    state: "open",
    openedAt: new Date(now),
    lapsesAt: new Date(addMs(now, ttlMs)),
    nextLookupAt: new Date(now),
  });
  await em.insert(row);
  return { kind: "opened", known: known(row, purchase) };
}

/** Without letters that are read for one another; 60 bits that nobody guesses. */
const memoAlphabet = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

const newMemo = (): string =>
  [...randomBytes(12)].map((byte) => memoAlphabet[byte % memoAlphabet.length]).join("");

type Owner = Pick<CustomerRow, "telegramId">;

function known(row: PaymentRow, owner: Owner): KnownOrder {
  return {
    order: orderOf(row, owner),
    state: row.state,
    invoice: row.invoice ?? undefined,
    messageId: row.messageId ?? undefined,
  };
}

export function orderOf(row: PaymentRow, owner: Owner): PaymentOrder {
  return {
    id: row.id as PaymentId,
    customerId: customerId(row.customerId),
    telegramId: telegramId(owner.telegramId),
    subscriptionId: subscriptionId(row.subscriptionId),
    gateway: row.gateway as GatewayName,
    terms: {
      code: row.plan as PlanCode,
      version: row.planVersion,
      days: row.days,
      deviceLimit: row.deviceLimit,
    },
    price: money(row.priceMinor, row.currency),
    memo: row.memo,
    openedAt: instant(row.openedAt),
    lapsesAt: instant(row.lapsesAt),
  };
}
