import type { EntityManager } from "@mikro-orm/postgresql";
import { displayName, type Language } from "../../domain/customer.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import { type Currency, type Money, money } from "../../domain/money.ts";
import type { GatewayName, PaymentId, PaymentState } from "../../domain/payment.ts";
import type { PlanCode, PlanTerms } from "../../domain/plan.ts";
import { type Instant, instant } from "../../domain/time.ts";

/** Doors name the payment of nobody as reconciliation does, so that both tell the same one. */
export { paymentOfNobody } from "../statements.ts";

/** A payment as a line of a list tells it. */
export interface PaymentSeen {
  readonly id: PaymentId;
  readonly customer: { readonly telegramId: TelegramId; readonly name: string };
  readonly terms: PlanTerms;
  readonly planNames: Readonly<Record<Language, string>>;
  readonly price: Money;
  readonly gateway: GatewayName;
  readonly state: PaymentState;
  readonly openedAt: Instant;
  readonly lapsesAt: Instant;
  readonly closedAt: Instant | undefined;
  readonly memo: string;
  readonly invoiceReference: string | undefined;
}

interface Row {
  readonly id: string;
  readonly telegram_id: string;
  readonly first_name: string;
  readonly last_name: string | null;
  readonly plan: string;
  readonly plan_version: number;
  readonly days: number;
  readonly device_limit: number;
  readonly names: Readonly<Record<Language, string>>;
  readonly price_minor: string;
  readonly currency: Currency;
  readonly gateway: string;
  readonly state: PaymentState;
  readonly opened_at: string;
  readonly lapses_at: string;
  readonly closed_at: string | null;
  readonly memo: string;
  readonly invoice_reference: string | null;
}

const seen = `
  select p.id, c.telegram_id, c.first_name, c.last_name, p.plan, p.plan_version, p.days,
         p.device_limit, n.names, p.price_minor, p.currency, p.gateway, p.state, p.opened_at,
         p.lapses_at, p.closed_at, p.memo, p.invoice_reference
    from payments p join customers c on c.id = p.customer_id
    join plans n on n.code = p.plan and n.version = p.plan_version`;

/**
 * Each way to name a payment is one look into one index: references are unique at a gateway alone, so
 * each gateway that there ever was is asked for.
 */
const matching = `
  with known as (select name from gateways union select 'balance'),
  found as (
    select id from payments where id between ?::uuid and ?::uuid
    union select id from payments where memo = ?
    union select p.id from known g join payments p
            on p.gateway = g.name and p.invoice_reference = ?
    union select h.payment_id from known g join charges h
            on h.gateway = g.name and h.reference = ?)
  ${seen} join found f on f.id = p.id order by p.opened_at desc limit ?`;

/** Payments, for those who look at them. */
export class PaymentsSeen {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** What these people were asked to pay, the newest first. */
  async of(people: readonly TelegramId[], limit = 10): Promise<PaymentSeen[]> {
    if (people.length === 0) return [];
    const marks = people.map(() => "?").join();
    return this.#rows(
      `${seen} where c.telegram_id in (${marks}) order by p.opened_at desc limit ?`,
      [...people, limit],
    );
  }

  async find(id: PaymentId): Promise<PaymentSeen | undefined> {
    const [row] = await this.#rows(`${seen} where p.id = ?`, [id]);
    return row;
  }

  /** By its id or the first eight characters of it, its memo, its invoice's or its charge's reference. */
  async matching(text: string, limit = 10): Promise<PaymentSeen[]> {
    const [first, last] = idsFrom(text);
    return this.#rows(matching, [first, last, text, text, text, limit]);
  }

  /** Whether this wish for a refund has been written down. */
  async isRefundKnown(requestId: string): Promise<boolean> {
    const rows: unknown[] = await this.#em
      .fork()
      .execute("select 1 from refunds where request_id = ?", [requestId]);
    return rows.length > 0;
  }

  async #rows(query: string, given: readonly (string | number)[]): Promise<PaymentSeen[]> {
    const rows: Row[] = await this.#em.fork().execute(query, [...given]);
    return rows.map(asSeen);
  }
}

const nobody = "00000000-0000-0000-0000-000000000000";

/** The first and the last id that begin so; what is no beginning of an id finds nothing. */
function idsFrom(text: string): [string, string] {
  const id = text.toLowerCase();
  if (/^[0-9a-f]{8}$/u.test(id)) {
    return [`${id}${nobody.slice(8)}`, `${id}${nobody.slice(8).replaceAll("0", "f")}`];
  }
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(id) ? [id, id] : [nobody, nobody];
}

function asSeen(row: Row): PaymentSeen {
  return {
    id: row.id as PaymentId,
    customer: {
      telegramId: telegramId(Number(row.telegram_id)),
      name: displayName({ firstName: row.first_name, lastName: row.last_name ?? undefined }),
    },
    terms: {
      code: row.plan as PlanCode,
      version: row.plan_version,
      days: row.days,
      deviceLimit: row.device_limit,
    },
    planNames: row.names,
    price: money(Number(row.price_minor), row.currency),
    gateway: row.gateway as GatewayName,
    state: row.state,
    openedAt: instant(row.opened_at),
    lapsesAt: instant(row.lapses_at),
    closedAt: row.closed_at ? instant(row.closed_at) : undefined,
    memo: row.memo,
    invoiceReference: row.invoice_reference ?? undefined,
  };
}
