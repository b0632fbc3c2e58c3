import { Migration } from "@mikro-orm/migrations";

/** Who sent a transfer and what they wrote: found by the wallet and by a part of the comment. */
export class Migration0015Senders extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // Finds parts of words by an index. The owner of a database may create it.
  `create extension if not exists pg_trgm`,
  ...["charges", "unmatched"].flatMap((table) => [
    `alter table ${table} add column sender text, add column comment text`,
    `create index ${table}_by_sender on ${table} (sender) where sender is not null`,
    `create index ${table}_by_comment on ${table} using gin (comment gin_trgm_ops)`,
  ]),
];
