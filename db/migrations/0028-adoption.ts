import { Migration } from "@mikro-orm/migrations";

/** Users and peers that others have made on a host: taken over, or left there on purpose. */
export class Migration0028Adoption extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table time_lots drop constraint time_lots_kind_check, add constraint time_lots_kind_check
     check (kind in ('trial', 'admin', 'import', 'payment', 'refund'))`,
  `alter table accesses add column adopted_at timestamptz,
     add column device_limit int check (device_limit >= 0),
     add column is_key_known boolean not null default true`,
  `grant select (adopted_at, device_limit, is_key_known) on accesses to tollgate_reader`,
  `create table external_users (
     host_id uuid not null references hosts, identity text not null,
     request_id text not null, at timestamptz not null, primary key (host_id, identity))`,
  `grant select, insert, delete on external_users to tollgate_writer`,
  `grant select on external_users to tollgate_reader`,
];
