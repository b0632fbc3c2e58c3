import { Migration } from "@mikro-orm/migrations";

/** Hosts in maintenance, and the time that is given back for it. */
export class Migration0033HostMaintenances extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table host_maintenances (
     id uuid primary key, host_id uuid not null references hosts,
     texts jsonb not null, until timestamptz,
     started_at timestamptz not null, ended_at timestamptz check (ended_at >= started_at),
     give_back text check (give_back in ('running', 'done')),
     check (give_back is null or ended_at is not null))`,
  `create unique index host_maintenances_one_running on host_maintenances (host_id)
     where ended_at is null`,
  `create index host_maintenances_of_host on host_maintenances (host_id, started_at desc)`,
  `alter table hosts add column maintenance_id uuid references host_maintenances`,
  `create index hosts_in_maintenance on hosts (maintenance_id) where maintenance_id is not null`,
  // Never more than the maintenance has lasted for the subscription.
  `create table give_backs (
     maintenance_id uuid not null references host_maintenances,
     subscription_id uuid not null references subscriptions,
     from_at timestamptz not null, to_at timestamptz not null, ms bigint not null,
     wakes boolean not null,
     primary key (maintenance_id, subscription_id),
     check (ms between 0 and round(extract(epoch from to_at - from_at) * 1000)))`,
  `create index give_backs_of_subscription on give_backs (subscription_id)`,
  `create index give_backs_to_wake on give_backs (maintenance_id) where wakes`,
  `alter table time_lots drop constraint time_lots_kind_check, add constraint time_lots_kind_check
     check (kind in ('trial', 'admin', 'import', 'maintenance', 'payment', 'refund'))`,
  `grant select, insert, update on host_maintenances, give_backs to tollgate_writer`,
  `grant select on host_maintenances, give_backs to tollgate_reader`,
  `grant select (maintenance_id) on hosts to tollgate_reader`,
];
