import { type Expression, sql } from "kysely";
import type { Instant } from "../domain/time.ts";

/** A moment as a parameter whose type does not depend on what it is compared with. */
export const moment = (at: Instant) => sql<Date>`${at}::timestamptz`;

/** How many rows there are. */
export const countAll = sql<number>`count(*)`;

/** How many rows have this value. */
export const countOf = (value: Expression<unknown>) => sql<number>`count(${value})`;

/** How many different values there are. */
export const countDistinct = (value: Expression<unknown>) => sql<number>`count(distinct ${value})`;

/**
 * The sum of whole numbers, 0 without rows. PostgreSQL adds int8 as numeric: the cast makes
 * it a whole number again, and fails where that would overflow.
 */
export const sumOf = (value: Expression<number | null>) =>
  sql<number>`coalesce(sum(${value}), 0)::bigint`;

/** Like `sumOf`, of the rows that fulfil this condition. */
export const sumWhere = (value: Expression<number | null>, condition: Expression<unknown>) =>
  sql<number>`coalesce(sum(${value}) filter (where ${condition}), 0)::bigint`;
