import { Migration } from "@mikro-orm/migrations";

/** Who has left a channel that the shop requires, and whose free access is paused for it. */
export class Migration0013Channels extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table customers
     add column left_channels_at timestamptz,
     add column suspended_at timestamptz,
     add constraint customers_suspended_after_leaving
       check (suspended_at is null or (left_channels_at is not null and left_channels_at <= suspended_at))`,
  `create index customers_left_channels on customers (left_channels_at)
     where left_channels_at is not null`,
  `create trigger customers_suspended_wake_hosts after update of suspended_at on customers
     for each statement execute function wake('hosts')`,
];
