import type { EntityManager } from "@mikro-orm/postgresql";
import type { Currency } from "../domain/money.ts";
import { GatewayRow } from "./plan.ts";

export interface OfferedGateway {
  readonly name: string;
  readonly currencies: readonly Currency[];
  readonly refunds: "none" | "whole" | "partial";
  readonly delivery: "pushes" | "pulls";
  readonly invoiceTtlMs: number;
}

/** Which gateways are configured: the worker knows by its keys, everybody else by this table. */
export class Gateways {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  async publish(offered: readonly OfferedGateway[]): Promise<void> {
    await this.#em.fork().transactional(async (em) => {
      const names = offered.map(({ name }) => name);
      await em.nativeUpdate(GatewayRow, { name: { $nin: names } }, { active: false });
      for (const { name, currencies, refunds, delivery, invoiceTtlMs } of offered) {
        const facts = { name, refunds, delivery, invoiceTtlMs, active: true };
        await em.upsert(GatewayRow, { ...facts, currencies: [...currencies] });
      }
    });
  }
}
