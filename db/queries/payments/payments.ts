import { sql } from "kysely";
import { telegramId, type TelegramId } from "../../../domain/ids.ts";
import { type Money, money } from "../../../domain/money.ts";
import {
  balanceGateway,
  type Extra,
  type GatewayName,
  gatewayName,
  type PaymentId,
  type PaymentState,
} from "../../../domain/payments/payment.ts";
import { type Payable } from "../../../domain/payments/checkout.ts";
import type { PlanTerms } from "../../../domain/payments/plan.ts";
import { closingActs } from "../../../domain/people/admin-act.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, type Queries, queriesOf } from "../../orm.ts";
import { extraOf, itemColumns, planTermsOf } from "../../payments/orders.ts";
import { anyNumber } from "../../prepared.ts";
import { type CustomerName, nameOf } from "../people/customers.ts";
import { numberAmongSeveral } from "./subscription-number.ts";
import { isFrom } from "./transfers.ts";

/** What a payment is for: a plan, or something else. */
export type PaymentItem =
  | { readonly terms: PlanTerms; readonly names: Readonly<Record<Language, string>> }
  | { readonly terms?: undefined; readonly extra: Extra };

/** One of the acts that close open orders. */
export type ClosingAct = (typeof closingActs)[number];

/** A payment as one line of a list. */
export interface PaymentSummary {
  readonly id: PaymentId;
  readonly customer: CustomerName;
  /** What was bought: a plan with its names, or something else. */
  readonly item: PaymentItem;
  /** The number of its subscription, where its customer has others. */
  readonly subscription: number | undefined;
  readonly price: Money;
  readonly gateway: GatewayName;
  readonly state: PaymentState;
  readonly openedAt: Instant;
  readonly lapsesAt: Instant;
  readonly closedAt: Instant | undefined;
  /** The admin's act that has closed it while nobody had paid; undefined: no such act. */
  readonly closedBy: ClosingAct | undefined;
  readonly memo: string;
  readonly invoiceReference: string | undefined;
  /** Its gateway cannot return money: an admin sends it by hand. */
  readonly isRefundedByHand: boolean;
  /** Its gateway can return a part of it. */
  readonly isRefundedInParts: boolean;
}

const selectPayments = (db: Queries) =>
  db
    .selectFrom("payments as p")
    .innerJoin("customers as c", "c.id", "p.customerId")
    .leftJoin("plans as n", (join) =>
      join.onRef("n.code", "=", "p.plan").onRef("n.version", "=", "p.planVersion"),
    )
    .leftJoin("gateways as g", "g.name", "p.gateway")
    .select([...itemColumns, "n.names", "c.telegramId", "c.firstName", "c.lastName"])
    .select(["p.priceMinor", "p.currency", "p.gateway", "p.state", "p.openedAt", "p.lapsesAt"])
    .select(["p.closedAt", "p.memo", "p.invoiceReference", "g.refunds"])
    .select(numberAmongSeveral.as("subscription"))
    .select((of) =>
      of
        .selectFrom("audit_log as l")
        .select("l.act")
        .whereRef("l.customerId", "=", "p.customerId")
        .whereRef("l.at", "=", "p.closedAt")
        .where("l.act", "in", [...closingActs])
        .where("p.state", "=", "cancelled")
        .limit(1)
        .as("closedBy"),
    )
    .orderBy("p.openedAt", "desc");

type Row = Awaited<ReturnType<ReturnType<typeof selectPayments>["execute"]>>[number];

/** Payments, for display. */
export class PaymentQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** These people's payments, the newest first. */
  async list(people: readonly TelegramId[], limit = 10): Promise<PaymentSummary[]> {
    if (people.length === 0) return [];
    const rows = await selectPayments(queriesOf(this.#em))
      .where("c.telegramId", "=", anyNumber(people))
      .limit(limit)
      .execute();
    return rows.map(summaryOf);
  }

  /** How many of a person's orders wait for a payment. */
  async countOpen(of: TelegramId): Promise<number> {
    const { count } = await queriesOf(this.#em)
      .selectFrom("payments as p")
      .innerJoin("customers as c", "c.id", "p.customerId")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where("c.telegramId", "=", of as number)
      .where("p.state", "=", "open")
      .executeTakeFirstOrThrow();
    return count;
  }

  /** A payment by its id. */
  async find(id: PaymentId): Promise<PaymentSummary | undefined> {
    const row = await selectPayments(queriesOf(this.#em))
      .where("p.id", "=", id as string)
      .executeTakeFirst();
    return row && summaryOf(row);
  }

  /** The facts that decide whether it may be paid now. */
  async findPayable(id: PaymentId): Promise<Payable | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("payments as p")
      .innerJoin("customers as c", "c.id", "p.customerId")
      .select(["c.telegramId", "p.priceMinor", "p.currency", "p.state", "p.recurs"])
      .where("p.id", "=", id as string)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const price = money(row.priceMinor, row.currency);
    const { state, recurs } = row;
    return { telegramId: telegramId(row.telegramId), price, state, recurs: recurs ?? undefined };
  }

  /**
   * Payments by id or its first eight characters, by memo,
   * or by the reference of invoice or charge.
   */
  async search(text: string, limit = 10): Promise<PaymentSummary[]> {
    const db = queriesOf(this.#em);
    const rows = await selectPayments(db)
      .where("p.id", "in", matchingIds(db, text))
      .limit(limit)
      .execute();
    return rows.map(summaryOf);
  }

  /** Payments that were paid from this wallet, or with a comment that holds the text. */
  async searchTransfers(text: string, limit = 10): Promise<PaymentSummary[]> {
    const db = queriesOf(this.#em);
    const paid = db.selectFrom("charges").select("paymentId").where(isFrom("charges", text));
    const rows = await selectPayments(db).where("p.id", "in", paid).limit(limit).execute();
    return rows.map(summaryOf);
  }

  /** Whether this refund request is recorded. */
  async isRefundKnown(requestId: string): Promise<boolean> {
    const row = await queriesOf(this.#em)
      .selectFrom("refunds")
      .select("requestId")
      .where("requestId", "=", requestId)
      .executeTakeFirst();
    return row !== undefined;
  }
}

/**
 * Each part is one lookup in one index. References are unique only within a gateway, so the query
 * tries each gateway that ever existed.
 */
function matchingIds(db: Queries, text: string) {
  const [first, last] = idsFrom(text);
  // The builder has no select without a table, which the balance's name is.
  const names = sql<string>`(select name from gateways union select ${balanceGateway})`;
  return db
    .selectFrom("payments")
    .select("id")
    .where((row) => row.between("id", first, last))
    .union(db.selectFrom("payments").select("id").where("memo", "=", text))
    .union(
      db
        .selectFrom("payments")
        .select("id")
        .where("gateway", "in", names)
        .where("invoiceReference", "=", text),
    )
    .union(
      db
        .selectFrom("charges")
        .select("paymentId as id")
        .where("gateway", "in", names)
        .where("reference", "=", text),
    );
}

const nilId = "00000000-0000-0000-0000-000000000000";

/**
 * The first and the last id with this beginning; a text that cannot begin an id matches nothing.
 */
function idsFrom(text: string): [string, string] {
  const id = text.toLowerCase();
  if (/^[0-9a-f]{8}$/u.test(id)) {
    return [`${id}${nilId.slice(8)}`, `${id}${nilId.slice(8).replaceAll("0", "f")}`];
  }
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(id) ? [id, id] : [nilId, nilId];
}

function itemOf(row: Row): PaymentItem {
  const terms = planTermsOf(row);
  if (terms !== undefined && row.names !== null) return { terms, names: row.names };
  const extra = extraOf(row);
  if (extra === undefined) throw new Error(`payment ${row.id} is for nothing`);
  return { extra };
}

const summaryOf = (row: Row): PaymentSummary => ({
  id: row.id as PaymentId,
  customer: nameOf(row),
  item: itemOf(row),
  subscription: row.extra === "topUp" ? undefined : (row.subscription ?? undefined),
  price: money(row.priceMinor, row.currency),
  gateway: gatewayName(row.gateway),
  state: row.state,
  openedAt: instant(row.openedAt),
  lapsesAt: instant(row.lapsesAt),
  closedAt: row.closedAt === null ? undefined : instant(row.closedAt),
  closedBy: closingActs.find((act) => act === row.closedBy),
  memo: row.memo,
  invoiceReference: row.invoiceReference ?? undefined,
  isRefundedByHand: row.refunds === "none",
  isRefundedInParts: row.refunds === "partial",
});
