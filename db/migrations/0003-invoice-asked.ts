import { Migration } from "@mikro-orm/migrations";

/** Whether a gateway was ever asked for the invoice. Of orders that are there already nobody knows: they count as asked. */
export class Migration0003InvoiceAsked extends Migration {
  override up(): void {
    this.addSql("alter table payments add column asked_at timestamptz");
    this.addSql("update payments set asked_at = opened_at");
  }
}
