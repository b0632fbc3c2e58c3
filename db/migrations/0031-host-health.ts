import { Migration } from "@mikro-orm/migrations";

/** What probes find of each host's data plane, from each place that probes it. */
export class Migration0031HostHealth extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table hosts add column sick_since timestamptz`,
  `create table host_probes (
     host_id uuid not null references hosts, source text not null,
     verdict text not null check (verdict in ('unknown', 'well', 'sick')),
     since timestamptz, against int not null check (against >= 0),
     probed_at timestamptz not null, latency_ms int check (latency_ms >= 0), trouble text,
     blocked_since timestamptz,
     primary key (host_id, source),
     check ((verdict = 'unknown') = (since is null)))`,
  `grant select, insert, update on host_probes to tollgate_writer`,
  `grant select on host_probes to tollgate_reader`,
  `grant select (sick_since) on hosts to tollgate_reader`,
];
