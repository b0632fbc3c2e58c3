// Measures a subscription link that is answered from memory: npm run bench:links
//   npm run bench:links -- --links 2000 --rate 200 --seconds 20
// The api runs as a process of its own; a PostgreSQL server and a panel are started for it.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { keepDeviceLink, openDeviceLink } from "../db/access/device-links.ts";
import { keepLinkSource } from "../db/access/links.ts";
import { type Database, openDatabase, queriesOf } from "../db/orm.ts";
import { Vault } from "../db/vault.ts";
import { linkPath } from "../domain/access/link.ts";
import { deviceId } from "../domain/ids.ts";
import { freePort } from "../tools/servers/ports.ts";
import { startPostgres } from "../tools/servers/postgres.ts";
import { launch } from "../tools/servers/process.ts";
import { openTunnel } from "./hosts/tunnel-endpoint.ts";
import { fillDatabase } from "./hosts/fill-database.ts";
import { CleanupStack } from "./payments/cleanup-stack.ts";
import { cpuMs } from "./payments/cpu.ts";
import { quantile } from "./payments/figures.ts";
import { migrate } from "./payments/servers.ts";

const { values } = parseArgs({
  options: {
    links: { type: "string", default: "2000" },
    rate: { type: "string", default: "200" },
    seconds: { type: "string", default: "20" },
  },
});
const count = Number(values.links);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
/** A month of servers, as a panel answers it: some kilobytes. */
const body = Buffer.from("vless://uuid@host:443?type=tcp#Name\n".repeat(40)).toString("base64");

let asked = 0;

const cleanup = new CleanupStack();
process.on("SIGINT", () => void cleanup.disposeAll().then(() => process.exit(130)));
try {
  console.log(`${availableParallelism()} processors, Node ${process.version}, ${process.platform}`);
  const source = await startPanel();
  const { database, readerUrl } = await openBooks();
  const tokens = await fill(database, source);
  const { url, pid } = await startApi(readerUrl);
  // So few that each is asked for again while what is in memory is fresh.
  const hot = tokens.slice(0, rate * 2);
  for (const token of hot) await ask(url, token);
  await report(`${rate} a second, from memory`, pid, () => askAtRate(url, hot, 7));
  const mixed = `${rate} a second, one in five from the panel`;
  await report(mixed, pid, () => askAtRate(url, hot, seconds));
  const perSecond = await askAtOnce(url, tokens.slice(rate * 2));
  console.log(`16 at once: ${Math.round(perSecond)} a second`);
} finally {
  await cleanup.disposeAll();
}

async function startPanel(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  await cleanup.keep(Promise.resolve(server), (it) => void it.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sub`;
}

async function openBooks(): Promise<{ database: Database; readerUrl: string }> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-links-"));
  await cleanup.keep(Promise.resolve(folder), () =>
    rmSync(folder, { recursive: true, force: true }),
  );
  chmodSync(folder, 0o711);
  const password = randomBytes(16).toString("hex");
  const options = { dataDir: folder, port: await freePort(), password, endsWithParent: true };
  const postgres = await cleanup.keep(startPostgres(options), (it) => it.stop());
  await migrate(postgres.url, password, folder);
  const own = new URL(postgres.url);
  own.username = "tollgate_reader";
  const readerUrl = own.href;
  const database = await cleanup.keep(openDatabase(postgres.url), (it) => it.close());
  return { database, readerUrl };
}

/** Customers with links to a panel. Returns their tokens. */
async function fill(database: Database, source: string): Promise<string[]> {
  const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
  const endpoint = await openTunnel(true);
  await fillDatabase(database, vault, { accesses: count, settings: endpoint.settings });
  await endpoint.close();
  const db = queriesOf(database.em.fork());
  await db.updateTable("hosts").set({ kind: "marzban" }).execute();
  const tokens: string[] = [];
  for (const { id, deviceId: device } of await db
    .selectFrom("accesses")
    .select(["id", "deviceId"])
    .execute()) {
    const sealed = await keepDeviceLink(db, vault, deviceId(device));
    tokens.push(openDeviceLink(vault, device, sealed));
    await keepLinkSource(db, vault, {
      accessId: id,
      deviceId: deviceId(device),
      source: `${source}/${id}`,
    });
  }
  return tokens;
}

async function startApi(readerUrl: string): Promise<{ url: string; pid: number }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = launch({
    command: process.execPath,
    args: [join(import.meta.dirname, "../api/main.ts")],
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: readerUrl,
      TEMPORAL_ADDRESS: "127.0.0.1:1",
      API_PORT: String(port),
      METRICS_PORT: String(await freePort()),
      PUBLIC_URL: url,
      LOG_LEVEL: "warn",
    },
    endsWithParent: true,
  });
  const { pid } = await cleanup.keep(api, (it) => it.stop());
  while (!(await fetch(`${url}/healthz`).catch(() => undefined))?.ok) await delay(20);
  return { url, pid };
}

/** Each request comes from another address. */
async function ask(url: string, token: string): Promise<number> {
  const began = performance.now();
  const address = `198.51.${(asked >> 8) % 100}.${asked % 256}`;
  asked += 1;
  const headers = { "user-agent": "Happ/2.0", "x-forwarded-for": address };
  const response = await fetch(url + linkPath(token), { headers });
  const text = await response.text();
  if (response.status !== 200 || text !== body) throw new Error(`HTTP ${response.status}`);
  return performance.now() - began;
}

function tokenAt(tokens: readonly string[], place: number): string {
  return tokens[place % tokens.length] ?? "";
}

/** Prints how long each answer took, and the processor's time that the api needed for it. */
async function report(
  what: string,
  pid: number,
  work: () => Promise<readonly number[]>,
): Promise<void> {
  const before = cpuMs([pid]) ?? Number.NaN;
  const took = await work();
  const own = (((cpuMs([pid]) ?? Number.NaN) - before) / took.length).toFixed(2);
  const ms = (share: number) => quantile(took, share).toFixed(1);
  const times = `p50 ${ms(0.5)} ms, p99 ${ms(0.99)} ms, longest ${ms(1)} ms`;
  console.log(`${what}: ${times}, ${own} ms of a core each`);
}

/** Sends at a steady pace, whatever the answers do. Returns how long each took. */
async function askAtRate(
  url: string,
  tokens: readonly string[],
  forSeconds: number,
): Promise<number[]> {
  const answers: Promise<number>[] = [];
  const began = performance.now();
  for (let sent = 0; sent < rate * forSeconds; sent += 1) {
    const waitMs = began + (sent * 1_000) / rate - performance.now();
    if (waitMs > 0) await delay(waitMs);
    answers.push(ask(url, tokenAt(tokens, sent)));
  }
  return Promise.all(answers);
}

/** Sixteen apps, each asking again at once. Returns answers a second. */
async function askAtOnce(url: string, tokens: readonly string[]): Promise<number> {
  const total = tokens.length * 3;
  const began = performance.now();
  let next = 0;
  const apps = Array.from({ length: 16 }, async () => {
    while (next < total) await ask(url, tokenAt(tokens, next++));
  });
  await Promise.all(apps);
  return (total * 1_000) / (performance.now() - began);
}
