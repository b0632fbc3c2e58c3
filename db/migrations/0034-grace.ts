import { Migration } from "@mikro-orm/migrations";

/** A plan lets its customers in for some days after their time. */
export class Migration0034Grace extends Migration {
  override up(): void {
    this.addSql("alter table plans add column grace_days integer check (grace_days > 0)");
  }
}
