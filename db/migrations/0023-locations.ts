import { Migration } from "@mikro-orm/migrations";

/** Locations: hosts are in one, plans name groups of them, customers pick one for a device. */
export class Migration0023Locations extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table locations (
     id uuid primary key,
     code text not null check (code ~ '^[a-z0-9-]{1,16}$'),
     flag text not null check (flag <> ''),
     names jsonb not null,
     groups jsonb not null default '[]' check (jsonb_typeof(groups) = 'array'),
     sort int not null default 0,
     hidden boolean not null default false,
     audience text not null default 'all' check (audience in ('all', 'paying', 'named')),
     members jsonb not null default '[]' check (jsonb_typeof(members) = 'array'),
     removed_at timestamptz,
     created_at timestamptz not null default now(),
     check ((members <> '[]') = (audience = 'named')))`,
  `create unique index locations_one_code on locations (code) where removed_at is null`,
  // Null is the only location of a shop that has made none.
  `alter table hosts add column location_id uuid references locations`,
  `alter table devices add column location_id uuid references locations`,
  `create index hosts_by_location on hosts (location_id)`,
  `create index devices_by_location on devices (location_id) where location_id is not null`,
  `alter table plans add column location_groups jsonb
     check (jsonb_typeof(location_groups) = 'array' and location_groups <> '[]')`,
  `grant select, insert, update on locations to tollgate_writer`,
  `grant select on locations to tollgate_reader`,
  `grant select (location_id) on hosts to tollgate_reader`,
];
