import type { EntityManager } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import type { Disagreement } from "../../domain/operations/disagreement.ts";

/** Runs a statement as the owner of all tables. */
export type Run = (statement: string, values?: readonly unknown[]) => Promise<unknown>;

/** Adds one ledger entry; values: fact, account, kopecks. */
export const ledgerEntry =
  "insert into ledger_entries (fact, account, currency, minor) values (?, ?, 'RUB', ?)";

class Undone extends Error {}

/**
 * What the audit finds after `breakIt`, which runs as the owner of all tables
 * and is then rolled back.
 */
export async function auditBroken(
  owner: EntityManager,
  breakIt: (broken: { readonly run: Run; readonly em: EntityManager }) => Promise<unknown>,
  pageSize?: number,
): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  const broken = owner.fork().transactional(async (em) => {
    // Turns off the triggers that prevent everybody, even the owner, from doing this.
    await em.execute("set local session_replication_role = replica");
    await breakIt({ em, run: (statement, values) => em.execute(statement, values as unknown[]) });
    found.push(...(await new AuditQueries(em, pageSize).findDisagreements()));
    throw new Undone();
  });
  await broken.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return found;
}

/** Adds a pack of traffic, of one byte, to a payment and a subscription. */
export const insertAddOn = `insert into add_ons
  (payment_id, subscription_id, kind, bytes, price_minor, at) values (?, ?, 'traffic', 1, 100, now())`;
