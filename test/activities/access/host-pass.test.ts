import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { HostPass } from "../../../activities/access/host-pass.ts";
import { reach } from "../../../activities/access/host-reach.ts";
import { Hosts } from "../../../db/access/hosts.ts";
import { type Database, openDatabase } from "../../../db/orm.ts";
import { Vault } from "../../../db/vault.ts";
import { type HostId, hostId } from "../../../domain/ids.ts";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import { useDatabase } from "../../drivers/database.ts";
import { memorySettings } from "../../drivers/test-app.ts";

class CountingVault extends Vault {
  openings = 0;

  override open(sealed: string, purpose: string): string {
    this.openings += 1;
    return super.open(sealed, purpose);
  }
}

const db = useDatabase();
const vault = new CountingVault([{ id: "k1", key: randomBytes(32) }]);
/** Every statement sent to PostgreSQL, `begin` and `commit` too. */
const statements = vi.spyOn(Client.prototype, "query");
let counted: Database;
beforeAll(async () => {
  counted = await openDatabase(db.writerUrl, 5);
});
afterAll(() => counted.close());

/** Customers with a device each, whose keys the host has. */
async function fill(host: HostId, devices: number): Promise<Peer[]> {
  const em = db.owner.em.fork();
  const [{ last }] = await em.execute<[{ last: number }]>(
    "select count(*)::int as last from customers",
  );
  return em.execute<Peer[]>(
    `with numbers as (
       select n, gen_random_uuid() as customer, gen_random_uuid() as subscription,
              gen_random_uuid() as device, gen_random_uuid() as access
         from generate_series(1, ?::int) n),
     people as (
       insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
       select customer, 700000 + n + ?::int, 'P', 'en', 'customer', 'active', now() from numbers),
     owned as (
       insert into subscriptions (id, customer_id, plan, device_limit, paid_until)
       select subscription, customer, 'trial', 3, now() + interval '30 days' from numbers),
     kept as (
       insert into devices (id, subscription_id, name) select device, subscription, 'phone' from numbers)
     insert into accesses (id, device_id, subscription_id, host_id, identity, address, secrets_encrypted,
                           preshared_hash, request_id, on_host, placed_at, given_at)
     select access, device, subscription, ?, 'peer ' || access, '10.9.' || n / 250 || '.' || n % 250 + 2,
            'sealed', 'hash', 'request ' || access, true, now(), now() from numbers
     returning identity, address`,
    [devices, last, host],
  );
}

interface Peer {
  readonly identity: string;
  readonly address: string;
}

/** A host that equals the books, and a reconciler's passes over it. */
async function settleHost(name: string, devices: number) {
  const settings = memorySettings("10.9.0.0/16");
  const hosts = new Hosts(db.writer.em, vault);
  await hosts.importOnce([{ name, capacity: 20_000, weight: 1, settings }]);
  const id = hostId((await hosts.list()).find((one) => one.name === name)!.id);
  const host = new MemoryVpnHost(settings);
  for (const { identity, address } of await fill(id, devices)) {
    host.put(identity, { addresses: [address], presharedHash: "hash" });
  }
  const ports = { em: counted.em, vault, now: () => new Date(), checkpoint: () => undefined };
  const pass = new HostPass(id, reach({ get: async () => host }, id), ports);
  return { id, host, pass };
}

/** Ids of the customers on a host, for blocking them. */
const customersOn = (host: HostId) =>
  db.owner.em.fork().execute<{ customer: string; identity: string; moved: number }[]>(
    `select s.customer_id as customer, a.identity, s.moved_bytes as moved
       from accesses a join subscriptions s on s.id = a.subscription_id
      where a.host_id = ? order by a.identity`,
    [host],
  );

const block = (customers: readonly string[]) =>
  db.owner.em
    .fork()
    .execute("update customers set status = 'blocked' where id in (?)", [customers]);

async function countStatements(work: () => Promise<unknown>): Promise<number> {
  statements.mockClear();
  vault.openings = 0;
  await work();
  expect(vault.openings).toBe(0);
  return statements.mock.calls.length;
}

/**
 * The database is read, and counters are written, thousands per statement:
 * at most this many more statements.
 */
const mostPages = 8;

test("a pass over a host that equals the books opens no secret, and 10,000 peers cost a few statements more than 10", async () => {
  const few = await settleHost("few", 10);
  const many = await settleHost("many", 10_000);
  // The first comparison stores the counters; the next has nothing to write.
  for (let times = 0; times < 2; times += 1) {
    const least = await countStatements(() => few.pass.compareWhole());
    expect(least).toBeGreaterThan(0);
    expect(least).toBeLessThanOrEqual(20);
    const most = least + mostPages;
    expect(await countStatements(() => many.pass.compareWhole())).toBeLessThanOrEqual(most);
  }
  const following = await countStatements(() => few.pass.followBooks());
  expect(await countStatements(() => many.pass.followBooks())).toBe(following);
  expect((await many.host.list()).peers).toHaveLength(10_000);
});

test("a customer who is blocked while many others are removed is removed before the last of them", async () => {
  const { id, host, pass } = await settleHost("leaving", 2_500);
  const [late, ...others] = await customersOn(id);
  await block(others.map(({ customer }) => customer));
  const removals: (readonly string[])[] = [];
  const remove = host.remove.bind(host);
  vi.spyOn(host, "remove").mockImplementation(async (identities) => {
    if (removals.length === 0) await block([late!.customer]);
    removals.push(identities);
    return remove(identities);
  });
  await pass.followBooks();
  expect(removals.findIndex((some) => some.includes(late!.identity))).toBe(1);
  expect(removals.length).toBeGreaterThan(2);
  expect((await host.list()).peers).toEqual([]);
});

test("a customer who is blocked while many counters are written is removed before the last of them, and counted once", async () => {
  const { id, host, pass } = await settleHost("moving", 10_500);
  const everybody = await customersOn(id);
  for (const { identity } of everybody) host.carry(identity, 3, 4);
  // The host lists its peers in random order: the blocked one is among the last.
  const { epoch, peers } = await host.list();
  const late = everybody.find(({ identity }) => identity === peers.at(-1)?.identity)!;
  vi.spyOn(host, "list").mockImplementationOnce(async () => {
    await block([late.customer]);
    return { epoch, peers };
  });
  const counted: number[] = [];
  const remove = host.remove.bind(host);
  vi.spyOn(host, "remove").mockImplementation(async (identities) => {
    counted.push((await customersOn(id)).filter(({ moved }) => moved > 0).length);
    return remove(identities);
  });
  await pass.compareWhole();
  expect(counted).toEqual([10_000]);
  expect((await host.list()).peers).toHaveLength(10_499);
  for (const { moved } of await customersOn(id)) expect(moved).toBe(7);
});
