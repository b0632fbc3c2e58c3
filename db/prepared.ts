import { createHash } from "node:crypto";
import { sql } from "kysely";
import { Client, type ClientConfig, types } from "pg";

export { sql };

/**
 * Any number of texts as one parameter, so that the statement's text does not depend
 * on their number.
 */
export const textsIn = (texts: readonly string[]) =>
  sql<string[]>`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`;

/** `any` of these texts, as one parameter. */
export const anyOf = (texts: readonly string[]) => sql<string>`any(${textsIn(texts)})`;

/** `any` of these uuids, as one parameter. */
export const anyId = (ids: readonly string[]) => sql<string>`any(${textsIn(ids)}::uuid[])`;

/** `any` of these whole numbers, as one parameter. */
export const anyNumber = (numbers: readonly number[]) =>
  sql<number>`any(${textsIn(numbers.map(String))}::bigint[])`;

/**
 * A connection on which PostgreSQL parses and plans a statement once and not each time it is sent.
 * It prepares statements with parameters: kysely's own are, MikroORM writes values into the text.
 * The product has a few hundred. Should a text depend on values after all, statements beyond the
 * limit are parsed each time, so that neither a connection nor this process grows without end. Such
 * a statement names its columns: one with `*` fails for good on a connection that knew the table
 * before a migration added to it.
 *
 * An int8, such as a count, an id or an amount, is returned as a number. A query fails with a
 * RangeError when one is beyond the whole numbers that JavaScript represents exactly.
 */
export class PreparingClient extends Client {
  constructor(options?: string | ClientConfig) {
    super(options);
    this.setTypeParser(types.builtins.INT8, wholeNumber);
    const send = this.query.bind(this) as (...values: unknown[]) => unknown;
    this.query = ((text: unknown, values?: unknown, ...rest: unknown[]) =>
      typeof text === "string" && Array.isArray(values) && values.length > 0
        ? send({ ...nameOf(text), text, values }, ...rest)
        : send(text, values, ...rest)) as Client["query"];
  }
}

/** @throws RangeError when the number cannot be represented exactly. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`PostgreSQL returned ${text}, which is not exact as a number`);
  }
  return value;
}

/** How many different statements are prepared. */
export const mostPrepared = 1_000;
const names = new Map<string, { readonly name: string }>();

/** PostgreSQL truncates names to 63 bytes. Beyond the limit a statement gets no name. */
function nameOf(text: string): { readonly name?: string } {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= mostPrepared) return {};
  const named = { name: createHash("sha256").update(text).digest("hex").slice(0, 40) };
  names.set(text, named);
  return named;
}
