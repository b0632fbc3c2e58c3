import { type Currency, type Money, money } from "../../../domain/money.ts";
import type { Effect } from "../../../domain/payments/effect.ts";
import {
  type GatewayEvent,
  type GatewayReport,
  grantCause,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
import type { RefundState } from "../../../domain/payments/refund.ts";
import { dayMs, type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, type Queries, queriesOf } from "../../orm.ts";
import { type CustomerName, nameOf } from "../people/customers.ts";

/** A charge as the books have it, for an admin to read. */
export interface ChargeDetails {
  readonly reference: string;
  /** Undefined while only its return was reported. */
  readonly paid: Money | undefined;
  readonly returned: Money;
  readonly fee: Money | undefined;
  readonly use: "grant" | "credit" | "none";
  readonly paidAt: Instant | undefined;
  /** The wallet that it came from. */
  readonly sender: string | undefined;
  /** What its sender wrote: a stranger's text. */
  readonly comment: string | undefined;
}

/** A refund of a payment, from its request to its end. */
export interface RefundDetails {
  readonly requestId: string;
  readonly reference: string;
  readonly amount: Money;
  readonly state: RefundState;
  readonly why: string | undefined;
  readonly reason: string;
  /** The admin who asked; undefined: Tollgate itself, for a payment that came twice. */
  readonly by: CustomerName | undefined;
  readonly askedAt: Instant;
  readonly closedAt: Instant | undefined;
}

/** What a gateway reported; `body` and `headers` are verbatim. */
export interface EventDetails {
  readonly at: Instant;
  readonly source: GatewayEvent["source"];
  readonly report: GatewayReport;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What followed from one event, and when it was decided. */
export interface DecisionDetails {
  readonly at: Instant;
  readonly effects: readonly Effect[];
}

/** An entry of the payment's time lot: how much access it gave, or took for returned money. */
export interface LotDetails {
  readonly at: Instant;
  /** Negative: time was taken. */
  readonly days: number;
  readonly until: Instant;
}

/** One fact in the ledger: its entries sum to zero. */
export interface FactDetails {
  readonly at: Instant;
  readonly fact: string;
  readonly entries: readonly { readonly account: string; readonly amount: Money }[];
}

/** Everything booked about one payment, oldest first. */
export interface PaymentTimeline {
  readonly charges: readonly ChargeDetails[];
  readonly refunds: readonly RefundDetails[];
  readonly events: readonly EventDetails[];
  readonly decisions: readonly DecisionDetails[];
  readonly lots: readonly LotDetails[];
  readonly ledger: readonly FactDetails[];
}

/** The history of a payment, for admins. */
export class PaymentTimelines {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Empty lists for a payment that does not exist. */
  async read(id: PaymentId): Promise<PaymentTimeline> {
    const db = queriesOf(this.#em);
    const [charges, refunds, events, decisions, lots, ledger] = await Promise.all([
      listCharges(db, id),
      listRefunds(db, id),
      listEvents(db, id),
      listDecisions(db, id),
      listLots(db, id),
      listFacts(db, id),
    ]);
    return { charges, refunds, events, decisions, lots, ledger };
  }
}

async function listCharges(db: Queries, id: PaymentId): Promise<ChargeDetails[]> {
  const rows = await db
    .selectFrom("charges")
    .select(["reference", "paidMinor", "returnedMinor", "feeMinor", "currency", "use", "paidAt"])
    .select(["sender", "comment"])
    .where("paymentId", "=", id as string)
    .orderBy("recordedAt")
    .execute();
  return rows.map(({ paidMinor, returnedMinor, feeMinor, currency, paidAt, ...row }) => ({
    reference: row.reference,
    paid: moneyOr(paidMinor, currency),
    returned: money(returnedMinor, currency),
    fee: moneyOr(feeMinor, currency),
    use: row.use,
    paidAt: instantOr(paidAt),
    sender: row.sender ?? undefined,
    comment: row.comment ?? undefined,
  }));
}

async function listRefunds(db: Queries, id: PaymentId): Promise<RefundDetails[]> {
  const rows = await db
    .selectFrom("refunds as r")
    .leftJoin("customers as a", "a.telegramId", "r.requestedBy")
    .select(["r.requestId", "r.reference", "r.minor", "r.currency", "r.state", "r.why", "r.reason"])
    .select(["r.requestedBy", "r.askedAt", "r.closedAt", "a.firstName", "a.lastName"])
    .where("r.paymentId", "=", id as string)
    .orderBy("r.askedAt")
    .execute();
  return rows.map(({ requestId, reference, minor, currency, state, reason, ...row }) => ({
    requestId,
    reference,
    state,
    reason,
    amount: money(minor, currency),
    why: row.why ?? undefined,
    by: adminOf(row),
    askedAt: instant(row.askedAt),
    closedAt: instantOr(row.closedAt),
  }));
}

/** An admin by name; by number where nobody is known under it. */
function adminOf({
  requestedBy,
  firstName,
  lastName,
}: {
  readonly requestedBy: number | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
}): CustomerName | undefined {
  if (requestedBy === null) return undefined;
  return nameOf({
    telegramId: requestedBy,
    firstName: firstName ?? String(requestedBy),
    lastName,
  });
}

async function listEvents(db: Queries, id: PaymentId): Promise<EventDetails[]> {
  const rows = await db
    .selectFrom("gateway_events")
    .select(["receivedAt", "source", "report", "headers", "body"])
    .where("paymentId", "=", id as string)
    .orderBy("receivedAt")
    .orderBy("id")
    .execute();
  return rows.map(({ receivedAt, ...event }) => ({ at: instant(receivedAt), ...event }));
}

async function listDecisions(db: Queries, id: PaymentId): Promise<DecisionDetails[]> {
  const rows = await db
    .selectFrom("decisions")
    .select(["at", "effects"])
    .where("paymentId", "=", id as string)
    .orderBy("at")
    .execute();
  return rows.map(({ at, effects }) => ({ at: instant(at), effects }));
}

/**
 * An entry's effect is the difference to the entry before it,
 * so all entries of the subscription are read.
 */
async function listLots(db: Queries, id: PaymentId): Promise<LotDetails[]> {
  const rows = await db
    .selectFrom("payments as p")
    .innerJoin("time_lots as t", "t.subscriptionId", "p.subscriptionId")
    .select(["t.kind", "t.lot", "t.ms", "t.at", "t.paidUntil"])
    .where("p.id", "=", id as string)
    .orderBy("t.seq")
    .execute();
  return rows.flatMap(({ kind, lot, ms, at, paidUntil }, place) => {
    if (lot !== grantCause(id)) return [];
    const before = rows[place - 1]?.paidUntil;
    const changedMs = leftMs(paidUntil, at) - (before === undefined ? 0 : leftMs(before, at));
    const days = (kind === "refund" ? changedMs : ms) / dayMs;
    return [{ at: instant(at), days, until: instant(paidUntil) }];
  });
}

const leftMs = (until: Date, at: Date): number => Math.max(0, until.getTime() - at.getTime());

async function listFacts(db: Queries, id: PaymentId): Promise<FactDetails[]> {
  const rows = await db
    .selectFrom("ledger_entries")
    .select(["fact", "account", "minor", "currency", "recordedAt"])
    .where("paymentId", "=", id as string)
    .orderBy("recordedAt")
    .orderBy("fact")
    .orderBy("account")
    .execute();
  return [...Map.groupBy(rows, ({ fact }) => fact)].flatMap(([fact, entries]) => {
    const [first] = entries;
    if (first === undefined) return [];
    const amounts = entries.map(({ account, minor, currency }) => {
      return { account, amount: money(minor, currency) };
    });
    return [{ at: instant(first.recordedAt), fact, entries: amounts }];
  });
}

const moneyOr = (minor: number | null, currency: Currency): Money | undefined =>
  minor === null ? undefined : money(minor, currency);

const instantOr = (moment: Date | null): Instant | undefined =>
  moment === null ? undefined : instant(moment);
