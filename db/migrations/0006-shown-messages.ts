import { Migration } from "@mikro-orm/migrations";

/** Messages that change what their slot shows, or are sent where nothing can be changed. */
export class Migration0006ShownMessages extends Migration {
  override up(): void {
    this.addSql("alter table messages drop constraint messages_action_check");
    this.addSql(
      "alter table messages add constraint messages_action_check check (action in ('send', 'edit', 'show'))",
    );
  }
}
