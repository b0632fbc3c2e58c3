import { Migration } from "@mikro-orm/migrations";

/**
 * Devices that a plan has no room for are paused, and their owner chooses which. What was left above
 * the limit by an earlier change to a smaller plan is paused too, and its owner is told. A consent
 * to auto-renewal keeps how many devices it was for.
 */
export class Migration0017PausedDevices extends Migration {
  override up(): void {
    for (const statement of [...columns, ...pauseBeyondLimits]) this.addSql(statement);
  }
}

const columns = [
  `alter table devices add column chosen_at timestamptz`,
  `alter table accesses add column paused_at timestamptz`,
  `drop trigger accesses_wake_hosts on accesses`,
  `create trigger accesses_wake_hosts
     after insert or update of host_id, address, retired_at, ends_at, paused_at
     on accesses for each statement execute function wake('hosts')`,
  `grant select (paused_at) on accesses to tollgate_reader`,
  `alter table renewals add column device_limit int check (device_limit >= 0)`,
  `grant select (device_limit) on renewals to tollgate_reader`,
];

/** The devices of those whose subscription is not revoked, in the order of their claim. */
const placed = `select d.id, d.name, d.subscription_id, s.device_limit,
       (s.paid_until + s.grace_ms * interval '1 millisecond' > now()) as has_time, c.telegram_id,
       row_number() over (partition by d.subscription_id order by d.created_at, d.id) as place
  from devices d
  join subscriptions s on s.id = d.subscription_id
  join customers c on c.id = s.customer_id
 where d.revoked_at is null and s.revoked_at is null
   and not exists (select from add_ons o where o.subscription_id = s.id and o.kind = 'device')`;

/** The message is that of the domain's notice `devicesPaused`. */
export const pauseBeyondLimits: readonly string[] = [
  `with beyond as (
     select name, subscription_id, device_limit, has_time, telegram_id, place
       from (${placed}) p where place > device_limit)
   insert into messages (key, telegram_id, action, content)
   select 'devices-paused/0017/' || subscription_id, telegram_id, 'send',
          jsonb_build_object('kind', 'notice', 'notice', jsonb_build_object(
            'kind', 'devicesPaused', 'limit', device_limit, 'names', jsonb_agg(name order by place)))
     from beyond where has_time
    group by subscription_id, telegram_id, device_limit
   on conflict (key) do nothing`,
  `update accesses a set paused_at = now()
     from (${placed}) p
    where p.place > p.device_limit and a.device_id = p.id and a.retired_at is null
      and a.paused_at is null`,
];
