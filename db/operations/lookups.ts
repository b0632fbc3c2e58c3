import type {
  GatewayName,
  PaymentId,
  PaymentOrder,
  PaymentState,
} from "../../domain/payments/payment.ts";
import type { Instant } from "../../domain/time.ts";
import { type EntityManager, queriesOf } from "../orm.ts";
import { orderColumns, orderOf } from "../payments/orders.ts";

/** An invoice that its gateway is to be asked about now. */
export interface DueLookup {
  readonly order: PaymentOrder;
  readonly state: PaymentState;
  readonly invoiceReference: string;
}

/** When each invoice is looked up at a gateway that has no statement. */
export class Lookups {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Invoices that are due, the longest unvisited first. Open ones come before ended ones, but ended
   * ones get at least a fifth of `limit`, so that neither kind starves the other.
   */
  async listDue(gateway: GatewayName, now: Instant, limit: number): Promise<DueLookup[]> {
    const share = Math.ceil(limit / 5);
    const over = await this.#due({ gateway, now, isOpen: false, limit });
    const open = await this.#due({
      gateway,
      now,
      isOpen: true,
      limit: limit - Math.min(share, over.length),
    });
    return [...open, ...over.slice(0, limit - open.length)];
  }

  async #due({ gateway, now, isOpen, limit }: DueQuery): Promise<DueLookup[]> {
    const rows = await queriesOf(this.#em.fork())
      .selectFrom("payments as p")
      .innerJoin("customers as c", "c.id", "p.customerId")
      .select([...orderColumns, "p.state", "p.invoiceReference"])
      .where("p.gateway", "=", gateway)
      .where("p.state", isOpen ? "=" : "<>", "open")
      .where("p.nextLookupAt", "<=", new Date(now))
      .where("p.invoiceReference", "is not", null)
      .orderBy("p.lookedUpAt", (order) => order.asc().nullsFirst())
      .orderBy("p.nextLookupAt")
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      order: orderOf(row),
      state: row.state,
      invoiceReference: row.invoiceReference ?? "",
    }));
  }

  /** Makes a payment due in its gateway's next pass, whatever its age. */
  async bringForward({ id, openedAt }: Pick<PaymentOrder, "id" | "openedAt">): Promise<void> {
    await queriesOf(this.#em.fork())
      .updateTable("payments")
      .set({ nextLookupAt: new Date(openedAt) })
      .where("id", "=", id)
      .execute();
  }

  /** Records a lookup, and when the next one is due. */
  async recordLookup(id: PaymentId, now: Instant, next: Instant): Promise<void> {
    await queriesOf(this.#em.fork())
      .updateTable("payments")
      .set({ lookedUpAt: new Date(now), nextLookupAt: new Date(next) })
      .where("id", "=", id)
      .execute();
  }
}

interface DueQuery {
  readonly gateway: GatewayName;
  readonly now: Instant;
  readonly isOpen: boolean;
  readonly limit: number;
}
