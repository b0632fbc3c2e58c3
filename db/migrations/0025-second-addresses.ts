import { Migration } from "@mikro-orm/migrations";

/**
 * IPv6 inside a tunnel: a host may have a network of it, and then each of its accesses has an
 * address in both. Texts are compared with what hosts print, so they have one form only.
 */
export class Migration0025SecondAddresses extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `alter table hosts add column network6 text,
     add check (network6 is null or network is not null),
     add check (network6 = network6::cidr::text)`,
  `alter table accesses add column address6 text,
     add check (address6 is null or address is not null),
     add check (address6 = host(address6::inet) and family(address6::inet) = 6)`,
  `create unique index accesses_one_address6_once on accesses (host_id, address6)
     where removed_at is null`,
  `grant select (network6) on hosts to tollgate_reader`,
  `grant select (address6) on accesses to tollgate_reader`,
];
