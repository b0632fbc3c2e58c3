import { Migration } from "@mikro-orm/migrations";

/** Why a request was rejected, and that a decision was undone. */
export class Migration0012AdminSide extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table approvals add column reason jsonb,
     add column undone_at timestamptz, add column undone_by bigint`,
  `create index approvals_decided on approvals (decided_at desc)
     where kind = 'signup' and state in ('approved', 'rejected')`,
];
