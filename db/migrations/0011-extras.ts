import { Migration } from "@mikro-orm/migrations";

/** The sign that each gateway has on buttons, and orders of other things than plans. */
export class Migration0011Extras extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // The worker publishes the gateways, with their signs, before anybody is offered one.
  `alter table gateways add column icon text not null default ''`,
  `alter table payments add column extra text check (extra in ('topUp'))`,
  `alter table payments alter plan drop not null, alter plan_version drop not null,
     alter days drop not null, alter device_limit drop not null`,
  `alter table payments add check (num_nonnulls(plan, plan_version, days, device_limit)
     = case when extra is null then 4 else 0 end)`,
  `alter table payments add check (extra is null or recurs is null)`,
  `create unique index payments_one_open_extra
     on payments (customer_id, extra, gateway, currency, price_minor)
     where state = 'open' and extra is not null`,
];
