import { Migration } from "@mikro-orm/migrations";

/** What admins' figures are read by. */
export class Migration0009Figures extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [`create index time_lots_sales on time_lots (at) where kind = 'payment'`];
