import { Migration } from "@mikro-orm/migrations";

/** What the figures of returned money and of unmatched payments are read by. */
export class Migration0022ReturnedMoney extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create index ledger_entries_returned on ledger_entries (recorded_at)
     where account like 'gateway:%' and minor < 0`,
  `create index unmatched_by_time on unmatched (at)`,
];
