// What one host costs with many peers: npm run bench:hosts
//   npm run bench:hosts -- --peers 1000,10000 --passes 5
// The endpoint is a real AmneziaWG daemon where one can be built, else the memory host; PostgreSQL is its own.
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
import { fillBooks } from "./hosts/books.ts";
import { openEndpoint } from "./hosts/endpoint.ts";
import { countStatements, Watch } from "./hosts/watch.ts";
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

const ends = new CleanupStack();
process.on("SIGINT", () => void ends.all().then(() => process.exit(130)));
countStatements();
try {
  console.log(`${availableParallelism()} processors, Node ${process.version}, ${process.platform}`);
  const folder = mkdtempSync(join(tmpdir(), "tollgate-hosts-"));
  await ends.keep(Promise.resolve(folder), () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o711);
  const password = randomBytes(16).toString("hex");
  const options = { dataDir: folder, port: await freePort(), password, guarded: true };
  const postgres = await ends.keep(startPostgres(options), (it) => it.stop());
  for (const peers of sizes) {
    const database = await emptyBooks(postgres.url, `hosts_${peers}`, folder);
    try {
      console.log(`\n${await measured(database, peers)}`);
    } finally {
      await database.close();
    }
  }
} finally {
  await ends.all();
}

/** One host with so many peers, in books of its own, as Markdown. */
async function measured(database: Database, peers: number): Promise<string> {
  const endpoint = await openEndpoint(values.memory);
  const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
  try {
    const hostId = await fillBooks(database, vault, { peers, settings: endpoint.settings });
    const host = reach({ get: async () => endpoint.host }, hostId);
    const ports = { em: database.em, vault, now: () => new Date(), checkpoint: () => undefined };
    const pass = new HostPass(hostId, host, ports);
    const watch = new Watch();
    const whole = async () => {
      const found = await pass.compareWhole();
      if (found === undefined || found.refused > 0 || found.held > 0) {
        throw new Error(`the pass did not end well: ${JSON.stringify(found)}`);
      }
    };
    await watch.run("an empty host gets all of them", whole);
    await watch.run("the first pass afterwards", whole);
    for (let left = passes; left > 0; left -= 1)
      await watch.run("a pass without difference", whole);
    for (let left = passes; left > 0; left -= 1) {
      endpoint.carry();
      await watch.run("a pass after all have moved traffic", whole);
    }
    endpoint.stop();
    await endpoint.restart();
    await watch.run("the daemon is empty again: all come back", whole);
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
      watch.rows(),
    );
  } finally {
    await endpoint.close();
  }
}

/** Open as the worker's role. */
async function emptyBooks(serverUrl: string, name: string, folder: string): Promise<Database> {
  const server = await openDatabase(serverUrl, 1);
  await server.em.fork().execute(`create database ${name}`);
  await server.close();
  const own = new URL(serverUrl);
  own.pathname = `/${name}`;
  await migrate(own.href, own.password, folder);
  own.username = "tollgate_writer";
  return openDatabase(own.href);
}
