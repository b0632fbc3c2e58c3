import { Migration } from "@mikro-orm/migrations";

/**
 * People, their subscriptions, time and devices, the hosts that carry them, and the database roles
 * with their privileges.
 */
export class Migration0001Access extends Migration {
  override up(): void {
    for (const statement of [
      ...roles,
      ...people,
      ...hosts,
      ...access,
      ...traffic,
      ...logs,
      ...notifications,
      ...privileges,
    ]) {
      this.addSql(statement);
    }
  }
}

/** Roles belong to the whole cluster, so another database of ours may have created them already. */
const roles = ["tollgate_writer", "tollgate_reader"].map(
  (role) => `do $$ begin create role ${role} login;
     exception when duplicate_object or unique_violation then null; end $$`,
);

const people = [
  `create table customers (
     id uuid primary key,
     telegram_id bigint not null unique,
     username text, first_name text not null, last_name text,
     language text not null check (language in ('en', 'ru')),
     role text not null check (role in ('customer', 'admin', 'viewer')),
     status text not null check (status in ('pending', 'active', 'rejected', 'blocked')),
     referrer_id uuid references customers,
     rejected_at timestamptz, unreachable_since timestamptz,
     last_activity_at timestamptz not null,
     created_at timestamptz not null default now(),
     deleted_at timestamptz)`,
  `create index customers_by_status on customers (status, created_at)`,
  `create index customers_by_role on customers (role) where role <> 'customer'`,
  `create index customers_by_username on customers (lower(username))`,
  `create index customers_by_time on customers (created_at desc)`,
  `create table approvals (
     approval_id text not null, ask text not null,
     kind text not null, customer_id uuid references customers, subject jsonb not null,
     state text not null check (state in ('open', 'approved', 'rejected', 'lapsed')),
     asked_at timestamptz not null, reminded_at timestamptz,
     decided_at timestamptz, decided_by bigint,
     primary key (approval_id, ask))`,
  `create index approvals_open on approvals (asked_at) where state = 'open'`,
  `create index approvals_by_customer on approvals (customer_id, asked_at)`,
];

const hosts = [
  `create table hosts (
     id uuid primary key, name text not null unique,
     kind text not null, network text not null, server_address text not null,
     capacity int not null check (capacity > 0), weight int not null check (weight >= 0),
     state text not null check (state in ('open', 'draining', 'closed')),
     settings_encrypted text not null,
     epoch text, seen_at timestamptz, away_since timestamptz, trouble text,
     removals_allowed int not null default 0,
     created_at timestamptz not null default now())`,
];

const access = [
  `create table subscriptions (
     id uuid primary key, customer_id uuid not null unique references customers,
     plan text not null, plan_version int, device_limit int not null check (device_limit >= 0),
     grace_ms bigint not null default 0 check (grace_ms >= 0),
     traffic_limit_bytes bigint, traffic_base_bytes bigint not null default 0,
     moved_bytes bigint not null default 0 check (moved_bytes >= 0),
     paid_until timestamptz, time_given_at timestamptz, revoked_at timestamptz,
     created_at timestamptz not null default now())`,
  `create index subscriptions_by_end on subscriptions (paid_until)`,
  `create table time_lots (
     cause text primary key, seq bigint generated always as identity unique,
     subscription_id uuid not null references subscriptions,
     kind text not null check (kind in ('trial', 'admin', 'payment', 'refund')),
     lot text not null references time_lots (cause),
     ms bigint not null check (ms >= 0),
     price_minor bigint check (price_minor >= 0), currency text, terms jsonb,
     returned_minor bigint check (returned_minor >= 0),
     at timestamptz not null, paid_until timestamptz not null,
     check ((kind = 'refund') = (returned_minor is not null)),
     check ((kind = 'refund') = (lot <> cause)),
     check ((kind = 'payment') = (price_minor is not null)))`,
  `create index time_lots_in_order on time_lots (subscription_id, seq)`,
  `create index time_lots_of_lot on time_lots (lot)`,
  `create table devices (
     id uuid primary key, subscription_id uuid not null references subscriptions, name text not null,
     revoked_at timestamptz, created_at timestamptz not null default now())`,
  `create index devices_by_subscription on devices (subscription_id, created_at)`,
  `create table accesses (
     id uuid primary key, device_id uuid not null references devices,
     subscription_id uuid not null references subscriptions,
     host_id uuid references hosts, identity text not null unique, address text,
     secrets_encrypted text not null, preshared_hash text not null, request_id text not null unique,
     retired_at timestamptz, on_host boolean not null default false,
     put_begun boolean not null default false, refusal text,
     placed_at timestamptz, given_at timestamptz, removed_at timestamptz,
     created_at timestamptz not null default now(),
     check (address is null or host_id is not null),
     check (removed_at is null or retired_at is not null))`,
  `create unique index accesses_one_address_once on accesses (host_id, address) where removed_at is null`,
  `create unique index accesses_one_living on accesses (device_id) where retired_at is null`,
  `create index accesses_on_host on accesses (host_id, id) where removed_at is null`,
  `create index accesses_waiting on accesses (created_at) where host_id is null and retired_at is null`,
  `create index accesses_by_subscription on accesses (subscription_id)`,
  `create table unknown_peers (
     host_id uuid not null references hosts, identity text not null, addresses jsonb not null, batch text not null,
     state text not null check (state in ('found', 'asked', 'remove', 'keep')),
     seen_at timestamptz not null default now(), decided_at timestamptz,
     primary key (host_id, identity))`,
];

const traffic = [
  `create table traffic_counters (
     identity text primary key, device_id uuid not null references devices, epoch text not null,
     uploaded_raw bigint not null, downloaded_raw bigint not null,
     uploaded bigint not null, downloaded bigint not null,
     last_handshake_at timestamptz, updated_at timestamptz not null)`,
  `create index traffic_counters_by_device on traffic_counters (device_id)`,
  `create table traffic_daily (
     device_id uuid not null references devices, day date not null,
     uploaded bigint not null, downloaded bigint not null,
     primary key (device_id, day))`,
  `create index traffic_daily_by_day on traffic_daily (day)`,
];

const logs = [
  `create table audit_log (
     request_id text primary key, actor bigint not null, act text not null,
     customer_id uuid references customers, before jsonb not null, after jsonb not null,
     at timestamptz not null default now())`,
  `create index audit_log_by_customer on audit_log (customer_id, at)`,
  `create table settings (name text primary key, value text not null)`,
  `create function refuse_change() returns trigger language plpgsql as $$
   begin raise exception '% is insert-only', tg_table_name using errcode = 'insufficient_privilege'; end $$`,
  ...["time_lots", "audit_log"].map(
    (table) => `create trigger ${table}_insert_only before update or delete or truncate on ${table}
       for each statement execute function refuse_change()`,
  ),
];

/**
 * Reconcilers listen: every change that may affect access wakes the hosts' reconcilers at commit.
 */
const notifications = [
  `create function wake() returns trigger language plpgsql as $$
   begin perform pg_notify(tg_argv[0], ''); return null; end $$`,
  `create trigger customers_wake_hosts after update of status on customers
     for each statement execute function wake('hosts')`,
  `create trigger subscriptions_wake_hosts
     after insert or update of paid_until, revoked_at, grace_ms, traffic_limit_bytes, traffic_base_bytes
     on subscriptions for each statement execute function wake('hosts')`,
  `create trigger accesses_wake_hosts after insert or update of host_id, address, retired_at
     on accesses for each statement execute function wake('hosts')`,
  `create trigger hosts_wake_hosts after insert or update
     of state, capacity, weight, settings_encrypted, away_since, removals_allowed
     on hosts for each statement execute function wake('hosts')`,
  `create trigger unknown_peers_wake_hosts after update of state
     on unknown_peers for each statement execute function wake('hosts')`,
];

const secretFree = {
  hosts: `id, name, kind, network, server_address, capacity, weight, state, epoch, seen_at, away_since,
     trouble, created_at`,
  accesses: `id, device_id, subscription_id, host_id, identity, address, retired_at, on_host, put_begun, refusal,
     placed_at, given_at, removed_at, created_at`,
};

const privileges = [
  `grant select, insert, update on customers, approvals, hosts, subscriptions, devices, accesses,
     unknown_peers, traffic_counters, traffic_daily, settings to tollgate_writer`,
  `grant delete on unknown_peers to tollgate_writer`,
  `grant select, insert on time_lots, audit_log to tollgate_writer`,
  `grant select on customers, approvals, subscriptions, time_lots, devices, unknown_peers,
     traffic_counters, traffic_daily, audit_log, settings to tollgate_reader`,
  `grant select (${secretFree.hosts}) on hosts to tollgate_reader`,
  `grant select (${secretFree.accesses}) on accesses to tollgate_reader`,
];
