import type { EntityManager } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import type { Disagreement } from "../../domain/operations/disagreement.ts";

export type Run = (statement: string, values?: readonly unknown[]) => Promise<unknown>;

/** Books one entry: its fact, its account and how many kopecks. */
export const ledgerEntry =
  "insert into ledger_entries (fact, account, currency, minor) values (?, ?, 'RUB', ?)";

class Undone extends Error {}

/** What the audit finds once something is broken, as the owner of all tables; it is whole again afterwards. */
export async function auditBroken(
  owner: EntityManager,
  breakIt: (broken: { readonly run: Run; readonly em: EntityManager }) => Promise<unknown>,
  pageSize?: number,
): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  const broken = owner.fork().transactional(async (em) => {
    // Without the triggers that keep everybody, the owner too, from doing this.
    await em.execute("set local session_replication_role = replica");
    await breakIt({ em, run: (statement, values) => em.execute(statement, values as unknown[]) });
    found.push(...(await new AuditQueries(em, pageSize).disagreements()));
    throw new Undone();
  });
  await broken.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return found;
}
