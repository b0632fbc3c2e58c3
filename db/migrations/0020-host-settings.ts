import { Migration } from "@mikro-orm/migrations";

/** Hosts are changed while workers run: workers are notified, and people see where a host is. */
export class Migration0020HostSettings extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table hosts add column endpoint text`,
  `grant select (endpoint) on hosts to tollgate_reader`,
  `create trigger hosts_settings_changed after insert or update of state, settings_encrypted
     on hosts for each statement execute function wake('host_settings')`,
];
