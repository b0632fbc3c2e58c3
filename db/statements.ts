import type { EntityManager } from "@mikro-orm/postgresql";
import type { GatewayName, PaymentId, PaymentOrder, PaymentState } from "../domain/payment.ts";
import { type KnownCharge, nextLookMs } from "../domain/reconciliation.ts";
import { addMs, type Instant, msBetween } from "../domain/time.ts";
import { CustomerRow } from "./customer.ts";
import { ChargeRow, PaymentRow, UnmatchedRow } from "./payment.ts";
import { orderOf } from "./payments.ts";

export interface ToLookUp {
  readonly order: PaymentOrder;
  readonly invoiceReference: string;
}

/** How far each gateway's statement has been read, and what was found in it. */
export class Statements {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  async cursor(gateway: GatewayName): Promise<string> {
    const rows: { cursor: string }[] = await this.#em
      .fork()
      .execute("select cursor from statement_cursors where gateway = ?", [gateway]);
    return rows[0]?.cursor ?? "";
  }

  async setCursor(gateway: GatewayName, cursor: string): Promise<void> {
    await this.#em.fork().execute(
      `insert into statement_cursors (gateway, cursor, read_at) values (?, ?, now())
       on conflict (gateway) do update set cursor = excluded.cursor, read_at = excluded.read_at`,
      [gateway, cursor],
    );
  }

  /** What the books know of these charges, kept for a customer or for nobody. */
  async known(gateway: GatewayName, references: readonly string[]): Promise<KnownCharge[]> {
    if (references.length === 0) return [];
    const em = this.#em.fork();
    const of = { gateway, reference: { $in: [...references] } };
    const charges = await em.find(ChargeRow, of);
    const unmatched = await em.find(UnmatchedRow, of);
    return [
      ...charges.map(({ reference, paidMinor, returnedMinor }) => {
        return { reference, paid: typeof paidMinor === "number", returnedMinor };
      }),
      ...unmatched.map(({ reference }) => ({ reference, paid: true, returnedMinor: 0 })),
    ];
  }

  async states(ids: readonly PaymentId[]): Promise<Map<string, PaymentState>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#em.fork().find(PaymentRow, { id: { $in: [...ids] } });
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  async hasOpen(gateway: GatewayName): Promise<boolean> {
    return (await this.#em.fork().count(PaymentRow, { gateway, state: "open" })) > 0;
  }

  /** Invoices whose turn it is to be looked at, those that waited longest first. */
  async due(gateway: GatewayName, now: Instant, limit = 100): Promise<ToLookUp[]> {
    const em = this.#em.fork();
    const rows = await em.find(
      PaymentRow,
      { gateway, nextLookupAt: { $lte: new Date(now) }, invoiceReference: { $ne: null } },
      { orderBy: { nextLookupAt: "asc" }, limit },
    );
    const owners = await em.find(CustomerRow, { id: { $in: rows.map((row) => row.customerId) } });
    const byId = new Map(owners.map((owner) => [owner.id, owner]));
    return rows.flatMap((row) => {
      const owner = byId.get(row.customerId);
      if (owner === undefined || !row.invoiceReference) return [];
      return [{ order: orderOf(row, owner), invoiceReference: row.invoiceReference }];
    });
  }

  async lookedAt({ id, openedAt }: PaymentOrder, now: Instant): Promise<void> {
    const nextLookupAt = new Date(addMs(now, nextLookMs(msBetween(openedAt, now))));
    const looked = { lookedUpAt: new Date(now), nextLookupAt };
    await this.#em.fork().nativeUpdate(PaymentRow, { id }, looked);
  }

  /** Writes "found": a message that never arrived. */
  async findOnce(found: {
    readonly gateway: GatewayName;
    readonly paymentId: PaymentId;
    readonly kind: string;
    readonly reference: string;
  }): Promise<void> {
    const { gateway, paymentId, kind, reference } = found;
    await this.#em.fork().execute(
      `insert into findings (payment_id, kind, reference, gateway) values (?, ?, ?, ?)
       on conflict do nothing`,
      [paymentId, kind, reference, gateway],
    );
  }
}
