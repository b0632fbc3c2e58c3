import type { AdminNotice } from "../../domain/messaging/admin-notice.ts";
import type { BookedCharge } from "../../domain/operations/reconciliation.ts";
import type { GatewayName, PaymentId, PaymentState } from "../../domain/payments/payment.ts";
import { transactionStart } from "../expressions.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { anyId, anyOf, sql } from "../prepared.ts";
import { insertRows } from "../rows.ts";

const paymentIdOf = (id: string | null): PaymentId | undefined =>
  id === null ? undefined : (id as PaymentId);

/** How far an account's statement has been read. */
export interface Place {
  /** Nothing of it has been read yet. */
  readonly isNew: boolean;
  readonly cursor: string;
  /** The first reading reached the end, and admins were notified of how much was skipped. */
  readonly isReadOnce: boolean;
}

/** An event that reconciliation found and nobody had reported. */
export interface Finding {
  readonly paymentId: PaymentId;
  /** The kind of the report that was found, or `dust`. */
  readonly kind: string;
  readonly reference: string;
}

/** What identifies an order, and its state. */
export interface StoredPayment {
  readonly id: PaymentId;
  readonly memo: string;
  readonly state: PaymentState;
}

/** How far each account's statement has been read, and what the books say about its lines. */
export class Statements {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  get #db(): Queries {
    return queriesOf(this.#em.fork());
  }

  /** How far an account has been read. */
  async findPlace(account: string): Promise<Place> {
    const row = await this.#db
      .selectFrom("statement_cursors")
      .select(["cursor", "skippedReportedAt"])
      .where("account", "=", account)
      .executeTakeFirst();
    if (row === undefined) return { isNew: true, cursor: "", isReadOnce: false };
    return { isNew: false, cursor: row.cursor, isReadOnce: row.skippedReportedAt !== null };
  }

  /** Advances to `cursor`, past `skipped` lines that are not ours. */
  async moveTo(account: string, cursor: string, skipped: number): Promise<void> {
    await this.#db
      .insertInto("statement_cursors")
      .values({ account, cursor, skipped, readAt: transactionStart })
      .onConflict((row) =>
        row.column("account").doUpdateSet((of) => ({
          cursor: of.ref("excluded.cursor"),
          readAt: of.ref("excluded.readAt"),
          skipped: of("statement_cursors.skipped", "+", of.ref("excluded.skipped")),
        })),
      )
      .execute();
  }

  /**
   * Records that the first reading reached the end,
   * and notifies admins once of how much was skipped.
   */
  async endFirstReading(account: string, gateway: GatewayName): Promise<void> {
    await inTransaction(this.#em, async (db) => {
      const row = await db
        .updateTable("statement_cursors")
        .set({ skippedReportedAt: transactionStart })
        .where("account", "=", account)
        .where("skippedReportedAt", "is", null)
        .returning("skipped")
        .executeTakeFirst();
      const count = row?.skipped ?? 0;
      if (count === 0) return;
      await notifyAdmins(db, `skipped/${account}`, { kind: "linesSkipped", gateway, count });
    });
  }

  /** The booked charges with these references, of a payment or unmatched. */
  async findCharges(gateway: GatewayName, references: readonly string[]): Promise<BookedCharge[]> {
    if (references.length === 0) return [];
    const charges = this.#db
      .selectFrom("charges")
      .select((of) => ["reference", of.ref("paymentId").$castTo<string | null>().as("paymentId")])
      .select("returnedMinor")
      .select((of) => of("paidMinor", "is not", null).$castTo<boolean>().as("paid"))
      .where("gateway", "=", gateway as string)
      .where("reference", "=", anyOf(references));
    const unmatched = this.#db
      .selectFrom("unmatched")
      // Both parts of a union need a column of the same type.
      .select(["reference", sql<string | null>`null::uuid`.as("paymentId"), "returnedMinor"])
      .select((of) => of("minor", ">", 0).$castTo<boolean>().as("paid"))
      .where("gateway", "=", gateway as string)
      .where("reference", "=", anyOf(references));
    const rows = await charges.unionAll(unmatched).execute();
    return rows.map((row) => ({ ...row, paymentId: paymentIdOf(row.paymentId) }));
  }

  /** The orders among these, by their ids or their memos. */
  async findPayments(
    ids: readonly PaymentId[],
    memos: readonly string[],
  ): Promise<StoredPayment[]> {
    if (ids.length === 0 && memos.length === 0) return [];
    const payments = this.#db.selectFrom("payments").select(["id", "memo", "state"]);
    const rows = await payments
      .where("id", "=", anyId(ids))
      .union(payments.where("memo", "=", anyOf(memos)))
      .execute();
    return rows.map(({ id, ...row }) => ({ ...row, id: id as PaymentId }));
  }

  /** Those of these event keys that are decided already. */
  async findDecided(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db
      .selectFrom("decisions")
      .select("key")
      .where("key", "=", anyOf(keys))
      .execute();
    return new Set(rows.map(({ key }) => key));
  }

  /** Whether an order of this gateway is open. */
  async hasOpen(gateway: GatewayName): Promise<boolean> {
    const row = await this.#db
      .selectFrom("payments")
      .select("id")
      .where("gateway", "=", gateway)
      .where("state", "=", "open")
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Records findings, each once.
   * @returns how many of them are new.
   */
  async recordFindings(gateway: GatewayName, findings: readonly Finding[]): Promise<number> {
    if (findings.length === 0) return 0;
    const rows = findings.map((finding) => ({ ...finding, gateway: gateway as string }));
    const { numInsertedOrUpdatedRows = 0n } = await insertRows(this.#db, "findings", rows)
      .onConflict((row) => row.doNothing())
      .executeTakeFirstOrThrow();
    return Number(numInsertedOrUpdatedRows);
  }

  /** Notifies every admin, once per key. */
  async notifyAdmins(key: string, notice: AdminNotice): Promise<void> {
    await notifyAdmins(this.#db, key, notice);
  }
}
