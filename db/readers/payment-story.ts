import type { EntityManager } from "@mikro-orm/postgresql";
import { type Currency, type Money, money } from "../../domain/money.ts";
import type { GatewayReport, PaymentId } from "../../domain/payment.ts";
import type { Consequence } from "../../domain/settlement.ts";
import { type Instant, instant } from "../../domain/time.ts";

export interface ChargeTold {
  readonly reference: string;
  /** Undefined while only its return has been heard of. */
  readonly paid: Money | undefined;
  readonly returned: Money;
  readonly fee: Money | undefined;
  readonly use: "grant" | "credit" | "none";
  readonly paidAt: Instant | undefined;
}

export interface RefundTold {
  readonly requestId: string;
  readonly reference: string;
  readonly amount: Money;
  readonly days: number;
  readonly state: "asked" | "approved" | "rejected" | "returned" | "refused";
  readonly why: string | undefined;
  readonly reason: string;
  /** Undefined: Tollgate itself, for money that came twice. */
  readonly by: number | undefined;
  readonly askedAt: Instant;
  readonly closedAt: Instant | undefined;
}

/** What a gateway said; `body` and `headers` are its own words. */
export interface EventTold {
  readonly at: Instant;
  readonly by: "gateway" | "reconciliation";
  readonly report: GatewayReport;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DecisionTold {
  readonly at: Instant;
  readonly consequences: readonly Consequence[];
}

export interface GrantTold {
  readonly at: Instant;
  readonly days: number;
  readonly until: Instant;
}

/** One fact in the ledger: its entries sum to zero. */
export interface FactTold {
  readonly at: Instant;
  readonly fact: string;
  readonly entries: readonly { readonly account: string; readonly amount: Money }[];
}

/** All that the books have of one payment, oldest first. */
export interface PaymentStory {
  readonly charges: readonly ChargeTold[];
  readonly refunds: readonly RefundTold[];
  readonly events: readonly EventTold[];
  readonly decisions: readonly DecisionTold[];
  readonly grants: readonly GrantTold[];
  readonly ledger: readonly FactTold[];
}

type Rows = readonly Record<string, unknown>[];

/** What became of a payment, for admins. */
export class PaymentStories {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  async of(id: PaymentId): Promise<PaymentStory> {
    const look = (query: string) => this.#em.fork().execute<Rows>(query, [id]);
    const [charges, refunds, events, decisions, grants, entries] = await Promise.all([
      look("select * from charges where payment_id = ? order by recorded_at"),
      look("select * from refunds where payment_id = ? order by asked_at"),
      look("select * from gateway_events where payment_id = ? order by received_at"),
      look("select * from settlements where payment_id = ? order by at"),
      look(grantsQuery),
      look(`select * from ledger_entries where payment_id = ? order by recorded_at, fact, account`),
    ]);
    return {
      charges: charges.map(asCharge),
      refunds: refunds.map(asRefund),
      events: events.map(asEvent),
      decisions: decisions.map((row) => {
        return { at: moment(row["at"]), consequences: row["consequences"] as Consequence[] };
      }),
      grants: grants.map((row) => ({
        at: moment(row["granted_at"]),
        days: Number(row["days"]),
        until: moment(row["granted_until"]),
      })),
      ledger: factsOf(entries),
    };
  }
}

/** Found by the subscription: a cause begins with words, and its collation is the server's. */
const grantsQuery = `
  select g.granted_at, g.days, g.granted_until
    from payments p join grants g on g.subscription_id = p.subscription_id
   where p.id = ? and (g.cause = 'payment/' || p.id
         or starts_with(g.cause, 'refund/' || p.id || '/'))
   order by g.seq`;

const moment = (value: unknown): Instant => instant(value as string);

const momentOr = (value: unknown): Instant | undefined =>
  value === null ? undefined : moment(value);

const amountOf = (minor: unknown, currency: unknown): Money =>
  money(Number(minor), currency as Currency);

const amountOr = (minor: unknown, currency: unknown): Money | undefined =>
  minor === null ? undefined : amountOf(minor, currency);

function asCharge(row: Record<string, unknown>): ChargeTold {
  const { currency } = row;
  return {
    reference: row["reference"] as string,
    paid: amountOr(row["paid_minor"], currency),
    returned: amountOf(row["returned_minor"], currency),
    fee: amountOr(row["fee_minor"], currency),
    use: row["use"] as ChargeTold["use"],
    paidAt: momentOr(row["paid_at"]),
  };
}

function asRefund(row: Record<string, unknown>): RefundTold {
  return {
    requestId: row["request_id"] as string,
    reference: row["reference"] as string,
    amount: amountOf(row["minor"], row["currency"]),
    days: Number(row["days"]),
    state: row["state"] as RefundTold["state"],
    why: (row["why"] as string | null) ?? undefined,
    reason: row["reason"] as string,
    by: row["requested_by"] === null ? undefined : Number(row["requested_by"]),
    askedAt: moment(row["asked_at"]),
    closedAt: momentOr(row["closed_at"]),
  };
}

function asEvent(row: Record<string, unknown>): EventTold {
  return {
    at: moment(row["received_at"]),
    by: row["told_by"] as EventTold["by"],
    report: row["report"] as GatewayReport,
    headers: row["headers"] as Record<string, string>,
    body: row["body"] as string,
  };
}

function factsOf(rows: Rows): FactTold[] {
  const byFact = Map.groupBy(rows, (row) => row["fact"] as string);
  return [...byFact].map(([fact, entries]) => ({
    fact,
    at: moment(entries[0]?.["recorded_at"]),
    entries: entries.map((row) => ({
      account: row["account"] as string,
      amount: amountOf(row["minor"], row["currency"]),
    })),
  }));
}
