import { Migration } from "@mikro-orm/migrations";

/** The sign that each gateway has on buttons. */
export class Migration0011Extras extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  // The worker publishes the gateways, with their signs, before anybody is offered one.
  `alter table gateways add column icon text not null default ''`,
];
