import { Migration } from "@mikro-orm/migrations";

/** The orders that have let a gateway save a card, and what is to become of the card there. */
export class Migration0010CardConsents extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table card_consents (
     order_id uuid primary key references payments,
     subscription_id uuid not null references subscriptions,
     gateway text not null,
     state text not null check (state in ('awaited', 'saved', 'none', 'unwanted', 'removed')),
     since timestamptz not null)`,
  `create index card_consents_by_subscription on card_consents (subscription_id, since)`,
  `create unique index card_consents_one_saved on card_consents (subscription_id)
     where state = 'saved'`,
  `grant select, insert, update on card_consents to tollgate_writer`,
  `grant select on card_consents to tollgate_reader`,
];
