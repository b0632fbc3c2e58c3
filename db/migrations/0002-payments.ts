import { Migration } from "@mikro-orm/migrations";

/** Plans, payments, and the books that account for every coin. */
export class Migration0002Payments extends Migration {
  override up(): void {
    for (const statement of [
      ...plans,
      ...payments,
      ...books,
      ...reconciliation,
      ...insertOnly,
      ...privileges,
    ]) {
      this.addSql(statement);
    }
  }
}

const plans = [
  `create table plans (
     code text not null, version int not null check (version > 0),
     names jsonb not null, descriptions jsonb not null,
     days double precision not null check (days > 0), device_limit int not null check (device_limit > 0),
     prices jsonb not null, traffic_limit_bytes bigint check (traffic_limit_bytes > 0),
     sort int not null, hidden boolean not null, trial boolean not null, retired boolean not null,
     imported_at timestamptz not null default now(),
     primary key (code, version))`,
  `create table gateways (
     name text primary key, currencies text[] not null, refunds text not null, notifies boolean not null,
     invoice_ttl_ms bigint not null, active boolean not null)`,
];

const payments = [
  `create table payments (
     id uuid primary key,
     customer_id uuid not null references customers, subscription_id uuid not null references subscriptions,
     plan text not null, plan_version int not null, days double precision not null, device_limit int not null,
     price_minor bigint not null check (price_minor > 0), currency text not null, gateway text not null,
     memo text not null unique,
     state text not null
       check (state in ('open', 'settled', 'lapsed', 'declined', 'cancelled', 'refused', 'refunded')),
     asked_at timestamptz, invoice jsonb, invoice_reference text,
     opened_at timestamptz not null, lapses_at timestamptz not null, closed_at timestamptz,
     next_lookup_at timestamptz, looked_up_at timestamptz,
     foreign key (plan, plan_version) references plans (code, version))`,
  `create unique index payments_one_open on payments (customer_id, plan, gateway, currency)
     where state = 'open'`,
  `create index payments_by_customer on payments (customer_id, opened_at desc)`,
  `create index payments_by_subscription on payments (subscription_id)`,
  `create index payments_by_plan on payments (plan, plan_version)`,
  `create index payments_by_time on payments (opened_at desc)`,
  `create index payments_by_invoice on payments (gateway, invoice_reference)`,
  `create index payments_open on payments (gateway, lapses_at) where state = 'open'`,
  `create index payments_to_look_up on payments (gateway, next_lookup_at)
     where next_lookup_at is not null`,
  `create table charges (
     gateway text not null, reference text not null, payment_id uuid not null references payments,
     paid_minor bigint check (paid_minor >= 0), currency text not null,
     price_minor bigint not null default 0 check (price_minor >= 0),
     returned_minor bigint not null default 0 check (returned_minor >= 0),
     returned_before_minor bigint not null default 0 check (returned_before_minor >= 0),
     use text not null check (use in ('grant', 'credit', 'none')),
     paid_at timestamptz, fee_minor bigint,
     recorded_at timestamptz not null default now(),
     primary key (gateway, reference),
     check (price_minor = 0 or use = 'grant'))`,
  `create index charges_by_payment on charges (payment_id)`,
  `create index charges_by_time on charges (paid_at)`,
  `create table refunds (
     request_id text primary key, payment_id uuid not null references payments,
     gateway text not null, reference text not null,
     minor bigint not null check (minor > 0), up_to_minor bigint not null check (up_to_minor >= minor),
     currency text not null,
     price_minor bigint not null check (price_minor >= 0),
     credit_minor bigint not null check (credit_minor >= 0),
     requested_by bigint, reason text not null,
     state text not null check (state in ('asked', 'approved', 'rejected', 'returned', 'refused')),
     why text, asked_at timestamptz not null, closed_at timestamptz)`,
  `create index refunds_by_payment on refunds (payment_id, asked_at)`,
  `create unique index refunds_one_open on refunds (gateway, reference)
     where state in ('asked', 'approved')`,
  `create table unmatched (
     gateway text not null, reference text not null, payment_id uuid not null,
     minor bigint not null, currency text not null,
     returned_minor bigint not null default 0 check (returned_minor >= 0),
     evidence text not null, payer bigint, at timestamptz not null,
     state text not null check (state in ('open', 'given', 'ignored', 'refunding', 'returned')),
     customer_id uuid references customers, request_id text, resolved_by bigint, reason text,
     resolved_at timestamptz,
     primary key (gateway, reference))`,
  `create index unmatched_by_customer on unmatched (customer_id)`,
  `create index unmatched_open on unmatched (at) where state = 'open'`,
  // One reference is booked once, either for a payment or as unmatched: of two concurrent bookings
  // the second is refused.
  `create function refuse_other_booking() returns trigger language plpgsql as $$
   declare found boolean;
   begin
     execute format('select exists (select from %I where gateway = $1 and reference = $2)', tg_table_name)
       into found using new.gateway, new.reference;
     -- It is in this table already: the other table refused it then.
     if found then return new; end if;
     perform pg_advisory_xact_lock(hashtextextended(new.gateway || '/' || new.reference, 0));
     execute format('select exists (select from %I where gateway = $1 and reference = $2)', tg_argv[0])
       into found using new.gateway, new.reference;
     if found then
       raise exception '%/% is in % already', new.gateway, new.reference, tg_argv[0]
         using errcode = 'unique_violation';
     end if;
     return new;
   end $$`,
  `create trigger charges_are_not_unmatched before insert on charges
     for each row execute function refuse_other_booking('unmatched')`,
  `create trigger unmatched_are_not_charges before insert on unmatched
     for each row execute function refuse_other_booking('charges')`,
];

const books = [
  `create table gateway_events (
     id uuid primary key, digest text not null unique, payment_id uuid not null, gateway text not null,
     source text not null check (source in ('gateway', 'reconciliation')),
     report jsonb not null, headers jsonb not null, body text not null,
     received_at timestamptz not null default now())`,
  `create index gateway_events_by_payment on gateway_events (payment_id, received_at)`,
  `create table decisions (
     key text primary key, payment_id uuid not null, effects jsonb not null,
     at timestamptz not null default now())`,
  `create index decisions_by_payment on decisions (payment_id, at)`,
  `create table ledger_entries (
     fact text not null, account text not null, currency text not null,
     minor bigint not null check (minor <> 0), payment_id uuid,
     recorded_at timestamptz not null default now(),
     primary key (fact, account, currency))`,
  `create index ledger_entries_by_account on ledger_entries (account, currency) include (minor)`,
  `create index ledger_entries_by_payment on ledger_entries (payment_id)`,
  `create function refuse_imbalance() returns trigger language plpgsql as $$
   begin
     if exists (select from ledger_entries where fact = new.fact group by currency having sum(minor) <> 0)
     then raise exception 'the entries of % do not sum to zero', new.fact using errcode = 'check_violation';
     end if;
     return null;
   end $$`,
  `create constraint trigger ledger_entries_balance after insert on ledger_entries
     deferrable initially deferred for each row execute function refuse_imbalance()`,
];

const reconciliation = [
  `create table findings (
     payment_id uuid not null, kind text not null, reference text not null, gateway text not null,
     found_at timestamptz not null default now(),
     primary key (payment_id, kind, reference))`,
  `create index findings_by_time on findings (found_at desc)`,
  `create table statement_cursors (
     account text primary key, cursor text not null, skipped int not null default 0,
     skipped_reported_at timestamptz, read_at timestamptz not null default now())`,
  `create table quarantine (
     key text primary key, gateway text not null,
     kind text not null check (kind in ('line', 'lookup', 'event')),
     evidence text not null, reason text not null, tries int not null default 1,
     first_at timestamptz not null default now(), next_try_at timestamptz, resolved_at timestamptz)`,
  `create index quarantine_open on quarantine (gateway, first_at) where resolved_at is null`,
  // A gateway that does not push events is read more often while one of its invoices is open.
  `create trigger payments_wake_gateways after update of invoice_reference on payments
     for each statement execute function wake('gateways')`,
];

const insertOnly = ["plans", "gateway_events", "decisions", "ledger_entries", "findings"].map(
  (table) => `create trigger ${table}_insert_only before update or delete or truncate on ${table}
     for each statement execute function refuse_change()`,
);

const privileges = [
  `grant select, insert on plans, gateway_events, decisions, ledger_entries, findings to tollgate_writer`,
  `grant select, insert, update on gateways, payments, charges, refunds, unmatched, statement_cursors,
     quarantine to tollgate_writer`,
  `grant select on plans, gateways, payments, charges, refunds, unmatched, gateway_events, decisions,
     ledger_entries, findings, statement_cursors, quarantine to tollgate_reader`,
];
