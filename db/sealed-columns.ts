import type { SealedColumn } from "./resealing.ts";

/**
 * Every column that the vault seals. At the worker's start,
 * values sealed with an older key are sealed again.
 */
export const sealedColumns: readonly SealedColumn[] = [
  {
    table: "hosts",
    id: "name",
    idType: "text",
    sealed: "settings_encrypted",
    purpose: (name) => `host/${name}`,
  },
  {
    table: "accesses",
    id: "id",
    idType: "uuid",
    sealed: "secrets_encrypted",
    purpose: (id) => `access/${id}`,
  },
  {
    table: "device_links",
    id: "device_id",
    idType: "uuid",
    sealed: "token_encrypted",
    purpose: (id) => `link/${id}`,
  },
  {
    table: "file_links",
    id: "token_hash",
    idType: "text",
    sealed: "token_encrypted",
    purpose: (hash) => `file-link/${hash}`,
  },
  {
    table: "renewals",
    id: "subscription_id",
    idType: "uuid",
    sealed: "card_encrypted",
    purpose: (id) => `renewal/${id}`,
  },
];
