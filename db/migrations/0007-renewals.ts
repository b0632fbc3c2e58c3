import { Migration } from "@mikro-orm/migrations";

/** Auto-renewal: what each customer has agreed to, their saved card, and their Stars subscription. */
export class Migration0007Renewals extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

/** All columns but the sealed one: entry points may read these. */
const secretFree = `subscription_id, kind, is_on, plan, price_minor, currency, agreed_at,
  card_gateway, card_id, card_pan, card_expires,
  stars_reference, stars_since, stars_until, stars_state, stars_wanted, stars_applied, stars_update`;

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
     check (kind <> 'card' or not is_on or card_encrypted is not null),
     stars_reference text, stars_since timestamptz, stars_until timestamptz,
     stars_state text check (stars_state in ('active', 'canceled', 'failed')),
     stars_update bigint not null default 0,
     stars_wanted text check (stars_wanted in ('active', 'canceled')),
     stars_applied text check (stars_applied in ('active', 'canceled')),
     check ((stars_reference is null) = (stars_wanted is null)),
     check (kind <> 'stars' or not is_on or stars_reference is not null))`,
  `grant select, insert, update on renewals to tollgate_writer`,
  `grant select (${secretFree}) on renewals to tollgate_reader`,
];
