import { Migration } from "@mikro-orm/migrations";

/** Traffic packs and extra devices: what plans offer, what was ordered, and what was bought. */
export class Migration0014AddOns extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table plans add column extra_device jsonb,
     add column pack_bytes bigint check (pack_bytes > 0), add column pack_prices jsonb,
     add check ((pack_bytes is null) = (pack_prices is null))`,
  `alter table payments drop constraint payments_extra_check,
     add constraint payments_extra_check check (extra in ('topUp', 'traffic', 'device')),
     add column extra_bytes bigint check (extra_bytes > 0), add column extra_until timestamptz,
     add check ((extra_bytes is not null) = (extra is not distinct from 'traffic')),
     add check ((extra_until is not null) = (extra is not distinct from 'device'))`,
  `drop index payments_one_open_extra`,
  `create unique index payments_one_open_extra
     on payments (customer_id, extra, gateway, currency, price_minor, extra_bytes, extra_until)
     nulls not distinct where state = 'open' and extra is not null`,
  `create table add_ons (
     payment_id uuid primary key references payments,
     subscription_id uuid not null references subscriptions,
     kind text not null check (kind in ('traffic', 'device')),
     bytes bigint check (bytes > 0),
     until timestamptz,
     price_minor bigint not null check (price_minor > 0),
     returned_minor bigint not null default 0 check (returned_minor between 0 and price_minor),
     taken_bytes bigint not null default 0 check (taken_bytes between 0 and coalesce(bytes, 0)),
     at timestamptz not null,
     check ((bytes is not null) = (kind = 'traffic')),
     check ((until is not null) = (kind = 'device')))`,
  `create index add_ons_of_subscription on add_ons (subscription_id, kind)`,
  `alter table accesses add column ends_at timestamptz`,
  `drop trigger accesses_wake_hosts on accesses`,
  `create trigger accesses_wake_hosts after insert or update of host_id, address, retired_at, ends_at
     on accesses for each statement execute function wake('hosts')`,
  `grant select, insert, update on add_ons to tollgate_writer`,
  `grant select on add_ons to tollgate_reader`,
  `grant select (ends_at) on accesses to tollgate_reader`,
];
