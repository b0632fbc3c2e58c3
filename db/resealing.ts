import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "./prepared.ts";
import type { Vault } from "./vault.ts";

/** A column whose values the vault has sealed. */
export interface SealedColumn {
  readonly table: string;
  /** The column that identifies a row, and its type. */
  readonly id: string;
  readonly idType: "uuid" | "text";
  readonly sealed: string;
  /** The purpose for which a row's value is sealed, by the row's id. */
  readonly purpose: (id: string) => string;
}

/** Progress of re-sealing one column. */
export interface ResealingProgress {
  readonly column: SealedColumn;
  /** Rows that are not yet sealed with the first key. */
  readonly left: number;
}

/** Is told how a resealing goes on. */
export interface ResealingReport {
  /** Called for each column at the start, and after each batch of rows. */
  progress(progress: ResealingProgress): void;
  /** One row that cannot be opened and stays as it is; `reason` does not contain its value. */
  unreadable(purpose: string, reason: string): void;
}

/** How many rows are resealed at once, and when to stop. */
export interface ResealingOptions {
  readonly batchRows?: number;
  /** Ends between two batches. */
  readonly signal?: AbortSignal;
}

interface Row {
  readonly id: string;
  readonly sealed: string;
}

/**
 * Seals with the vault's first key what is sealed with another one, batch by batch. It may be
 * repeated, ended at any time and run in several processes at once: a value that somebody else has
 * changed meanwhile is left as it is. A row that cannot be opened is reported,
 * and the others go on.
 * @returns how many rows are left with other keys: those that were reported.
 */
export async function reseal(
  em: EntityManager,
  vault: Vault,
  columns: readonly SealedColumn[],
  report: ResealingReport,
  { batchRows = 200, signal }: ResealingOptions = {},
): Promise<number> {
  let left = 0;
  for (const column of columns) {
    let ofColumn = await countLeft(em, vault, column);
    report.progress({ column, left: ofColumn });
    let after: string | undefined;
    for (;;) {
      const rows = signal?.aborted
        ? []
        : await selectNextRows(em, { vault, column, after, batchRows });
      const last = rows.at(-1);
      if (last === undefined) break;
      ofColumn -= await replace(em, column, sealAgain(vault, column, { rows, report }));
      report.progress({ column, left: ofColumn });
      after = last.id;
    }
    left += ofColumn;
  }
  return left;
}

interface Replacement extends Row {
  readonly instead: string;
}

function sealAgain(
  vault: Vault,
  { purpose }: SealedColumn,
  { rows, report }: { readonly rows: readonly Row[]; readonly report: ResealingReport },
): Replacement[] {
  return rows.flatMap((row) => {
    const what = purpose(row.id);
    try {
      return [{ ...row, instead: vault.seal(vault.open(row.sealed, what), what) }];
    } catch (error) {
      report.unreadable(what, (error as Error).message);
      return [];
    }
  });
}

// Tables and columns come from a list, so these statements have no types and are SQL.

async function countLeft(em: EntityManager, vault: Vault, column: SealedColumn): Promise<number> {
  const { rows } = await sql<{ left: number }>`
    select count(*)::int as left from ${sql.table(column.table)} where ${isOld(vault, column)}
  `.execute(em.fork().getKysely());
  return rows[0]?.left ?? 0;
}

interface Position {
  readonly vault: Vault;
  readonly column: SealedColumn;
  readonly after: string | undefined;
  readonly batchRows: number;
}

/** Rows in the order of ids, so that a row that cannot be opened is passed only once. */
async function selectNextRows(em: EntityManager, position: Position): Promise<Row[]> {
  const { vault, column, after, batchRows } = position;
  const id = sql.ref(column.id);
  const behind = after === undefined ? sql`true` : sql`${id} > ${after}::${sql.raw(column.idType)}`;
  const { rows } = await sql<Row>`
    select ${id}::text as id, ${sql.ref(column.sealed)} as sealed from ${sql.table(column.table)}
     where ${isOld(vault, column)} and ${behind} order by ${id} limit ${batchRows}
  `.execute(em.fork().getKysely());
  return rows;
}

/** Returns how many rows still held the value that was read. */
async function replace(
  em: EntityManager,
  { table, id, idType, sealed }: SealedColumn,
  rows: readonly Replacement[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const column = sql.id(sealed);
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} as t set ${column} = n.instead
      from unnest(${rows.map((row) => row.id)}::${sql.raw(idType)}[],
                  ${rows.map((row) => row.sealed)}::text[],
                  ${rows.map(({ instead }) => instead)}::text[]) as n (id, read, instead)
     where t.${sql.id(id)} = n.id and t.${column} = n.read
  `.execute(em.fork().getKysely());
  return Number(numAffectedRows ?? 0);
}

const isOld = (vault: Vault, { sealed }: SealedColumn) =>
  sql`not starts_with(${sql.ref(sealed)}, ${vault.currentPrefix})`;
