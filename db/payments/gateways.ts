import type { Currency } from "../../domain/money.ts";
import { type EntityManager, inTransaction } from "../orm.ts";

/** A gateway that the worker has keys for, as bot and books see it. */
export interface OfferedGateway {
  readonly name: string;
  readonly currencies: readonly Currency[];
  readonly icon: string;
  readonly refunds: "none" | "whole" | "partial";
  readonly notifies: boolean;
  readonly invoiceTtlMs: number;
  readonly recurring?: "stars" | "card";
}

/**
 * The table of configured gateways: the worker knows them by their keys,
 * every other process reads them here.
 */
export class Gateways {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Stores the offered gateways and marks all others inactive. */
  async publish(offered: readonly OfferedGateway[]): Promise<void> {
    await inTransaction(this.#em, async (db) => {
      await db.updateTable("gateways").set({ active: false }).where("active", "=", true).execute();
      const rows = offered.map(({ name, currencies: all, recurring = null, ...of }) => {
        const { refunds, notifies, invoiceTtlMs, icon } = of;
        const currencies = [...all];
        const facts = { refunds, notifies, invoiceTtlMs, icon };
        return { name, currencies, ...facts, recurring, active: true };
      });
      if (rows.length === 0) return;
      await db
        .insertInto("gateways")
        .values(rows)
        .onConflict((row) =>
          row.column("name").doUpdateSet((given) => ({
            currencies: given.ref("excluded.currencies"),
            icon: given.ref("excluded.icon"),
            refunds: given.ref("excluded.refunds"),
            notifies: given.ref("excluded.notifies"),
            invoiceTtlMs: given.ref("excluded.invoiceTtlMs"),
            recurring: given.ref("excluded.recurring"),
            active: given.ref("excluded.active"),
          })),
        )
        .execute();
    });
  }
}
