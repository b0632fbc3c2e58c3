import { Migration } from "@mikro-orm/migrations";

/** What an owner sets without a restart, and which plans no longer follow the owner's file. */
export class Migration0004ShopSettings extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table shop_settings (
     key text not null, version int not null check (version > 0), value text,
     request_id text not null unique references audit_log, set_at timestamptz not null default now(),
     primary key (key, version))`,
  `create trigger shop_settings_insert_only before update or delete or truncate on shop_settings
     for each statement execute function refuse_change()`,
  `alter table plans add column edited boolean not null default false`,
  `grant select, insert on shop_settings to tollgate_writer`,
  `grant select on shop_settings to tollgate_reader`,
];
