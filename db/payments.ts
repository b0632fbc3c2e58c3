import { randomBytes } from "node:crypto";
import {
  type EntityManager,
  LockMode,
  UniqueConstraintViolationException,
} from "@mikro-orm/postgresql";
import type { Addressee } from "../domain/customer.ts";
import { customerId, subscriptionId, telegramId } from "../domain/ids.ts";
import { money } from "../domain/money.ts";
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
import { type PlanCode, priceIn } from "../domain/plan.ts";
import { addMs, type Instant, instant } from "../domain/time.ts";
import { CustomerRow } from "./customer.ts";
import { asAddressee } from "./customers.ts";
import { PaymentRow } from "./payment.ts";
import { GatewayRow, PlanRow } from "./plan.ts";
import { asPlan } from "./plans.ts";
import { SubscriptionRow } from "./subscription.ts";

export type Opened =
  | { readonly kind: "opened"; readonly known: KnownOrder }
  | { readonly kind: "notOpened"; readonly why: NotOpened; readonly instead?: PaymentId };

/** What is bought from the balance is settled at once; nobody waits for it. */
const balanceTtlMs = 60_000;

export class Payments {
  readonly #em: EntityManager;

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
    const customer = await em.findOne(CustomerRow, { telegramId: purchase.telegramId });
    if (customer === null) return refused("notCustomer");
    const waiting = await openLike(em, customer, purchase);
    if (waiting !== undefined) return { ...refused("alreadyOpen"), instead: waiting };
    try {
      return await open(em, { id, purchase, customer, now });
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      // By another one that came first, or by this very order, which is over already.
      const instead = await openLike(em.fork(), customer, purchase);
      if (instead !== undefined) return { ...refused("alreadyOpen"), instead };
      const known = await this.find(id);
      if (known === undefined) throw error;
      return { kind: "opened", known };
    }
  }

  async find(id: PaymentId): Promise<KnownOrder | undefined> {
    return (await this.findWithOwner(id))?.known;
  }

  /** The same, and whom it is shown to. */
  async findWithOwner(
    id: PaymentId,
  ): Promise<{ readonly known: KnownOrder; readonly owner: Addressee } | undefined> {
    const em = this.#em.fork();
    const row = await em.findOne(PaymentRow, { id });
    if (row === null) return undefined;
    const owner = await em.findOneOrFail(CustomerRow, { id: row.customerId });
    return {
      known: known(row, owner),
      owner: asAddressee(telegramId(owner.telegramId), owner),
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

/** The customer's open order of the same plan, gateway and currency. */
async function openLike(
  em: EntityManager,
  { id: customerId }: CustomerRow,
  { plan, gateway, currency }: Purchase,
): Promise<PaymentId | undefined> {
  const wanted = { customerId, plan, gateway, currency, state: "open" } as const;
  const row = await em.findOne(PaymentRow, wanted);
  return row ? (row.id as PaymentId) : undefined;
}

interface Opening {
  readonly id: PaymentId;
  readonly purchase: Purchase;
  readonly customer: CustomerRow;
  readonly now: Instant;
}

const refused = (why: NotOpened) => ({ kind: "notOpened", why }) as const;

async function open(em: EntityManager, { id, purchase, customer, now }: Opening): Promise<Opened> {
  const subscription = await em.findOne(SubscriptionRow, { customerId: customer.id });
  if (customer.status !== "active" || !subscription || subscription.state === "revoked") {
    return refused("notCustomer");
  }
  const newest = { orderBy: { version: "desc" } } as const;
  const plan = await em.findOne(PlanRow, { code: purchase.plan }, newest);
  if (plan === null || plan.retired || plan.trial) return refused("notForSale");
  if (plan.hidden && subscription.plan !== plan.code) return refused("notForSale");
  if (plan.version !== purchase.planVersion) return refused("priceChanged");
  const price = priceIn(asPlan(plan), purchase.currency);
  if (price === undefined) return refused("notForSale");
  const ttlMs = await invoiceTtlMs(em, purchase);
  if (ttlMs === undefined) return refused("gatewayOff");
  const row = em.create(PaymentRow, {
    id,
    customerId: customer.id,
    subscriptionId: subscription.id,
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
  return { kind: "opened", known: known(row, customer) };
}

async function invoiceTtlMs(em: EntityManager, { gateway, currency }: Purchase) {
  if (gateway === balanceGateway) return balanceTtlMs;
  const row = await em.findOne(GatewayRow, { name: gateway, active: true });
  return row?.currencies.includes(currency) ? row.invoiceTtlMs : undefined;
}

/** Without letters that are read for one another; 60 bits that nobody guesses. */
const memoAlphabet = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

const newMemo = (): string =>
  [...randomBytes(12)].map((byte) => memoAlphabet[byte % memoAlphabet.length]).join("");

function known(row: PaymentRow, owner: CustomerRow): KnownOrder {
  return {
    order: orderOf(row, owner),
    state: row.state,
    invoice: row.invoice ?? undefined,
    messageId: row.messageId ?? undefined,
  };
}

export function orderOf(row: PaymentRow, owner: CustomerRow): PaymentOrder {
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
