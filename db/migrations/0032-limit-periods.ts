import { Migration } from "@mikro-orm/migrations";

/** A plan's traffic may be for a period, and packs are lots that are used the oldest first. */
export class Migration0032LimitPeriods extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

/** In their order. */
export const statements = [
  `alter table plans
     add column limit_period text check (limit_period in ('month', 'calendar')),
     add column packs_end text check (packs_end in ('usedUp', 'period')),
     add check (limit_period is null or traffic_limit_bytes is not null),
     add check (packs_end is null or limit_period is not null)`,
  `alter table subscriptions
     add column traffic_pack_bytes bigint not null default 0 check (traffic_pack_bytes >= 0),
     add column traffic_period text check (traffic_period in ('month', 'calendar')),
     add column traffic_period_bytes bigint check (traffic_period_bytes > 0),
     add column traffic_period_ends_at timestamptz,
     add column traffic_packs_end text check (traffic_packs_end in ('usedUp', 'period')),
     add constraint subscriptions_period_whole check (
       num_nulls(traffic_period, traffic_period_bytes, traffic_period_ends_at, traffic_packs_end)
         in (0, 4)),
     add constraint subscriptions_period_limited check (
       traffic_period is null or traffic_limit_bytes is not null)`,
  `alter table add_ons add column used_bytes bigint not null default 0 check (used_bytes >= 0)`,
  // What a pack had left when time was added is a part of the limit, and no longer that of a pack.
  `update add_ons o set used_bytes = o.bytes - o.taken_bytes
     from subscriptions s
    where s.id = o.subscription_id and o.kind = 'traffic'
      and (s.traffic_limit_bytes is null or o.at < s.time_given_at)`,
  `update subscriptions s set traffic_pack_bytes = p.bytes
     from (select subscription_id, sum(bytes - taken_bytes - used_bytes)::bigint as bytes
             from add_ons where kind = 'traffic' group by subscription_id) as p
    where p.subscription_id = s.id and p.bytes > 0`,
  `alter table add_ons add constraint add_ons_used_once
     check (used_bytes + taken_bytes <= coalesce(bytes, 0))`,
];
