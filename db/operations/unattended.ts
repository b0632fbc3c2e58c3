import { balanceGateway, type GatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { addMs, type Instant, minuteMs } from "../../domain/time.ts";
import { type EntityManager, type Queries, queriesOf } from "../orm.ts";
import { sql } from "../prepared.ts";

/** Whatever is younger has a workflow that is just about it. */
const graceMs = 2 * minuteMs;

const pageRows = 200;

/**
 * What the books say is under way, whose workflow may be gone: ended by somebody, or Temporal is back at an older
 * point. Each is given page by page, so that any number of them is read.
 */
export class Unattended {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  get #db(): Queries {
    return queriesOf(this.#em.fork());
  }

  /** Open orders that should have been closed by now. */
  lapsed(gateway: GatewayName, now: Instant, after = ""): Promise<PaymentId[]> {
    return this.#open(gateway, "lapsesAt", now, after);
  }

  /** All open orders but the youngest. */
  open(gateway: GatewayName, now: Instant, after = ""): Promise<PaymentId[]> {
    return this.#open(gateway, "openedAt", now, after);
  }

  async #open(
    gateway: GatewayName,
    since: "lapsesAt" | "openedAt",
    now: Instant,
    after: string,
  ): Promise<PaymentId[]> {
    let query = this.#db
      .selectFrom("payments")
      .select("id")
      .where("state", "=", "open")
      .where(since, "<", new Date(addMs(now, -graceMs)))
      .where(isLookedAfterBy(gateway));
    if (after !== "") query = query.where("id", ">", after);
    const rows = await query.orderBy("id").limit(pageRows).execute();
    return rows.map(({ id }) => id as PaymentId);
  }

  /** Refunds that wait for an approval or for the gateway. */
  async refunds(gateway: GatewayName, now: Instant, after = ""): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("refunds")
      .select("requestId")
      .where(isLookedAfterBy(gateway))
      .where("state", "in", ["asked", "approved"])
      .where("askedAt", "<", new Date(addMs(now, -graceMs)))
      .where("requestId", ">", after)
      .orderBy("requestId")
      .limit(pageRows)
      .execute();
    return rows.map(({ requestId }) => requestId);
  }

  /** Requests to send unmatched money back that are under way. */
  async listUnmatched(gateway: GatewayName, after = ""): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("unmatched")
      .select("requestId")
      .where(isLookedAfterBy(gateway))
      .where("state", "=", "refunding")
      .where("requestId", ">", after)
      .orderBy("requestId")
      .limit(pageRows)
      .execute();
    return rows.flatMap(({ requestId }) => requestId ?? []);
  }
}

/** Of this gateway, and of those that have no reconciler: the balance, and what is not configured any more. */
const isLookedAfterBy = (gateway: GatewayName) =>
  sql<boolean>`(gateway in (${gateway}, ${balanceGateway})
    or gateway not in (select name from gateways where active))`;
