// Measures what one host with many peers costs: npm run bench:hosts
//   npm run bench:hosts -- --peers 1000,10000 --passes 5
// The endpoint is a real AmneziaWG daemon where one can be built, else the memory host.
// A PostgreSQL server is started for it.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HostPass } from "../activities/access/host-pass.ts";
import { reach } from "../activities/access/host-reach.ts";
import { type Database, openDatabase } from "../db/orm.ts";
import { Vault } from "../db/vault.ts";
import { freePort } from "../tools/servers/ports.ts";
import { startPostgres } from "../tools/servers/postgres.ts";
import { openEndpoint } from "./hosts/endpoint.ts";
import { fillDatabase } from "./hosts/fill-database.ts";
import { countStatements, Stopwatch } from "./hosts/stopwatch.ts";
import { CleanupStack } from "./payments/cleanup-stack.ts";
import { migrate } from "./payments/servers.ts";
import { table } from "./payments/table.ts";

const { values } = parseArgs({
  options: {
    peers: { type: "string", default: "1000,10000" },
    passes: { type: "string", default: "5" },
    memory: { type: "boolean", default: false },
  },
});
const sizes = values.peers.split(",").map(Number);
const passes = Number(values.passes);

const cleanup = new CleanupStack();
process.on("SIGINT", () => void cleanup.disposeAll().then(() => process.exit(130)));
countStatements();
try {
  console.log(`${availableParallelism()} processors, Node ${process.version}, ${process.platform}`);
  const folder = mkdtempSync(join(tmpdir(), "tollgate-hosts-"));
  await cleanup.keep(Promise.resolve(folder), () =>
    rmSync(folder, { recursive: true, force: true }),
  );
  chmodSync(folder, 0o711);
  const password = randomBytes(16).toString("hex");
  const options = { dataDir: folder, port: await freePort(), password, endsWithParent: true };
  const postgres = await cleanup.keep(startPostgres(options), (it) => it.stop());
  for (const peers of sizes) {
    const database = await openEmptyDatabase(postgres.url, `hosts_${peers}`, folder);
    try {
      console.log(`\n${await measureHost(database, peers)}`);
    } finally {
      await database.close();
    }
  }
} finally {
  await cleanup.disposeAll();
}

/** Measures one host with this many peers in a new database. Returns a Markdown table. */
async function measureHost(database: Database, peers: number): Promise<string> {
  const endpoint = await openEndpoint(values.memory);
  const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
  try {
    const hostId = await fillDatabase(database, vault, { peers, settings: endpoint.settings });
    const host = reach({ get: async () => endpoint.host }, hostId);
    const ports = { em: database.em, vault, now: () => new Date(), checkpoint: () => undefined };
    const pass = new HostPass(hostId, host, ports);
    const stopwatch = new Stopwatch();
    const comparePeers = async () => {
      const result = await pass.compareWhole();
      if (result === undefined || result.refused > 0 || result.held > 0) {
        throw new Error(`the pass did not succeed: ${JSON.stringify(result)}`);
      }
    };
    await stopwatch.run("an empty host gets all of them", comparePeers);
    await stopwatch.run("the first pass afterwards", comparePeers);
    for (let left = passes; left > 0; left -= 1)
      await stopwatch.run("a pass without difference", comparePeers);
    for (let left = passes; left > 0; left -= 1) {
      endpoint.moveTraffic();
      await stopwatch.run("a pass after all have moved traffic", comparePeers);
    }
    endpoint.resetTraffic();
    await endpoint.restart();
    await stopwatch.run("the daemon is empty again: all come back", comparePeers);
    await endpoint.check(peers);
    return table(
      [
        `${peers} peers, ${endpoint.name}`,
        "times",
        "ms, median",
        "ms, most",
        "ms blocked",
        "processor ms",
        "statements",
      ],
      stopwatch.rows(),
    );
  } finally {
    await endpoint.close();
  }
}

/** Creates a database with empty tables and opens it as the worker's role. */
async function openEmptyDatabase(
  serverUrl: string,
  name: string,
  folder: string,
): Promise<Database> {
  const server = await openDatabase(serverUrl, 1);
  await server.em.fork().execute(`create database ${name}`);
  await server.close();
  const own = new URL(serverUrl);
  own.pathname = `/${name}`;
  await migrate(own.href, own.password, folder);
  own.username = "tollgate_writer";
  return openDatabase(own.href);
}
