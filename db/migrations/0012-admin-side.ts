import { Migration } from "@mikro-orm/migrations";

/** The role of support, why a request was rejected, and that a decision was undone. */
export class Migration0012AdminSide extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table customers drop constraint customers_role_check,
     add constraint customers_role_check
       check (role in ('customer', 'admin', 'support', 'viewer'))`,
  `alter table approvals add column reason jsonb,
     add column undone_at timestamptz, add column undone_by bigint`,
  `create index approvals_decided on approvals (decided_at desc)
     where kind = 'signup' and state in ('approved', 'rejected')`,
];
