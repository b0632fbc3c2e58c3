import type { EntityManager } from "@mikro-orm/postgresql";
import { type Currency, type Money, money } from "../../domain/money.ts";
import type { GatewayName, PaymentId } from "../../domain/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";

/** Money that nobody was asked for and nobody has decided over. */
export interface UnmatchedSeen {
  /** Names it where its gateway's reference would be too long. */
  readonly key: string;
  readonly gateway: GatewayName;
  readonly reference: string;
  readonly paymentId: PaymentId;
  readonly amount: Money;
  readonly at: Instant;
  /** False: its gateway cannot send it back. */
  readonly mayReturn: boolean;
}

interface Row {
  readonly key: string;
  readonly gateway: string;
  readonly reference: string;
  readonly payment_id: string;
  readonly minor: string;
  readonly currency: Currency;
  readonly at: string;
  readonly may_return: boolean | null;
}

export interface MoneyNumbers {
  /** What came in today from outside, a currency each. */
  readonly paid: readonly Money[];
  readonly unmatched: number;
  readonly found: number;
}

const open = `
  select md5(u.gateway || '/' || u.reference) as key, u.gateway, u.reference, u.payment_id, u.minor, u.currency,
         u.at, g.active and g.refunds <> 'none' as may_return
    from unmatched u left join gateways g on g.name = u.gateway where u.state = 'open'`;

/** What admins have to know of money, and to decide. */
export class MoneyDesk {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The longest waiting first. */
  async unmatched(limit = 10): Promise<UnmatchedSeen[]> {
    return this.#rows(`${open} order by u.at limit ?`, [limit]);
  }

  /** Undefined: it is decided already, or never was. */
  async openUnmatched(key: string): Promise<UnmatchedSeen | undefined> {
    const [row] = await this.#rows(`${open} and md5(u.gateway || '/' || u.reference) = ?`, [key]);
    return row;
  }

  async numbers(now: Instant): Promise<MoneyNumbers> {
    const today = now.slice(0, 10);
    const em = this.#em.fork();
    const paid: { currency: Currency; sum: string }[] = await em.execute(
      `select currency, sum(paid_minor) as sum from charges
        where paid_at >= ?::date and gateway <> 'balance' group by currency order by currency`,
      [today],
    );
    const [counted]: { unmatched: string; found: string }[] = await em.execute(
      `select (select count(*) from unmatched where state = 'open') as unmatched,
              (select count(*) from findings where found_at >= ?::date) as found`,
      [today],
    );
    return {
      paid: paid.map(({ currency, sum }) => money(Number(sum), currency)),
      unmatched: Number(counted?.unmatched ?? 0),
      found: Number(counted?.found ?? 0),
    };
  }

  async #rows(query: string, given: readonly (string | number)[]): Promise<UnmatchedSeen[]> {
    const rows: Row[] = await this.#em.fork().execute(query, [...given]);
    return rows.map((row) => ({
      key: row.key,
      gateway: row.gateway as GatewayName,
      reference: row.reference,
      paymentId: row.payment_id as PaymentId,
      amount: money(Number(row.minor), row.currency),
      at: instant(row.at),
      mayReturn: row.may_return === true,
    }));
  }
}
