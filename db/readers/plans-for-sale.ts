import type { EntityManager } from "@mikro-orm/postgresql";
import { customerAccount, balanceOf } from "../../domain/ledger.ts";
import type { CustomerId } from "../../domain/ids.ts";
import type { Currency, Money } from "../../domain/money.ts";
import type { GatewayName } from "../../domain/payment.ts";
import type { Plan } from "../../domain/plan.ts";
import { GatewayRow } from "../plan.ts";
import { PlanVersions } from "../plan-versions.ts";
import { asPlan, newestPlans } from "../plans.ts";

/** One way to pay: a gateway and the currency it is asked in. */
export interface WayToPay {
  readonly gateway: GatewayName;
  readonly currency: Currency;
}

/** What is offered, and how it can be paid. */
export class PlansForSale {
  readonly #em: EntityManager;
  readonly #versions = new PlanVersions();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** In the owner's order; hidden plans only for those who have one (`has`). */
  async offered(has?: string): Promise<Plan[]> {
    const rows = await newestPlans(this.#em.fork());
    return rows
      .filter(({ retired, trial }) => !retired && !trial)
      .filter(({ hidden, code }) => !hidden || code === has)
      .map(asPlan);
  }

  version(code: string, version: number): Promise<Plan | undefined> {
    return this.#versions.find(this.#em.fork(), code, version);
  }

  async waysToPay(): Promise<WayToPay[]> {
    const rows = await this.#em
      .fork()
      .find(GatewayRow, { active: true }, { orderBy: { name: "asc" } });
    return rows.flatMap(({ name, currencies }) =>
      currencies.map((currency) => ({ gateway: name as GatewayName, currency })),
    );
  }

  /** What the customer has with us, each currency that is not zero. */
  async balances(of: CustomerId): Promise<Money[]> {
    const rows: { currency: Currency; sum: string }[] = await this.#em.fork().execute(
      `select currency, sum(minor) as sum from ledger_entries where account = ?
        group by currency having sum(minor) <> 0 order by currency`,
      [customerAccount(of)],
    );
    return rows.map(({ currency, sum }) => balanceOf(Number(sum), currency));
  }
}
