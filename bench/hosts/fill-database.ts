import { randomUUID } from "node:crypto";
import { accessPurpose } from "../../db/access/devices.ts";
import { Hosts } from "../../db/access/hosts.ts";
import type { Database } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import { addressAt } from "../../domain/access/address-pool.ts";
import { panelUserName } from "../../domain/derived-ids.ts";
import type { HostId } from "../../domain/ids.ts";
import { newAccess } from "../../gateways/hosts/registry.ts";
import type { HostSettings } from "../../gateways/hosts/registry.ts";

const batchSize = 2_500;

interface FillOptions {
  readonly accesses: number;
  readonly settings: HostSettings;
}

/**
 * Adds one host and `accesses` customers on it, each with a month of access and one device. Returns
 * the host's id.
 * @throws Error when the database does not take the host or its customers.
 */
export async function fillDatabase(
  { em }: Database,
  vault: Vault,
  { accesses, settings }: FillOptions,
): Promise<HostId> {
  const hosts = new Hosts(em, vault);
  await hosts.importOnce([{ name: "one", capacity: 2 * accesses, weight: 1, settings }]);
  const [host] = await hosts.list();
  if (host === undefined) throw new Error("the host was not imported");
  for (let first = 0; first < accesses; first += batchSize) {
    const places = Array.from(
      { length: Math.min(batchSize, accesses - first) },
      (_, at) => first + at,
    );
    const rows = places.map((place) => newCustomer(vault, settings, place));
    await em.fork().execute(insert, [JSON.stringify(rows), host.id]);
  }
  return host.id;
}

function newCustomer(vault: Vault, settings: HostSettings, place: number) {
  const id = randomUUID();
  const { identity, secrets, presharedHash } = newAccess();
  return {
    id,
    customer: randomUUID(),
    subscription: randomUUID(),
    device: randomUUID(),
    telegram: 2_000_000 + place,
    // A panel's users have names in place of keys and addresses, as after their placement.
    ...("network" in settings
      ? { address: addressAt(settings.network, place), identity }
      : { address: null, identity: panelUserName(id) }),
    sealed: vault.seal(secrets, accessPurpose(id)),
    hash: presharedHash,
  };
}

const insert = `
  with r as (
    select * from jsonb_to_recordset(?::jsonb) as x(
      id uuid, customer uuid, subscription uuid, device uuid, telegram bigint, address text,
      identity text, sealed text, hash text)),
  people as (
    insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
    select customer, telegram, 'Ann', 'en', 'customer', 'active', now() from r),
  bought as (
    insert into subscriptions (id, customer_id, plan, device_limit, paid_until, time_given_at)
    select subscription, customer, 'month', 3, now() + interval '30 days', now() from r),
  carried as (
    insert into devices (id, subscription_id, name) select device, subscription, 'Phone' from r)
  insert into accesses (id, device_id, subscription_id, host_id, identity, address, secrets_encrypted,
                        preshared_hash, request_id, placed_at)
  select id, device, subscription, ?::uuid, identity, address, sealed, hash, 'first/' || id, now() from r`;
