import { Gauge, type Registry } from "prom-client";
import type { EntityManager } from "../db/orm.ts";
import { reseal, type ResealingReport } from "../db/resealing.ts";
import { sealedColumns } from "../db/sealed-columns.ts";
import type { Vault } from "../db/vault.ts";
import { retryWithBackoff } from "../runtime/backoff.ts";
import type { Logger } from "../runtime/log.ts";

/** What resealing works on and reports to. */
export interface ResealingPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly registry: Registry;
  readonly log: Logger;
}

/**
 * Reseals in the background what is not under the first of ENCRYPTION_KEYS yet. The gauge and the
 * last log line say how many rows are left: with none,
 * the older keys may be removed from ENCRYPTION_KEYS.
 * @returns a function that stops it, and resolves when it has stopped.
 */
export function startResealing(ports: ResealingPorts): () => Promise<void> {
  const ending = new AbortController();
  const running = resealUntilDone(ports, ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}

async function resealUntilDone(ports: ResealingPorts, signal: AbortSignal): Promise<void> {
  const { em, vault, log } = ports;
  const report = reportTo(ports);
  const resealAll = () => reseal(em, vault, sealedColumns, report, { signal });
  const onFailure = (error: unknown) =>
    log.warn({ reason: String(error) }, "stored secrets could not be resealed; trying again");
  const pauses = { firstPauseMs: 1_000, longestPauseMs: 60_000 };
  try {
    const left = await retryWithBackoff(resealAll, { ...pauses, signal, onFailure });
    if (signal.aborted) return;
    const all = "all stored secrets are under the first of ENCRYPTION_KEYS";
    const some = "stored secrets are left under older ENCRYPTION_KEYS: keep those keys";
    log.info({ left }, left === 0 ? all : some);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function reportTo({ registry, log }: ResealingPorts): ResealingReport {
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
