import { randomBytes } from "node:crypto";
import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import type { Addressee } from "../domain/customer.ts";
import { customerId, subscriptionId, telegramId } from "../domain/ids.ts";
import { memoOf } from "../domain/memo.ts";
import { money } from "../domain/money.ts";
import type {
  GatewayName,
  KnownOrder,
  NotOpened,
  PaymentId,
  PaymentOrder,
  PaymentState,
  Purchase,
} from "../domain/payment.ts";
import type { PlanCode } from "../domain/plan.ts";
import { addMs, type Instant, instant } from "../domain/time.ts";
import type { CustomerRow } from "./customer.ts";
import { asAddressee, type Reach } from "./customers.ts";
import { insertOnce } from "./insert-once.ts";
import { PaymentRow } from "./payment.ts";
import { PlanVersions } from "./plan-versions.ts";
import { sql } from "./prepared.ts";
import { lookUp, type Offer, offerOf, type Seen } from "./purchase.ts";

export type Opened =
  | { readonly kind: "opened"; readonly known: KnownOrder }
  | { readonly kind: "notOpened"; readonly why: NotOpened; readonly instead?: PaymentId };

const alreadyOpen = { kind: "notOpened", why: "alreadyOpen" } as const;

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
    if (seen === undefined) return { kind: "notOpened", why: "notCustomer" };
    if (seen.waiting !== null) return { ...alreadyOpen, instead: seen.waiting };
    const offer = await offerOf(em, this.#versions, { seen, purchase });
    if (typeof offer === "string") return { kind: "notOpened", why: offer };
    const opened = await insertOrderOnce(em, { id, purchase, seen, offer, now });
    if (opened !== undefined) return { kind: "opened", known: opened };
    // Another one came first, or this very order is over already.
    const instead = (await lookUp(em, purchase))?.waiting;
    if (instead) return { ...alreadyOpen, instead };
    const known = await this.find(id);
    if (known === undefined) throw new Error(`what kept order ${id} from being made is gone`);
    return { kind: "opened", known };
  }

  async find(id: PaymentId): Promise<KnownOrder | undefined> {
    return (await this.findWithOwner(id))?.known;
  }

  /** The same, and whom it is shown to. */
  async findWithOwner(
    id: PaymentId,
  ): Promise<{ readonly known: KnownOrder; readonly owner: Addressee } | undefined> {
    const { rows } = await sql<Owned>`
      select p.id, p.customer_id as "customerId", p.subscription_id as "subscriptionId", p.gateway,
             p.plan, p.plan_version as "planVersion", p.days, p.device_limit as "deviceLimit",
             p.price_minor::float8 as "priceMinor", p.currency, p.memo, p.state,
             p.opened_at as "openedAt", p.lapses_at as "lapsesAt", p.invoice,
             p.message_id::float8 as "messageId", c.telegram_id::float8 as "telegramId", c.language,
             c.status, c.unreachable_since as "unreachableSince"
        from payments p join customers c on c.id = p.customer_id where p.id = ${id}
    `.execute(this.#em.getKysely());
    const [row] = rows;
    return row && { known: known(row, row), owner: asAddressee(telegramId(row.telegramId), row) };
  }

  /** The payment that a transfer names, however its memo was typed. */
  async ofMemo(typed: string): Promise<PaymentId | undefined> {
    const memo = memoOf(typed);
    if (memo === undefined) return undefined;
    const row = await this.#em.fork().findOne(PaymentRow, { memo });
    return row ? (row.id as PaymentId) : undefined;
  }

  /** Notes that the gateway is about to be asked for the invoice. True: nobody ever did before. */
  async askOnce(id: PaymentId): Promise<boolean> {
    const asked = await sql`
      update payments set asked_at = now() where id = ${id} and asked_at is null
    `.execute(this.#em.getKysely());
    return asked.numAffectedRows === 1n;
  }

  async setInvoice(id: PaymentId, invoice: Readonly<Record<string, string>>): Promise<void> {
    const reference = invoice["reference"] ?? null;
    await sql`
      update payments set invoice = ${JSON.stringify(invoice)}, invoice_reference = ${reference}
       where id = ${id}
    `.execute(this.#em.getKysely());
  }

  async setMessage(id: PaymentId, messageId: number): Promise<void> {
    await sql`update payments set message_id = ${messageId} where id = ${id}`.execute(
      this.#em.getKysely(),
    );
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

interface Opening {
  readonly id: PaymentId;
  readonly purchase: Purchase;
  readonly seen: Seen;
  readonly offer: Offer;
  readonly now: Instant;
}

/** Undefined: there is such an order already, or another open one of the same kind. */
async function insertOrderOnce(
  em: EntityManager,
  opening: Opening,
): Promise<KnownOrder | undefined> {
  const { id, purchase, seen, now } = opening;
  const { plan, price, ttlMs } = opening.offer;
  const row = {
    id,
    customerId: seen.customerId,
    subscriptionId: seen.subscriptionId,
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
  } as const;
  if ((await insertOnce(em, PaymentRow, { rows: [row] })) === 0) return undefined;
  return known(row, purchase);
}

/** Without letters that are read for one another; 60 bits that nobody guesses. */
const memoAlphabet = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

const newMemo = (): string =>
  [...randomBytes(12)].map((byte) => memoAlphabet[byte % memoAlphabet.length]).join("");

/** What was ordered; it never changes, but for the state. */
type Ordered = Pick<
  PaymentRow,
  | ("id" | "customerId" | "subscriptionId" | "gateway" | "memo" | "state")
  | ("plan" | "planVersion" | "days" | "deviceLimit" | "priceMinor" | "currency")
> & { readonly openedAt: Date | string; readonly lapsesAt: Date | string };

type Owner = Pick<CustomerRow, "telegramId">;

/** With what was shown of it, and to whom. */
type Owned = Ordered & Shown & Owner & Reach;

type Shown = Partial<Pick<PaymentRow, "invoice" | "messageId">>;

function known(row: Ordered & Shown, owner: Owner): KnownOrder {
  return {
    order: orderOf(row, owner),
    state: row.state,
    invoice: row.invoice ?? undefined,
    messageId: row.messageId ?? undefined,
  };
}

export function orderOf(row: Ordered, owner: Owner): PaymentOrder {
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
