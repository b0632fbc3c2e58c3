import { Migration } from "@mikro-orm/migrations";

/**
 * The shop's own subscription links. What a link leads to is sealed with a key that is derived from
 * the link's token, so that the reader may have the row and only who has the link can open it.
 */
export class Migration0021SubscriptionLinks extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement);
  }
}

const statements = [
  `create table device_links (
     device_id uuid primary key references devices,
     token_hash text not null unique, token_encrypted text not null,
     request_id text not null, made_at timestamptz not null default now())`,
  `create table link_sources (
     access_id uuid primary key references accesses,
     token_hash text not null, source_sealed text not null,
     found_at timestamptz not null default now())`,
  `create table link_hwids (
     device_id uuid not null references devices, hash text not null,
     name text not null, added_at timestamptz not null default now(),
     primary key (device_id, hash))`,
  `create table file_links (
     token_hash text primary key,
     access_id uuid not null references accesses, token_encrypted text not null,
     expires_at timestamptz not null,
     used_at timestamptz, used_by text, file_sealed text,
     made_at timestamptz not null default now(),
     check ((used_at is null) = (used_by is null)))`,
  `create index file_links_by_access on file_links (access_id) where used_at is null`,
  `grant select, insert, update on device_links, link_sources, link_hwids, file_links
     to tollgate_writer`,
  `grant delete on link_hwids to tollgate_writer`,
  `grant select (device_id, token_hash, made_at) on device_links to tollgate_reader`,
  `grant select on link_sources, link_hwids to tollgate_reader`,
  `grant select (token_hash, access_id, expires_at, used_at, used_by, file_sealed, made_at)
     on file_links to tollgate_reader`,
];
