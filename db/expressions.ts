import { type Expression, sql } from "kysely";
import type { Instant } from "../domain/time.ts";

/** A moment as a parameter whose type does not depend on what it is compared with. */
export const moment = (at: Instant) => sql<Date>`${at}::timestamptz`;

/** When the current transaction began, by the database's clock. */
export const transactionStart = sql<Date>`now()`;

/** How many rows there are. */
export const countAll = sql<number>`count(*)`;

/** How many rows have this value. */
export const countOf = (value: Expression<unknown>) => sql<number>`count(${value})`;

/** How many different values there are. */
export const countDistinct = (value: Expression<unknown>) => sql<number>`count(distinct ${value})`;

/** How many rows fulfil this condition. */
export const countWhere = (condition: Expression<unknown>) =>
  sql<number>`count(*) filter (where ${condition})`;

/**
 * The sum of whole numbers, 0 without rows. PostgreSQL adds int8 as numeric: the cast makes it a
 * whole number again, and fails where that would overflow.
 */
export const sumOf = (value: Expression<number | null>) =>
  sql<number>`coalesce(sum(${value}), 0)::bigint`;

/** Like `sumOf`, of the rows that fulfil this condition. */
export const sumWhere = (value: Expression<number | null>, condition: Expression<unknown>) =>
  sql<number>`coalesce(sum(${value}) filter (where ${condition}), 0)::bigint`;

/** Seconds from one moment to another, as a fraction; null without one of them. */
export const secondsBetween = (from: Expression<Date>, to: Expression<Date>) =>
  sql<number | null>`extract(epoch from ${to} - ${from})::float8`;

/** The rows of a select as one array, in their order; empty without rows. Moments become text. */
export const rowsAsArray = <Row>(rows: Expression<Row>) =>
  sql<readonly Row[]>`(select coalesce(json_agg(r), '[]') from ${rows} as r)`;
