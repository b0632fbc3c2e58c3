import { Migration } from "@mikro-orm/migrations";

/**
 * Auto-renewal: what each customer has agreed to, their saved card, and their subscriptions in Stars.
 */
export class Migration0007Renewals extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

/** All columns but the sealed one: entry points may read these. */
const secretFree = `subscription_id, kind, is_on, plan, price_minor, currency, agreed_at,
  card_gateway, card_id, card_pan, card_expires`;

const statements = [
  `alter table payments add column recurs text check (recurs in ('begins', 'renews'))`,
  `drop index payments_one_open`,
  // A renewal is nobody's press: it is opened beside the customer's own orders.
  `create unique index payments_one_open
     on payments (customer_id, plan, gateway, currency, (recurs is not null))
     where state = 'open' and recurs is distinct from 'renews'`,
  `alter table gateways add column recurring text check (recurring in ('stars', 'card'))`,
  `create table renewals (
     subscription_id uuid primary key references subscriptions,
     kind text not null check (kind in ('balance', 'card', 'stars')),
     is_on boolean not null,
     plan text not null, price_minor bigint not null check (price_minor > 0), currency text not null,
     agreed_at timestamptz not null,
     card_gateway text, card_id text, card_pan text, card_expires text, card_encrypted text,
     check ((card_gateway is null) = (card_encrypted is null)),
     check (kind <> 'card' or not is_on or card_encrypted is not null))`,
  `create table star_subscriptions (
     order_id uuid primary key references payments,
     subscription_id uuid not null references subscriptions,
     reference text not null, since timestamptz not null, until timestamptz not null,
     state text not null check (state in ('active', 'canceled', 'failed')),
     reported_at timestamptz,
     is_unwanted boolean not null default false, is_canceled boolean not null default false)`,
  `create index star_subscriptions_by_subscription on star_subscriptions (subscription_id, since)`,
  `grant select, insert, update on renewals, star_subscriptions to tollgate_writer`,
  `grant select on star_subscriptions to tollgate_reader`,
  `grant select (${secretFree}) on renewals to tollgate_reader`,
];
