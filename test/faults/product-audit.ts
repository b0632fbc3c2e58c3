import { listCalendars } from "../../client/access.ts";
import { DurableClient } from "../../client/durable.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { gatewayName } from "../../domain/payments/payment.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import type { TestNamespace } from "../drivers/namespace.ts";
import { otherHostName, type Processes } from "../drivers/processes.ts";
import type { GatewayDriver } from "./gateway-drivers/gateway-driver.ts";
import type { Panels } from "./panels.ts";
import { findDifferencesOnHost, type Finding } from "./rights.ts";

interface AuditScope {
  readonly temporal: TestNamespace;
  readonly owner: Database;
  readonly gateways: ReadonlyMap<string, GatewayDriver>;
  readonly processes: Processes;
  readonly panels: Panels;
}

/**
 * How long reconcilers and the daily audit, which is started now, may take to make everything equal
 * to the books.
 */
const auditMs = 60_000;

/**
 * What the product's audit finds, and where the books differ from the hosts,
 * the gateways and Temporal.
 */
export async function auditProduct({
  temporal,
  owner,
  processes,
  panels,
  gateways,
}: AuditScope): Promise<Finding[]> {
  await temporal.client.workflow.getHandle(workflowIds.audit).signal("checkNow");
  const found: { differences: Finding[] } = { differences: [] };
  const look = async () => {
    await retryQuarantined({ temporal, owner, gateways });
    found.differences = [
      ...(await findDifferencesOnHost(owner.em, processes.settings)),
      ...(await findDifferencesOnHost(owner.em, processes.otherSettings, otherHostName)),
      ...(await findDifferencesOnPanels(owner, panels)),
      ...(await findWaitingKeys(owner)),
      ...(await listQuarantined(owner)),
      ...(await findMissingCalendars(temporal, owner)),
      ...(await findLostUnmatched(owner, gateways)),
    ];
    if (found.differences.length > 0) throw new Error("there are still differences");
  };
  await eventually(look, auditMs, 500).catch(() => undefined);
  const disagreements = await new AuditQueries(owner.em).findDisagreements();
  return [
    ...disagreements.map(({ kind, about, details }) => ({ about, details: `${kind}: ${details}` })),
    ...found.differences,
  ];
}

async function findDifferencesOnPanels(owner: Database, panels: Panels): Promise<Finding[]> {
  const all = Object.entries(panels.settings).map(([name, settings]) =>
    findDifferencesOnHost(owner.em, settings, name),
  );
  return (await Promise.all(all)).flat();
}

/** Finds keys that are written and not sent yet: a device that has moved has a new one. */
async function findWaitingKeys(owner: Database): Promise<Finding[]> {
  const rows = await queriesOf(owner.em.fork())
    .selectFrom("messages as m")
    .innerJoin("customers as c", "c.telegramId", "m.telegramId")
    .select(["c.id", "m.key"])
    .where("m.key", "like", "key/%")
    .where("m.state", "=", "waiting")
    .execute();
  return rows.map(({ id, key }) => ({ about: id, details: `${key} is not sent` }));
}

/** Makes quarantined rows due now instead of in minutes. */
async function retryQuarantined({
  temporal,
  owner,
  gateways,
}: Omit<AuditScope, "processes" | "panels">): Promise<void> {
  if ((await listQuarantined(owner)).length === 0) return;
  const em = owner.em.fork();
  await em.execute("update quarantine set next_try_at = now() where resolved_at is null");
  await em.execute(
    `update payments p set next_lookup_at = now() from quarantine q
      where q.key = p.gateway || '/lookup/' || p.id and q.resolved_at is null`,
  );
  for (const gateway of gateways.keys()) {
    const reconciler = temporal.client.workflow.getHandle(
      workflowIds.gateway(gatewayName(gateway)),
    );
    await reconciler.signal("checkNow").catch(() => undefined);
  }
}

/** Quarantined rows that are not resolved. */
export async function listQuarantined(owner: Database): Promise<Finding[]> {
  const rows = await queriesOf(owner.em.fork())
    .selectFrom("quarantine")
    .select(["key", "evidence", "reason"])
    .where("resolvedAt", "is", null)
    .execute();
  return rows.map(({ key, evidence, reason }) => {
    return { about: `${key} ${evidence}`, details: `is still quarantined: ${key}: ${reason}` };
  });
}

/**
 * Finds subscriptions whose calendar does not run. A further one has none before it is paid for.
 */
async function findMissingCalendars(
  { client }: TestNamespace,
  owner: Database,
): Promise<Finding[]> {
  const running = await listCalendars(new DurableClient(client));
  const living = await queriesOf(owner.em.fork())
    .selectFrom("subscriptions as s")
    .select("s.id")
    .where("s.revokedAt", "is", null)
    .where((of) =>
      of.or([
        of("s.number", "is not", null),
        of.not(
          of.exists(
            of
              .selectFrom("subscriptions as o")
              .select("o.id")
              .whereRef("o.customerId", "=", "s.customerId")
              .whereRef("o.id", "<>", "s.id"),
          ),
        ),
      ]),
    )
    .execute();
  const known = new Set<string>(running.keys());
  return living
    .filter(({ id }) => !known.has(id))
    .map(({ id }) => ({ about: id, details: "its calendar does not run" }));
}

/** Finds charges without an order that the books do not have as unmatched. */
async function findLostUnmatched(
  owner: Database,
  gateways: AuditScope["gateways"],
): Promise<Finding[]> {
  const rows = await queriesOf(owner.em.fork())
    .selectFrom("unmatched")
    .select(["gateway", "reference", "minor"])
    .execute();
  const kept = new Set(rows.map((row) => `${row.gateway}/${row.reference}/${row.minor}`));
  const lost: Finding[] = [];
  for (const [name, gateway] of gateways) {
    for (const { reference, paid } of await gateway.unmatched()) {
      const about = `${name}/${reference}`;
      if (kept.has(`${about}/${paid.minor}`)) continue;
      lost.push({ about, details: "was paid without an order, and the books do not have it" });
    }
  }
  return lost;
}

/** How many devices have been on each host, as text. */
export async function describeDevices({ em }: Database): Promise<string> {
  const rows = await queriesOf(em.fork())
    .selectFrom("accesses as a")
    .innerJoin("hosts as h", "h.id", "a.hostId")
    .select(["h.name", (of) => of.fn.countAll<number>().as("count")])
    .groupBy("h.name")
    .orderBy("h.name")
    .execute();
  return rows.map(({ name, count }) => `${name} ${count}`).join(", ");
}
