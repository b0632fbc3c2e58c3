import { setTimeout as delay } from "node:timers/promises";
import { Gauge, type Registry } from "prom-client";
import type { EntityManager } from "../db/orm.ts";
import { reseal, type ResealingReport } from "../db/resealing.ts";
import { sealedColumns } from "../db/sealed-columns.ts";
import type { Vault } from "../db/vault.ts";
import type { Logger } from "../runtime/log.ts";

export interface ResealingWorld {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly registry: Registry;
  readonly log: Logger;
}

/**
 * Seals in the background what is not under the first of ENCRYPTION_KEYS yet. The gauge and the last line of
 * the log say how many rows are left: with none, the older keys may leave ENCRYPTION_KEYS.
 * @returns what ends it, and waits until it has.
 */
export function startResealing(world: ResealingWorld): () => Promise<void> {
  const ending = new AbortController();
  const running = untilDone(world, ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

async function untilDone(world: ResealingWorld, signal: AbortSignal): Promise<void> {
  const { em, vault, log } = world;
  const report = reportTo(world);
  for (let pauseMs = 1_000; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 60_000)) {
    try {
      const left = await reseal(em, vault, sealedColumns, report, { signal });
      if (signal.aborted) return;
      const all = "all stored secrets are under the first of ENCRYPTION_KEYS";
      const some = "stored secrets are left under older ENCRYPTION_KEYS: keep those keys";
      return log.info({ left }, left === 0 ? all : some);
    } catch (error) {
      log.warn({ reason: String(error) }, "stored secrets could not be sealed anew; trying again");
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function reportTo({ registry, log }: ResealingWorld): ResealingReport {
  const gauge = new Gauge({
    name: "tollgate_sealed_rows_left",
    help: "Rows that are not under the first of ENCRYPTION_KEYS yet",
    labelNames: ["table", "column"],
    registers: [registry],
  });
  return {
    progress: ({ column: { table, sealed: column }, left }) => gauge.set({ table, column }, left),
    unreadable: (purpose, reason) =>
      log.error({ purpose, reason }, "a stored secret cannot be opened and stays as it is"),
  };
}
