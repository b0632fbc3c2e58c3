import { createHash } from "node:crypto";
import { sql } from "kysely";
import { Client, type ClientConfig } from "pg";

export { sql };

/** One parameter for any number of texts, so that a statement is one statement however many there are. */
export const textsIn = (texts: readonly string[]) =>
  sql<string[]>`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`;

/**
 * A connection that has PostgreSQL parse and plan a statement once, and not each time it is sent. It does so
 * with statements that have parameters: kysely's own are, MikroORM writes values into the text.
 * Such a statement names its columns: one with `*` fails for good on a connection that knew the table before
 * a migration added to it.
 */
export class PreparingClient extends Client {
  constructor(options?: string | ClientConfig) {
    super(options);
    const ask = this.query.bind(this) as (...given: unknown[]) => unknown;
    this.query = ((text: unknown, values?: unknown, ...rest: unknown[]) =>
      typeof text === "string" && Array.isArray(values) && values.length > 0
        ? ask({ name: nameOf(text), text, values }, ...rest)
        : ask(text, values, ...rest)) as Client["query"];
  }
}

const names = new Map<string, string>();

/** PostgreSQL cuts names after 63 bytes. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash("sha256").update(text).digest("hex").slice(0, 40);
  names.set(text, name);
  return name;
}
