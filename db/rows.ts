import { type Insertable, sql } from "kysely";
import type { Queries, Schema } from "./orm.ts";

/**
 * Inserts rows as one parameter: the statement's text does not depend on their number, and they
 * never exceed PostgreSQL's limit of 65,535 parameters. Rows are written in their order; all have
 * the columns of the first one.
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
  // A null of the table's type gives each column its type.
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

/**
 * JSON that PostgreSQL accepts: half of a surrogate pair, which a truncated text may end
 * with, becomes "\ufffd".
 */
const jsonOf = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );

const columns = new Map<string, string>();

/** `priceMinor` becomes `price_minor`, as in the tables' declarations. */
function columnOf(property: string): string {
  const known = columns.get(property);
  if (known !== undefined) return known;
  const column = property.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
  columns.set(property, column);
  return column;
}
