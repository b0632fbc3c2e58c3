import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { Customers } from "../../db/customers.ts";
import { Devices } from "../../db/devices.ts";
import { Hosts } from "../../db/hosts.ts";
import { Subscriptions } from "../../db/subscriptions.ts";
import { Traffic } from "../../db/traffic.ts";
import { parseVaultKeys, Vault } from "../../db/vault.ts";
import { deviceId, type SubscriptionId, telegramId } from "../../domain/ids.ts";
import type { SubscriptionRef } from "../../domain/subscription.ts";
import { instant } from "../../domain/time.ts";
import { generateKeyPair, generatePresharedKey } from "../../gateways/vpn-host/keys.ts";
import { newVaultKeys, useDatabase } from "../support/database.ts";
import { memorySettings } from "../support/stage.ts";

const db = useDatabase();
const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
const rowsOf = <Row>(query: string, values: unknown[] = []): Promise<Row[]> =>
  db.owner.em.fork().execute<Row[]>(query, values);

const now = instant("2026-11-21T10:00:00Z");
const keys = () => ({ ...generateKeyPair(), presharedKey: generatePresharedKey() });

let devices: Devices;
let subscriptions: Subscriptions;
let people = 100;

beforeAll(async () => {
  devices = new Devices(db.writer.em, vault);
  subscriptions = new Subscriptions(db.writer.em);
  const hosts = new Hosts(db.writer.em, vault);
  const small = { name: "small", capacity: 20, weight: 1, settings: memorySettings("10.1.0.0/27") };
  const large = { name: "large", capacity: 60, weight: 1, settings: memorySettings("10.2.0.0/26") };
  await hosts.importAll([small, large]);
});

async function subscriber(): Promise<SubscriptionRef> {
  const id = telegramId((people += 1));
  const arrival = { admin: false, referrer: undefined, now };
  await new Customers(db.writer.em).register({ telegramId: id, firstName: "P" }, arrival);
  const ref = await subscriptions.openOnce(id);
  await subscriptions.setState(ref!.id, "active");
  return ref!;
}

const add = (subscriptionId: SubscriptionId, id = deviceId(randomUUID())) =>
  devices.addOnce(id, { subscriptionId, name: "D", requestId: "r" }, keys());

test("no address is given twice, however many ask at once; the hosts fill by their load and then are full", async () => {
  const refs = await Promise.all(Array.from({ length: 30 }, subscriber));
  const added = await Promise.all(refs.flatMap(({ id }) => [add(id), add(id), add(id)]));
  const kinds = Map.groupBy(added, ({ kind }) => kind);
  expect(kinds.get("added")).toHaveLength(80);
  expect(kinds.get("noHost")).toHaveLength(10);
  const rows = await rowsOf<{ name: string; address: string }>(
    "select h.name, d.address from devices d join hosts h on h.id = d.host_id",
  );
  expect(new Set(rows.map(({ address }) => address)).size).toBe(80);
  const byHost = Map.groupBy(rows, ({ name }) => name);
  expect([byHost.get("small")?.length, byHost.get("large")?.length]).toEqual([20, 60]);
  expect(rows.map(({ address }) => address)).not.toContain("10.1.0.1");
});

test("the index itself refuses a second device at an address", async () => {
  const em = db.writer.em.fork();
  const clash = em.execute(
    `insert into devices (id, subscription_id, host_id, name, address, public_key, private_key_encrypted,
                          preshared_key_encrypted, keys_from)
     select gen_random_uuid(), subscription_id, host_id, 'x', address, 'other', 'x', 'x', 'x'
       from devices limit 1`,
  );
  await expect(clash).rejects.toThrow(/devices_one_address_once/u);
});

test("the same device is added once, and a limit holds when wishes come together", async () => {
  await db.owner.em
    .fork()
    .execute("update hosts set capacity = 200, network = '10.2.0.0/20' where name = 'large'");
  const { id } = await subscriber();
  const first = deviceId(randomUUID());
  await Promise.all([add(id, first), add(id, first), add(id, first)]);
  expect(await devices.ofSubscription(id)).toHaveLength(1);
  const more = await Promise.all(Array.from({ length: 6 }, () => add(id)));
  expect(more.filter(({ kind }) => kind === "added")).toHaveLength(2);
  expect(more.filter(({ kind }) => kind === "limit")).toHaveLength(4);
});

test("an address is free again only when the old key is known to be off the host", async () => {
  const { id } = await subscriber();
  const device = deviceId(randomUUID());
  await add(id, device);
  const { access, hostId } = (await devices.access(device))!;
  await devices.revokeOnce(device, now);
  const other = await subscriber();
  const next = deviceId(randomUUID());
  await add(other.id, next);
  expect((await devices.access(next))?.access.tunnel.address).not.toBe(access.tunnel.address);
  expect(await devices.retiredOf({ hostId })).toContainEqual({
    publicKey: access.tunnel.publicKey,
    hostId,
  });
  await devices.markRemoved(access.tunnel.publicKey, now);
  const last = deviceId(randomUUID());
  await add(other.id, last);
  expect((await devices.access(last))?.access.tunnel.address).toBe(access.tunnel.address);
});

test("keys are replaced once per request, and the old one is retired in the same step", async () => {
  const { id } = await subscriber();
  const device = deviceId(randomUUID());
  await add(id, device);
  const before = (await devices.access(device))!.access.tunnel;
  await Promise.all([
    devices.rekeyOnce(device, "again", keys()),
    devices.rekeyOnce(device, "again", keys()),
  ]);
  const after = (await devices.access(device))!.access.tunnel;
  expect(after.publicKey).not.toBe(before.publicKey);
  expect(after.address).toBe(before.address);
  await devices.rekeyOnce(device, "again", keys());
  expect((await devices.access(device))!.access.tunnel).toEqual(after);
  const retired = await devices.retiredOf({ subscriptionId: id });
  expect(retired.map(({ publicKey }) => publicKey)).toEqual([before.publicKey]);
});

test("private keys rest encrypted, and a rotated key still opens them", async () => {
  const { id } = await subscriber();
  const device = deviceId(randomUUID());
  await add(id, device);
  const { privateKey } = (await devices.access(device))!.access.tunnel;
  const rows = await rowsOf("select * from devices where id = ?", [device]);
  expect(JSON.stringify(rows)).not.toContain(privateKey);
  const old = vault.seal("secret", "p");
  const [fresh] = parseVaultKeys(newVaultKeys("k2"))!;
  const rotated = new Vault([fresh!, { id: "k1", key: randomBytes(32) }]);
  expect(() => rotated.open(old, "p")).toThrow(/does not match/u);
  expect(() => new Vault([fresh!]).open(old, "p")).toThrow(/"k1" is not in ENCRYPTION_KEYS/u);
  expect(() => vault.open(old, "another row")).toThrow(/does not match/u);
  expect(vault.open(old, "p")).toBe("secret");
});

test("time is given once per cause, however often and however many at once", async () => {
  const { id } = await subscriber();
  const trial = { cause: `t/${id}`, kind: "trial", days: 3 } as const;
  const until = await Promise.all(
    Array.from({ length: 8 }, () => subscriptions.grantOnce(id, trial, now)),
  );
  expect(new Set(until.map((granted) => granted.until))).toEqual(
    new Set(["2026-11-24T10:00:00.000Z"]),
  );
  const causes = Array.from(
    { length: 8 },
    (_, n) => ({ cause: `a${n}/${id}`, kind: "admin", days: 1 }) as const,
  );
  await Promise.all(causes.map((grant) => subscriptions.grantOnce(id, grant, now)));
  const { until: unchanged } = await subscriptions.grantOnce(id, trial, now);
  expect(unchanged).toBe("2026-12-02T10:00:00.000Z");
});

test("the same counters read twice, or by two workers at once, count once", async () => {
  const { id } = await subscriber();
  const device = deviceId(randomUUID());
  await add(id, device);
  const { hostId, access } = (await devices.access(device))!;
  const traffic = new Traffic(db.writer.em);
  const read = (epoch: string, up: number, down: number) => {
    const counter = {
      publicKey: access.tunnel.publicKey,
      uploadedBytes: up,
      downloadedBytes: down,
      lastHandshakeAt: now,
    };
    const foreign = { ...counter, publicKey: generateKeyPair().publicKey };
    return traffic.record(hostId, { epoch, counters: [counter, foreign] }, now);
  };
  await Promise.all([read("1", 100, 1_000), read("1", 100, 1_000)]);
  await read("1", 150, 1_500);
  await read("2", 10, 20);
  const rows = await rowsOf(
    `select c.uploaded, c.downloaded, d.uploaded as today from traffic_counters c
       join traffic_daily d using (device_id) where device_id = ?`,
    [device],
  );
  expect(rows).toEqual([{ uploaded: "160", downloaded: "1520", today: "160" }]);
});
