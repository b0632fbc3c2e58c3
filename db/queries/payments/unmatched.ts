import { sql } from "kysely";
import { type Money, money } from "../../../domain/money.ts";
import { type GatewayName, gatewayName, type PaymentId } from "../../../domain/payments/payment.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, type Queries, queriesOf } from "../../orm.ts";
import { type CustomerName, nameOf } from "../people/customers.ts";
import { isFrom } from "./transfers.ts";

/** An unmatched payment that waits for an admin's decision. */
export interface UnmatchedCharge {
  /** A short name, where the gateway's reference would be too long. */
  readonly key: string;
  readonly gateway: GatewayName;
  readonly reference: string;
  readonly paymentId: PaymentId;
  /** How much of it is still with us. */
  readonly amount: Money;
  readonly at: Instant;
  /** False: its gateway cannot refund it. */
  readonly mayReturn: boolean;
  /** Who paid, where the gateway said so: their name where they are known, else their number. */
  readonly payer: string | undefined;
  /** The wallet that it came from. */
  readonly sender: string | undefined;
  /** What its sender wrote: a stranger's text. */
  readonly comment: string | undefined;
}

/** A charge's name, short enough for a button: references of gateways may be long. */
const key = sql<string>`md5(u.gateway || '/' || u.reference)`;

/** Where an unmatched payment came from. */
export interface UnmatchedOrigin {
  readonly key: string;
  readonly sender: string | undefined;
  readonly comment: string | undefined;
}

/** Where the unmatched charge of this reference came from; undefined: there is none. */
export async function findOrigin(
  db: Queries,
  gateway: string,
  reference: string,
): Promise<UnmatchedOrigin | undefined> {
  const row = await db
    .selectFrom("unmatched as u")
    .select(["u.sender", "u.comment", key.as("key")])
    .where("u.gateway", "=", gateway)
    .where("u.reference", "=", reference)
    .executeTakeFirst();
  return row && { ...row, sender: row.sender ?? undefined, comment: row.comment ?? undefined };
}

const selectOpen = (db: Queries) =>
  db
    .selectFrom("unmatched as u")
    .leftJoin("gateways as g", "g.name", "u.gateway")
    .select(key.as("key"))
    .select(["u.gateway", "u.reference", "u.paymentId", "u.minor", "u.returnedMinor"])
    .leftJoin("customers as w", "w.telegramId", "u.payer")
    .select(["u.currency", "u.at", "g.active", "g.refunds"])
    .select(["u.payer", "w.firstName", "w.lastName", "u.sender", "u.comment"])
    .where("u.state", "=", "open")
    .orderBy("u.at");

type Row = Awaited<ReturnType<ReturnType<typeof selectOpen>["execute"]>>[number];

/** Unmatched payments, for admins. */
export class UnmatchedQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Open ones, the longest waiting first. */
  async listOpen(limit = 10): Promise<UnmatchedCharge[]> {
    const rows = await selectOpen(queriesOf(this.#em)).limit(limit).execute();
    return rows.map(chargeOf);
  }

  /** Undefined: it is decided already or never existed. */
  async find(wanted: string): Promise<UnmatchedCharge | undefined> {
    const row = await selectOpen(queriesOf(this.#em)).where(key, "=", wanted).executeTakeFirst();
    return row && chargeOf(row);
  }

  /** Open ones by their gateway's reference, the sender's wallet or a part of the comment. */
  async search(text: string, limit = 10): Promise<UnmatchedCharge[]> {
    const rows = await selectOpen(queriesOf(this.#em))
      .where((row) => row.or([row("u.reference", "=", text), isFrom("u", text)]))
      .limit(limit)
      .execute();
    return rows.map(chargeOf);
  }

  /** Who got payments from this wallet, or with this in the comment; the newest first. */
  async listReceivers(text: string, limit = 10): Promise<CustomerName[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("unmatched as u")
      .innerJoin("customers as c", "c.id", "u.customerId")
      .select(["c.telegramId", "c.firstName", "c.lastName"])
      .where(isFrom("u", text))
      .orderBy("u.at", "desc")
      .limit(limit)
      .execute();
    return rows.map(nameOf);
  }
}

const chargeOf = (row: Row): UnmatchedCharge => ({
  key: row.key,
  gateway: gatewayName(row.gateway),
  reference: row.reference,
  paymentId: row.paymentId as PaymentId,
  amount: money(row.minor - row.returnedMinor, row.currency),
  at: instant(row.at),
  mayReturn: row.active === true && row.refunds !== "none",
  payer: payerOf(row),
  sender: row.sender ?? undefined,
  comment: row.comment ?? undefined,
});

function payerOf({ payer, firstName, lastName }: Row): string | undefined {
  if (payer === null) return undefined;
  return firstName === null
    ? String(payer)
    : nameOf({ telegramId: payer, firstName, lastName }).name;
}
