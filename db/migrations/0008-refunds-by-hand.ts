import { Migration } from "@mikro-orm/migrations";

/** Refunds that an admin has sent by hand, each named by its transaction. */
export class Migration0008RefundsByHand extends Migration {
  override up(): void {
    this.addSql("alter table refunds add column transaction text");
    this.addSql(
      `create unique index refunds_by_transaction on refunds (gateway, transaction)
         where transaction is not null and state <> 'rejected'`,
    );
  }
}
