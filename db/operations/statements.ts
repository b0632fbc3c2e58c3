import type { AdminNotice } from "../../domain/messaging/notice.ts";
import type { BookedCharge } from "../../domain/operations/reconciliation.ts";
import type { GatewayName, PaymentId, PaymentState } from "../../domain/payments/payment.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { sql, textsIn } from "../prepared.ts";

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
    await sql`
      insert into statement_cursors (account, cursor, skipped, read_at)
      values (${account}, ${cursor}, ${skipped}, now())
      on conflict (account) do update
        set cursor = excluded.cursor, read_at = excluded.read_at,
            skipped = statement_cursors.skipped + excluded.skipped
    `.execute(this.#db);
  }

  /**
   * Records that the first reading reached the end, and notifies admins once of
   * how much was skipped.
   */
  async endFirstReading(account: string, gateway: GatewayName): Promise<void> {
    await inTransaction(this.#em, async (db) => {
      const { rows } = await sql<{ skipped: number }>`
        update statement_cursors set skipped_reported_at = now()
         where account = ${account} and skipped_reported_at is null returning skipped
      `.execute(db);
      const count = rows[0]?.skipped ?? 0;
      if (count === 0) return;
      await notifyAdmins(db, `skipped/${account}`, { kind: "linesSkipped", gateway, count });
    });
  }

  /** The booked charges with these references, of a payment or unmatched. */
  async findCharges(gateway: GatewayName, references: readonly string[]): Promise<BookedCharge[]> {
    if (references.length === 0) return [];
    const { rows } = await sql<BookedCharge>`
      select reference, payment_id as "paymentId", paid_minor is not null as paid,
          returned_minor::float8 as "returnedMinor"
        from charges where gateway = ${gateway} and reference = any(${textsIn(references)})
      union all
      select reference, null::uuid, minor > 0, returned_minor::float8
        from unmatched where gateway = ${gateway} and reference = any(${textsIn(references)})
    `.execute(this.#db);
    return rows;
  }

  /** The orders among these, by their ids or their memos. */
  async findPayments(
    ids: readonly PaymentId[],
    memos: readonly string[],
  ): Promise<StoredPayment[]> {
    if (ids.length === 0 && memos.length === 0) return [];
    const { rows } = await sql<StoredPayment>`
      select id, memo, state from payments where id = any(${textsIn(ids)}::uuid[])
      union
      select id, memo, state from payments where memo = any(${textsIn(memos)})
    `.execute(this.#db);
    return rows;
  }

  /** Those of these event keys that are decided already. */
  async findDecided(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ key: string }>`
      select key from decisions where key = any(${textsIn(keys)})`.execute(this.#db);
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
    const { numAffectedRows = 0n } = await sql`
      insert into findings (payment_id, kind, reference, gateway)
      select f."paymentId", f.kind, f.reference, ${gateway}
        from jsonb_to_recordset(${JSON.stringify(findings)}::jsonb)
          as f ("paymentId" uuid, kind text, reference text)
      on conflict do nothing
    `.execute(this.#db);
    return Number(numAffectedRows);
  }

  /** Notifies every admin, once per key. */
  async notifyAdmins(key: string, notice: AdminNotice): Promise<void> {
    await notifyAdmins(this.#db, key, notice);
  }
}
