import { Migration } from "@mikro-orm/migrations";

/** Traffic is counted by host, too, and days that are long over are kept as months. */
export class Migration0027TrafficMonths extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

/** In their order. */
export const statements = [
  `alter table traffic_daily add column host_id uuid references hosts`,
  // A device that was on one host only has moved all of it there; of the others it is not known.
  `update traffic_daily t set host_id = a.host_id
     from (select device_id, (min(host_id::text))::uuid as host_id from accesses
            where host_id is not null group by device_id having count(distinct host_id) = 1) a
    where a.device_id = t.device_id`,
  `alter table traffic_daily drop constraint traffic_daily_pkey,
     add constraint traffic_daily_once unique nulls not distinct (device_id, day, host_id)`,
  `create table traffic_months (
     device_id uuid not null references devices, month date not null check (extract(day from month) = 1),
     host_id uuid references hosts, uploaded bigint not null, downloaded bigint not null,
     constraint traffic_months_once unique nulls not distinct (device_id, month, host_id))`,
  `create index traffic_daily_by_host on traffic_daily (host_id, day)`,
  `create index traffic_months_by_month on traffic_months (month)`,
  `create index traffic_months_by_host on traffic_months (host_id, month)`,
  `grant select, insert, update on traffic_months to tollgate_writer`,
  `grant delete on traffic_daily to tollgate_writer`,
  `grant select on traffic_months to tollgate_reader`,
];
