import { unattendedAfterMs } from "../../domain/operations/reconciliation.ts";
import { balanceGateway, type GatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { addMs, type Instant } from "../../domain/time.ts";
import { type EntityManager, type Queries, queriesOf } from "../orm.ts";
import { sql } from "../prepared.ts";

const pageRows = 200;

/**
 * Lists what is under way by the books although its workflow may be gone: somebody ended it, or
 * Temporal was restored to an older point. Each list is read page by page (`after` is the last id),
 * so that any number is read.
 */
export class UnattendedWork {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  get #db(): Queries {
    return queriesOf(this.#em.fork());
  }

  /** Open orders that should have been closed by now. */
  listLapsed(gateway: GatewayName, now: Instant, after = ""): Promise<PaymentId[]> {
    return this.#listOpenSince(gateway, "lapsesAt", now, after);
  }

  /** All open orders except the youngest. */
  listOpen(gateway: GatewayName, now: Instant, after = ""): Promise<PaymentId[]> {
    return this.#listOpenSince(gateway, "openedAt", now, after);
  }

  async #listOpenSince(
    gateway: GatewayName,
    since: "lapsesAt" | "openedAt",
    now: Instant,
    after: string,
  ): Promise<PaymentId[]> {
    let query = this.#db
      .selectFrom("payments")
      .select("id")
      .where("state", "=", "open")
      .where(since, "<", new Date(addMs(now, -unattendedAfterMs)))
      .where(isReconciledBy(gateway));
    if (after !== "") query = query.where("id", ">", after);
    const rows = await query.orderBy("id").limit(pageRows).execute();
    return rows.map(({ id }) => id as PaymentId);
  }

  /** Refunds that wait for an approval or for the gateway. */
  async listRefunds(gateway: GatewayName, now: Instant, after = ""): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("refunds")
      .select("requestId")
      .where(isReconciledBy(gateway))
      .where("state", "in", ["asked", "approved"])
      .where("askedAt", "<", new Date(addMs(now, -unattendedAfterMs)))
      .where("requestId", ">", after)
      .orderBy("requestId")
      .limit(pageRows)
      .execute();
    return rows.map(({ requestId }) => requestId);
  }

  /** Requests to refund unmatched payments that are under way. */
  async listUnmatched(gateway: GatewayName, after = ""): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("unmatched")
      .select("requestId")
      .where(isReconciledBy(gateway))
      .where("state", "=", "refunding")
      .where("requestId", ">", after)
      .orderBy("requestId")
      .limit(pageRows)
      .execute();
    return rows.flatMap(({ requestId }) => requestId ?? []);
  }
}

/**
 * This gateway's, and those of gateways without a reconciler: the balance, and gateways that are no
 * longer configured. SQL, because it serves queries of several tables.
 */
const isReconciledBy = (gateway: GatewayName) =>
  sql<boolean>`(gateway in (${gateway}, ${balanceGateway})
    or gateway not in (select name from gateways where active))`;
