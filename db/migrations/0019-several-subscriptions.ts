import { Migration } from "@mikro-orm/migrations";

/**
 * A customer may have several subscriptions. The first, which everybody has, is number 1; a further
 * one gets its number with its first time. Orders that are open are told apart by subscription.
 */
export class Migration0019SeveralSubscriptions extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

/** Whoever is in the books has one subscription each: the default makes it their first. */
export const statements = [
  `alter table subscriptions drop constraint subscriptions_customer_id_key,
     add column number int default 1 check (number > 0),
     add constraint subscriptions_with_time_are_listed check (number is not null or paid_until is null)`,
  `create unique index subscriptions_by_customer on subscriptions (customer_id, number)`,
  // What is paid for belongs to who pays.
  `create unique index subscriptions_of_customer on subscriptions (id, customer_id)`,
  `alter table payments add constraint payments_of_own_subscription
     foreign key (subscription_id, customer_id) references subscriptions (id, customer_id)`,
  `drop index payments_one_open`,
  `create unique index payments_one_open
     on payments (subscription_id, plan, gateway, currency, (recurs is not null))
     where state = 'open' and recurs is distinct from 'renews'`,
  `drop index payments_one_open_extra`,
  `create unique index payments_one_open_extra
     on payments (subscription_id, extra, gateway, currency, price_minor, extra_bytes, extra_until)
     nulls not distinct where state = 'open' and extra is not null`,
];
