import { type Compilable, type Insertable, sql } from "kysely";
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
  const columns = Object.keys(rows[0] ?? {}) as (keyof Schema[Table] & string)[];
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
  return db.insertInto(table).columns(columns).expression(select);
}

/** PostgreSQL's types of the columns of records. */
type ColumnType = "bigint" | "jsonb" | "smallint" | "text" | "timestamptz" | "uuid";

/**
 * Records as a table to select from or to join, sent as one parameter, so that the statement's text
 * does not depend on their number: `from(recordsOf(rows, "n", { id: "uuid" }))`. The driver writes
 * one text in a third of the time that it takes for arrays.
 *
 * The names of their columns are one lower-case word each: nothing translates them.
 */
export const recordsOf = <
  Row extends Readonly<Record<Lowercase<string>, unknown>>,
  Alias extends string,
>(
  rows: readonly Row[],
  alias: Alias,
  types: { readonly [Column in keyof Row]: ColumnType },
) => {
  const columns = Object.entries<ColumnType>(types).map(
    ([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`,
  );
  return sql<Row>`jsonb_to_recordset(${jsonOf(rows)}::jsonb)`.as<Alias>(
    sql`${sql.id(alias)} (${sql.join(columns)})`,
  );
};

/** A row as the driver returns it: moments and days are PostgreSQL's text. */
type DriverRow<Row> = {
  readonly [Column in keyof Row]: Row[Column] extends Date | null
    ? Exclude<Row[Column], Date> | string
    : Row[Column];
};

/**
 * Runs a select of very many rows and returns them as the driver does. The conversion of each row
 * would block the event loop for longer than the read itself. Name each column of two words by an
 * alias (`a.onHost as onHost`): results are not renamed either.
 */
export async function readMany<Row>(
  db: Queries,
  query: Compilable<Row>,
): Promise<DriverRow<Row>[]> {
  const { rows } = await db.withoutPlugins().executeQuery(query.compile());
  return rows as DriverRow<Row>[];
}

/**
 * JSON that PostgreSQL accepts: half of a surrogate pair,
 * which a truncated text may end with, becomes "\ufffd".
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
