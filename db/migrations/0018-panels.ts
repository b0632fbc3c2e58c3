import { Migration } from "@mikro-orm/migrations";

/** Hosts without addresses: panels, whose users have limits of their own. */
export class Migration0018Panels extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table hosts alter column network drop not null, alter column server_address drop not null,
     add check ((network is null) = (server_address is null))`,
  `alter table accesses add column limit_bytes bigint check (limit_bytes > 0)`,
  `grant select (limit_bytes) on accesses to tollgate_reader`,
];
