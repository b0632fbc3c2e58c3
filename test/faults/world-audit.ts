import { listCalendars } from "../../client/access.ts";
import { DurableClient } from "../../client/durable.ts";
import { type Database, queriesOf } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import type { GatewayName } from "../../domain/payments/payment.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { eventually } from "../drivers/eventually.ts";
import type { TestNamespace } from "../drivers/namespace.ts";
import { otherHostName, type Processes } from "../drivers/processes.ts";
import type { FaultWorld } from "./payment-world.ts";
import { differencesOnHost, type Finding } from "./rights.ts";

interface Audited extends Pick<FaultWorld, "temporal" | "owner" | "edges"> {
  readonly plant: Processes;
}

/** How long reconcilers and the daily audit, which is asked for now, may take to make all equal to the books. */
const auditMs = 60_000;

/** What the product finds of itself, and where it differs from the hosts, the gateways and Temporal. */
export async function auditWorld({ temporal, owner, plant, edges }: Audited): Promise<Finding[]> {
  await temporal.client.workflow.getHandle(workflowIds.audit).signal("checkNow");
  const found: { differences: Finding[] } = { differences: [] };
  const look = async () => {
    await tryAgain({ temporal, owner, edges });
    found.differences = [
      ...(await differencesOnHost(owner.em, plant.settings)),
      ...(await differencesOnHost(owner.em, plant.otherSettings, otherHostName)),
      ...(await leftAside(owner)),
      ...(await withoutCalendar(temporal, owner)),
      ...(await strangersLost(owner, edges)),
    ];
    if (found.differences.length > 0) throw new Error("not all is equal yet");
  };
  await eventually(look, auditMs, 500).catch(() => undefined);
  const disagreements = await new AuditQueries(owner.em).disagreements();
  return [
    ...disagreements.map(({ kind, about, details }) => ({ about, details: `${kind}: ${details}` })),
    ...found.differences,
  ];
}

/** What is aside is due now, not after minutes. */
async function tryAgain({ temporal, owner, edges }: Omit<Audited, "plant">): Promise<void> {
  if ((await leftAside(owner)).length === 0) return;
  const em = owner.em.fork();
  await em.execute("update quarantine set next_try_at = now() where resolved_at is null");
  await em.execute(
    `update payments p set next_lookup_at = now() from quarantine q
      where q.key = p.gateway || '/lookup/' || p.id and q.resolved_at is null`,
  );
  for (const gateway of edges.keys()) {
    const reconciler = temporal.client.workflow.getHandle(
      workflowIds.gateway(gateway as GatewayName),
    );
    await reconciler.signal("checkNow").catch(() => undefined);
  }
}

/** What was put aside and not taken up again, though nothing is wrong any more. */
export async function leftAside(owner: Database): Promise<Finding[]> {
  const rows = await queriesOf(owner.em.fork())
    .selectFrom("quarantine")
    .select(["key", "evidence", "reason"])
    .where("resolvedAt", "is", null)
    .execute();
  return rows.map(({ key, evidence, reason }) => {
    return { about: `${key} ${evidence}`, details: `is still aside: ${key}: ${reason}` };
  });
}

/** Subscriptions whose calendar does not run. */
async function withoutCalendar({ client }: TestNamespace, owner: Database): Promise<Finding[]> {
  const running = await listCalendars(new DurableClient(client));
  const living = await queriesOf(owner.em.fork())
    .selectFrom("subscriptions")
    .select("id")
    .where("revokedAt", "is", null)
    .execute();
  const known = new Set<string>(running.keys());
  return living
    .filter(({ id }) => !known.has(id))
    .map(({ id }) => ({ about: id, details: "its calendar does not run" }));
}

/** What was paid for nothing is kept as unmatched. */
async function strangersLost(owner: Database, edges: FaultWorld["edges"]): Promise<Finding[]> {
  const rows = await queriesOf(owner.em.fork())
    .selectFrom("unmatched")
    .select(["gateway", "reference", "minor"])
    .execute();
  const kept = new Set(rows.map((row) => `${row.gateway}/${row.reference}/${row.minor}`));
  const lost: Finding[] = [];
  for (const [name, edge] of edges) {
    for (const { reference, paid } of await edge.strangers()) {
      const about = `${name}/${reference}`;
      if (kept.has(`${about}/${paid.minor}`)) continue;
      lost.push({ about, details: "was paid for nothing, and the books do not have it" });
    }
  }
  return lost;
}
