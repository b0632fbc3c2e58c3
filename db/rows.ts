import { type Insertable, sql } from "kysely";
import type { Queries, Schema } from "./orm.ts";

/**
 * Inserts rows, which are one parameter: so a statement is one statement however many they are, and never has
 * more parameters than PostgreSQL takes (65,535). They are written in their order, and each names the columns that
 * the first one names.
 */
export function insertRows<Table extends keyof Schema>(
  db: Queries,
  table: Table,
  rows: readonly Insertable<Schema[Table]>[],
) {
  const columns = Object.keys(rows[0] ?? {});
  const named = columns.map((column) => sql.raw(`r."${columnOf(column)}"`));
  const records = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [columnOf(key), value])),
  );
  // Null of the table's type says which type each column has.
  const select = sql`
    select ${sql.join(named)}
      from jsonb_populate_recordset(null::${sql.raw(`"${table}"`)}, ${jsonOf(records)}::jsonb)
           with ordinality as r
     order by r.ordinality`;
  return db
    .insertInto(table)
    .columns(columns as never)
    .expression(select as never);
}

/** JSON that PostgreSQL takes: half of a surrogate pair, which a cut text may end with, becomes "\ufffd". */
const jsonOf = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );

const columns = new Map<string, string>();

/** `priceMinor` is `price_minor`, as the tables' declarations name it. */
function columnOf(property: string): string {
  const known = columns.get(property);
  if (known !== undefined) return known;
  const column = property.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
  columns.set(property, column);
  return column;
}
