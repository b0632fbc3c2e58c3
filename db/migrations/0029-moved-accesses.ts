import { Migration } from "@mikro-orm/migrations";

/**
 * Accesses that move to another host: the old one is retired at a moment to come, so that both can
 * be used for a while.
 */
export class Migration0029MovedAccesses extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table accesses add column overlap_ms bigint check (overlap_ms >= 0),
     add column move_cause text check (move_cause in ('customer', 'migration', 'lost')),
     add column keeps_key boolean not null default false,
     add check ((overlap_ms is null) = (move_cause is null)),
     add check (move_cause is not null or not keeps_key)`,
  // Few at a time: those that were retired and may be on their host.
  `create index accesses_leaving on accesses (device_id)
     where retired_at is not null and removed_at is null`,
  `grant select (overlap_ms, move_cause, keeps_key) on accesses to tollgate_reader`,
];
