import { Migration } from "@mikro-orm/migrations";

/** Customers, their subscriptions and devices, the hosts that carry them, and the roles that may touch what. */
export class Migration0001Access extends Migration {
  override up(): void {
    for (const statement of [...customers, ...hosts, ...books, ...logs, ...roles, ...privileges]) {
      this.addSql(statement);
    }
  }
}

const customers = [
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
     kind text not null, customer_id uuid not null references customers,
     state text not null check (state in ('open', 'approved', 'rejected', 'lapsed')),
     asked_at timestamptz not null, decided_at timestamptz, decided_by bigint,
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
     epoch text, seen_at timestamptz,
     created_at timestamptz not null default now())`,
];

const books = [
  `create table subscriptions (
     id uuid primary key, customer_id uuid not null unique references customers,
     plan text not null, device_limit int not null check (device_limit >= 0),
     state text not null check (state in ('active', 'grace', 'expired', 'blocked', 'revoked')),
     paid_until timestamptz,
     created_at timestamptz not null default now())`,
  `create index subscriptions_by_state on subscriptions (state)`,
  `create table grants (
     cause text primary key, subscription_id uuid not null references subscriptions,
     kind text not null check (kind in ('trial', 'admin')), days double precision not null check (days > 0),
     granted_from timestamptz not null, granted_until timestamptz not null,
     granted_at timestamptz not null default now())`,
  `create index grants_by_subscription on grants (subscription_id, granted_at)`,
  `create table devices (
     id uuid primary key, subscription_id uuid not null references subscriptions,
     host_id uuid not null references hosts, name text not null,
     address text not null, public_key text not null unique,
     private_key_encrypted text not null, preshared_key_encrypted text not null,
     keys_from text not null,
     delivered_at timestamptz, revoked_at timestamptz,
     created_at timestamptz not null default now())`,
  `create unique index devices_one_address_once on devices (host_id, address) where revoked_at is null`,
  `create index devices_by_subscription on devices (subscription_id, created_at)`,
  `create table retired_keys (
     public_key text primary key, host_id uuid not null references hosts,
     device_id uuid not null references devices,
     retired_at timestamptz not null default now(), removed_at timestamptz)`,
  `create index retired_keys_on_hosts on retired_keys (host_id) where removed_at is null`,
  `create index retired_keys_by_device on retired_keys (device_id)`,
  `create table traffic_counters (
     device_id uuid primary key references devices, public_key text not null, epoch text not null,
     uploaded_raw bigint not null, downloaded_raw bigint not null,
     uploaded bigint not null, downloaded bigint not null,
     last_handshake_at timestamptz, updated_at timestamptz not null)`,
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
  `create table deliveries (
     key text primary key, telegram_id bigint not null, message_id bigint,
     sent_at timestamptz not null default now())`,
  `create function refuse_change() returns trigger language plpgsql as $$
   begin raise exception '% is insert-only', tg_table_name using errcode = 'insufficient_privilege'; end $$`,
  ...["grants", "audit_log"].map(
    (table) => `create trigger ${table}_insert_only before update or delete or truncate on ${table}
       for each statement execute function refuse_change()`,
  ),
];

/** Roles belong to the whole cluster, so a second database of ours finds them there. */
const roles = ["tollgate_writer", "tollgate_reader"].map(
  (role) => `do $$ begin create role ${role} login;
     exception when duplicate_object or unique_violation then null; end $$`,
);

const secretFree = {
  hosts:
    "id, name, kind, network, server_address, capacity, weight, state, epoch, seen_at, created_at",
  devices:
    "id, subscription_id, host_id, name, address, public_key, delivered_at, revoked_at, created_at",
};

const privileges = [
  `grant select, insert, update on customers, approvals, hosts, subscriptions, devices, retired_keys,
     traffic_counters, traffic_daily, deliveries to tollgate_writer`,
  `grant select, insert on grants, audit_log to tollgate_writer`,
  `grant select on customers, approvals, subscriptions, grants, traffic_counters, traffic_daily, audit_log
     to tollgate_reader`,
  `grant select (${secretFree.hosts}) on hosts to tollgate_reader`,
  `grant select (${secretFree.devices}) on devices to tollgate_reader`,
];
