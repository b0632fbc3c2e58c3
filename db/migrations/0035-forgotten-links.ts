import { Migration } from "@mikro-orm/migrations";

/** Links to files and sources of links go once nobody can use them. */
export class Migration0035ForgottenLinks extends Migration {
  override up(): void {
    this.addSql("create index file_links_by_end on file_links (expires_at)");
    this.addSql("grant delete on file_links, link_sources to tollgate_writer");
  }
}
