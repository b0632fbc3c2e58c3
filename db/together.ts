import {
  type InsertQueryBuilder,
  type SelectQueryBuilder,
  sql,
  type UpdateQueryBuilder,
} from "kysely";
import type { Queries, Schema } from "./orm.ts";

/** A row as PostgreSQL writes it into JSON: moments become text. */
type JsonRow<Row> = {
  readonly [Column in keyof Row]: Row[Column] extends Date
    ? string
    : Row[Column] extends Date | null
      ? string | null
      : Row[Column];
};

// oxlint-disable-next-line typescript/no-explicit-any -- any tables: only the row that comes back is looked at
type Selects = Readonly<Record<string, SelectQueryBuilder<any, any, any>>>;

type RowOf<Select> =
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  Select extends SelectQueryBuilder<any, any, infer Row> ? JsonRow<Row> : never;

type ReadTogether<All extends Selects> = {
  readonly [Name in keyof All]: readonly RowOf<All[Name]>[];
};

/**
 * Runs several selects as one statement: one round trip, and one snapshot for all of them. Rows
 * keep their order.
 */
export async function readTogether<All extends Selects>(
  db: Queries,
  selects: (db: Queries) => All,
): Promise<ReadTogether<All>> {
  const columns = Object.entries(selects(db.withoutPlugins())).map(
    ([name, select]) =>
      sql`(select coalesce(json_agg(r), '[]') from (${select}) as r) as ${sql.id(name)}`,
  );
  const { rows } = await sql<Record<string, object[]>>`select ${sql.join(columns)}`.execute(db);
  const read = Object.entries(rows[0] ?? {}).map(([name, found]) => [
    name,
    found.map(withPropertyNames),
  ]);
  return Object.fromEntries(read) as ReadTogether<All>;
}

const withPropertyNames = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [propertyOf(column), value]));

const properties = new Map<string, string>();

/** `price_minor` becomes `priceMinor`, as in the tables' declarations. */
function propertyOf(column: string): string {
  const known = properties.get(column);
  if (known !== undefined) return known;
  const property = column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  properties.set(column, property);
  return property;
}

/** A write that is sent together with others. */
export interface Write {
  readonly query: (
    db: Queries,
  ) => // oxlint-disable-next-line typescript/no-explicit-any -- any table and any row
    | InsertQueryBuilder<Schema, any, any>
    // oxlint-disable-next-line typescript/no-explicit-any -- see above
    | UpdateQueryBuilder<Schema, any, any, any>;
  /** How many rows it must write, and the error message otherwise. */
  readonly mustWrite?: { readonly rows: number; readonly otherwise: string };
}

/**
 * Sends writes as one statement. None of them sees what another one writes, and no two may write
 * the same row.
 * @throws Error with the text `otherwise` of a write that has not written as many rows as it must.
 */
export async function writeTogether(db: Queries, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  const places = writes.map(({ mustWrite }, place) => ({ name: `w${place}`, mustWrite }));
  // Names and values are converted once, in the whole statement.
  const bare = db.withoutPlugins();
  const parts = writes.map(({ query, mustWrite }, place) => {
    const counted = mustWrite === undefined ? sql`` : sql` returning 1`;
    return sql`${sql.id(`w${place}`)} as (${query(bare)}${counted})`;
  });
  const counts = places
    .filter(({ mustWrite }) => mustWrite !== undefined)
    .map(({ name }) => sql`(select count(*) from ${sql.id(name)})::int as ${sql.id(name)}`);
  const { rows } = await sql<
    Readonly<Record<string, number>>
  >`with ${sql.join(parts)} select ${sql.join(counts)}`.execute(db);
  for (const { name, mustWrite } of places) {
    if (mustWrite !== undefined && rows[0]?.[name] !== mustWrite.rows) {
      throw new Error(mustWrite.otherwise);
    }
  }
}
