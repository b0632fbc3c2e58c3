// `node bench/hosts.ts [peers]`: a reconciler's passes over one real AmneziaWG daemon and a real PostgreSQL.
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { HostPass } from "../activities/host-pass.ts";
import { reach } from "../activities/host-reach.ts";
import { accessPurpose } from "../db/devices.ts";
import { Hosts } from "../db/hosts.ts";
import { migrate } from "../db/migrate.ts";
import { openDatabase } from "../db/orm.ts";
import { Vault } from "../db/vault.ts";
import { addressAt } from "../domain/address-pool.ts";
import { generateParameters } from "../domain/amneziawg.ts";
import type { HostState, VpnHost } from "../gateways/vpn-host.ts";
import { connectHost } from "../gateways/vpn-host/connect.ts";
import { generateKeyPair } from "../gateways/vpn-host/keys.ts";
import { hostSettings } from "../gateways/vpn-host/settings.ts";
import { newTunnelAccess } from "../gateways/vpn-host/tunnel.ts";
import { freeUdpPort, startAwgNode } from "../test/gateways/vpn-host/awg-node.ts";
import { freePort } from "../tools/servers/ports.ts";
import { startPostgres } from "../tools/servers/postgres.ts";

const peers = Number(process.argv[2] ?? 10_000);
const network = "10.16.0.0/14";

let statements = 0;
const { query } = Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
Client.prototype.query = function count(this: Client, ...given: unknown[]) {
  statements += 1;
  return query.apply(this, given);
} as typeof Client.prototype.query;

/** By processor time of the thread: on a machine with others the clock would count them in. */
const usedMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e3;
};
let blockedMs = 0;
let lastMs = usedMs();
setInterval(() => {
  blockedMs = Math.max(blockedMs, usedMs() - lastMs);
  lastMs = usedMs();
}, 5).unref();

async function measure(what: string, work: () => Promise<unknown>): Promise<void> {
  await delay(20);
  [statements, blockedMs] = [0, 0];
  const startedMs = performance.now();
  const startedUsedMs = usedMs();
  await work();
  const tookMs = performance.now() - startedMs;
  const cpuMs = usedMs() - startedUsedMs;
  await delay(20);
  const rssMb = process.memoryUsage.rss() / 1e6;
  console.log(
    `${what}: ${tookMs.toFixed(0)} ms (${cpuMs.toFixed(0)} of them ours), ${statements} statements, ` +
      `loop held ${blockedMs.toFixed(0)} ms at most, ${rssMb.toFixed(0)} MB`,
  );
}

const folder = mkdtempSync(join(tmpdir(), "tollgate-bench-"));
const password = randomBytes(16).toString("hex");
const server = {
  dataDir: folder,
  port: await freePort(),
  throwAway: true,
  guarded: true,
  password,
};
const postgres = await startPostgres(server);
const node = await startAwgNode();
const listenPort = await freeUdpPort();
const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
await migrate(postgres.url, { writer: "writer", reader: "reader" });
const database = await openDatabase(postgres.url);

const settings = hostSettings.parse({
  kind: "amneziawg",
  via: { type: "uapi", socket: node.socket },
  owned: { privateKey: generateKeyPair().privateKey, listenPort },
  endpoint: `127.0.0.1:${listenPort}`,
  network,
  serverAddress: "10.16.0.1",
  dns: ["1.1.1.1"],
  mtu: 1_376,
  allowedIps: ["0.0.0.0/0", "::/0"],
  parameters: generateParameters((min, max) => randomInt(min, max + 1)),
});
const hosts = new Hosts(database.em, vault);
await hosts.importAll([{ name: "one", capacity: 200_000, weight: 1, settings }]);
const { id } = (await hosts.all())[0]!;

const sql = (text: string, values: unknown[] = []) => database.em.fork().execute(text, values);

async function plant(): Promise<void> {
  const rows = Array.from({ length: peers }, (_, index) => {
    const [access, made] = [randomUUID(), newTunnelAccess()];
    const secrets = vault.seal(made.secrets, accessPurpose(access));
    const ids = { c: randomUUID(), s: randomUUID(), d: randomUUID(), a: access };
    const address = addressAt(network, index);
    return {
      ...ids,
      tg: 1e9 + index,
      address,
      i: made.identity,
      h: made.presharedHash,
      x: secrets,
    };
  });
  for (let first = 0; first < rows.length; first += 2_500) {
    await sql(
      `with r as (select * from jsonb_to_recordset(?::jsonb)
                  as x (c uuid, s uuid, d uuid, a uuid, tg bigint, address text, i text, h text, x text)),
       people as (insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
         select c, tg, 'P', 'en', 'customer', 'active', now() from r),
       subs as (insert into subscriptions (id, customer_id, plan, device_limit, paid_until)
         select s, c, 'trial', 3, now() + interval '30 days' from r),
       devs as (insert into devices (id, subscription_id, name) select d, s, 'phone' from r)
       insert into accesses (id, device_id, subscription_id, host_id, identity, address,
                             secrets_encrypted, preshared_hash, request_id, placed_at)
       select a, d, s, ?, i, address, x, h, a::text, now() from r`,
      [JSON.stringify(rows.slice(first, first + 2_500)), id],
    );
  }
  await sql("analyze");
}

let movedBytes = 0;
const real = connectHost(settings);
/** Plays that everybody is on line. */
const playing: VpnHost = {
  ...real,
  list: async (): Promise<HostState> => {
    const { epoch, peers: seen } = await real.list();
    const more = { uploadedBytes: movedBytes, downloadedBytes: 3 * movedBytes };
    return { epoch, peers: movedBytes === 0 ? seen : seen.map((peer) => ({ ...peer, ...more })) };
  },
};

const pass = new HostPass(id, reach({ get: async () => playing }, id), {
  em: database.em,
  vault,
  now: () => new Date(),
  goOn: () => undefined,
});
const compareWhole = () => pass.compareWhole();

console.log(`${peers} peers`);
await plant();
await measure("an empty daemon is filled, keys are told", compareWhole);
await measure("compared whole, no difference", compareWhole);
await measure("compared whole, no difference", compareWhole);
await measure("nothing due", () => pass.followBooks());
movedBytes = 1e6;
await measure("compared whole, first reading of all", compareWhole);
movedBytes = 2e6;
await measure("compared whole, all have moved", compareWhole);
await sql(
  `update subscriptions set paid_until = now() - interval '1 second'
    where id in (select subscription_id from accesses order by address limit ?)`,
  [Math.floor(peers / 6)],
);
await measure(`a sixth has ended`, () => pass.followBooks());
await sql(`update subscriptions set paid_until = now() + interval '30 days'`);
await measure(`a sixth is back`, () => pass.followBooks());
movedBytes = 0;
await node.restart();
await measure("the daemon has restarted", compareWhole);
await measure("compared whole, no difference", compareWhole);

await database.close();
await node.close();
await postgres.stop();
rmSync(folder, { recursive: true, force: true });
