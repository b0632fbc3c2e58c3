import { Gauge, type Registry } from "prom-client";
import type { EntityManager } from "../db/orm.ts";
import { type BusinessCounts, countBusiness } from "../db/queries/operations/counts.ts";
import { instant } from "../domain/time.ts";
import { processRegistry } from "../runtime/health-server.ts";

const staleAfterMs = 10_000;

/**
 * Metrics of the business, read from the database when they are scraped, at most every ten seconds.
 */
export function businessMetrics(em: EntityManager): Registry {
  const registry = processRegistry("worker");
  let last: { at: number; counts: Promise<BusinessCounts> } | undefined;
  const counts = () => {
    if (last === undefined || Date.now() - last.at > staleAfterMs) {
      last = { at: Date.now(), counts: countBusiness(em, instant(new Date())) };
    }
    return last.counts;
  };
  const gauge = (name: string, help: string, label: string, of: keyof BusinessCounts) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      async collect() {
        const now = await counts().catch(() => undefined);
        this.reset();
        for (const [value, amount] of now?.[of] ?? []) this.set({ [label]: value }, amount);
      },
    });
  gauge("tollgate_subscriptions", "Subscriptions by state", "state", "subscriptions");
  gauge("tollgate_customers", "Customers by status", "status", "customers");
  gauge("tollgate_peers", "Devices that the books let in, by host", "host", "peers");
  gauge("tollgate_payments", "Payments by state", "state", "payments");
  gauge("tollgate_findings", "Messages that never arrived and were found", "gateway", "findings");
  gauge("tollgate_dust", "Unmatched transfers that are too small to be handled", "gateway", "dust");
  gauge("tollgate_unmatched", "Unmatched charges that are undecided", "gateway", "unmatched");
  gauge("tollgate_quarantine", "What was put aside and is not resolved", "gateway", "quarantine");
  return registry;
}

/**
 * Adds a gauge of the disagreements that the last audit found.
 * Call the result with each audit's number.
 */
export function auditGauge(registry: Registry): (disagreements: number) => void {
  const gauge = new Gauge({
    name: "tollgate_disagreements",
    help: "Disagreements that the last audit of the books found",
    registers: [registry],
  });
  return (disagreements) => gauge.set(disagreements);
}
