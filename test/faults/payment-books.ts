import type { EntityManager } from "../../db/orm.ts";
import type { GrantKind } from "../../domain/grant.ts";
import type { Currency } from "../../domain/money.ts";
import type { PaymentOrder, PaymentState } from "../../domain/payment.ts";
import { letsIn, type SubscriptionState } from "../../domain/subscription.ts";
import { type Instant, instant } from "../../domain/time.ts";

export interface BookedCharge {
  readonly reference: string;
  readonly paidMinor: number | undefined;
  readonly currency: Currency;
  readonly returnedMinor: number;
  readonly use: "grant" | "credit" | "none";
}

interface BookedGrant {
  readonly cause: string;
  readonly kind: GrantKind;
  readonly days: number;
  readonly grantedAt: Instant;
  readonly grantedUntil: Instant;
}

/** All that the books say of one payment, and of its customer, who has no other. */
export interface PaymentBooks {
  readonly paymentState: PaymentState;
  readonly charges: readonly BookedCharge[];
  /** What each account comes to; fees are a part of what the gateway had. */
  readonly ledger: Readonly<Record<string, number>>;
  readonly grants: readonly BookedGrant[];
  readonly paidUntil: Instant | undefined;
  readonly state: SubscriptionState;
  readonly refundsUnderWay: number;
  readonly unmatched: number;
}

type Row = Record<string, string>;

/** Reads as the owner: what the product's own readers would leave out is seen too. */
export async function booksOf(em: EntityManager, order: PaymentOrder): Promise<PaymentBooks> {
  const rows = (query: string, values: unknown[]) => em.fork().execute<Row[]>(query, values);
  const [charges, [standing], grants] = await Promise.all([
    chargesOf(em, order),
    rows(
      `select p.state as payment, s.state, s.paid_until,
              (select count(*) from refunds r
                where r.payment_id = p.id and r.state in ('asked', 'approved')) as refunds,
              (select count(*) from unmatched u where u.payment_id = p.id) as unmatched
         from payments p join subscriptions s on s.id = p.subscription_id where p.id = ?`,
      [order.id],
    ),
    rows(
      `select cause, kind, days, granted_at, granted_until from grants
        where subscription_id = ? order by seq`,
      [order.subscriptionId],
    ),
  ]);
  return {
    paymentState: standing?.["payment"] as PaymentState,
    charges,
    ledger: await ledgerOf(em, order),
    grants: grants.map((row) => ({
      cause: row["cause"] ?? "",
      kind: row["kind"] as GrantKind,
      days: Number(row["days"]),
      grantedAt: instant(row["granted_at"] ?? ""),
      grantedUntil: instant(row["granted_until"] ?? ""),
    })),
    paidUntil: standing?.["paid_until"] ? instant(standing["paid_until"]) : undefined,
    state: standing?.["state"] as SubscriptionState,
    refundsUnderWay: Number(standing?.["refunds"]),
    unmatched: Number(standing?.["unmatched"]),
  };
}

export async function chargesOf(
  em: EntityManager,
  { id }: Pick<PaymentOrder, "id">,
): Promise<BookedCharge[]> {
  const rows = await em
    .fork()
    .execute<Row[]>("select * from charges where payment_id = ? order by recorded_at", [id]);
  return rows.map((row) => ({
    reference: row["reference"] ?? "",
    paidMinor: row["paid_minor"] === null ? undefined : Number(row["paid_minor"]),
    currency: row["currency"] as Currency,
    returnedMinor: Number(row["returned_minor"]),
    use: row["use"] as BookedCharge["use"],
  }));
}

async function ledgerOf(em: EntityManager, order: PaymentOrder): Promise<Record<string, number>> {
  const rows = await em.fork().execute<Row[]>(
    `select case when account like 'gateway:%' or account = 'fees' then 'gateway'
                 when account like 'customer:%' then 'customer' else account end as account,
            currency, sum(minor) as minor
       from ledger_entries where payment_id = ? or account = ? group by 1, 2`,
    [order.id, `customer:${order.customerId}`],
  );
  return Object.fromEntries(
    rows.map(({ account, currency, minor }) => [`${account} ${currency}`, Number(minor)]),
  );
}

export interface BookedDevice {
  readonly publicKey: string;
  readonly subscriptionId: string;
  readonly letIn: boolean;
}

/** Every device that was not revoked. */
export async function devicesOf(em: EntityManager): Promise<BookedDevice[]> {
  const rows = await em.fork().execute<Row[]>(
    `select d.public_key, s.id, s.state from devices d join subscriptions s on s.id = d.subscription_id
      where d.revoked_at is null`,
  );
  return rows.map((row) => ({
    publicKey: row["public_key"] ?? "",
    subscriptionId: row["id"] ?? "",
    letIn: letsIn(row["state"] as SubscriptionState),
  }));
}
