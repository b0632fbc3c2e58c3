import { Migration } from "@mikro-orm/migrations";

/** Hosts that all devices are moved away from, and which access has come by that. */
export class Migration0030HostMigrations extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table host_migrations (
     id uuid primary key, host_id uuid not null references hosts,
     to_host_id uuid references hosts,
     kind text not null check (kind in ('drain', 'lost')),
     rate_per_minute int not null check (rate_per_minute > 0),
     state text not null check (state in ('running', 'aborting', 'done', 'aborted')),
     next_batch_at timestamptz not null,
     waiting_since timestamptz, started_at timestamptz not null, ended_at timestamptz,
     check ((ended_at is null) = (state in ('running', 'aborting'))))`,
  `create unique index host_migrations_one_running on host_migrations (host_id)
     where ended_at is null`,
  `create index host_migrations_of_host on host_migrations (host_id, started_at desc)`,
  `create index host_migrations_to_host on host_migrations (to_host_id)
     where to_host_id is not null`,
  `alter table accesses add column migration_id uuid references host_migrations`,
  `create index accesses_of_migration on accesses (migration_id) where migration_id is not null`,
  `grant select, insert, update on host_migrations to tollgate_writer`,
  `grant select on host_migrations to tollgate_reader`,
  `grant select (migration_id) on accesses to tollgate_reader`,
];
