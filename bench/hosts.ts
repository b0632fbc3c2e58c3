// Measures what one host of each kind with many accesses costs: npm run bench:hosts
//   npm run bench:hosts -- --accesses 1000,10000 --passes 3 --kinds amneziawg,marzban
// The interface is a real AmneziaWG daemon where one can be built, else the memory host; panels are
// emulated. A PostgreSQL server is started for it.
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openDatabase } from "../db/orm.ts";
import { freePort } from "../tools/servers/ports.ts";
import { startPostgres } from "../tools/servers/postgres.ts";
import type { HostMeasurements, MeasureOrder } from "./hosts/measure.ts";
import { panelKinds } from "./hosts/panel-endpoint.ts";
import { type MeasuredHost, reportHosts } from "./hosts/report.ts";
import { CleanupStack } from "./payments/cleanup-stack.ts";
import { migrate } from "./payments/servers.ts";

const kinds = ["amneziawg", ...panelKinds] as const;
const { values } = parseArgs({
  options: {
    accesses: { type: "string", default: "1000,10000" },
    kinds: { type: "string", default: kinds.join(",") },
    passes: { type: "string", default: "5" },
    memory: { type: "boolean", default: false },
  },
});
const wanted = new Set(values.kinds.split(","));
const sizes = values.accesses.split(",").map(Number);

const cleanup = new CleanupStack();
process.on("SIGINT", () => void cleanup.disposeAll().then(() => process.exit(130)));
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
  const hosts: MeasuredHost[] = [];
  for (const kind of kinds.filter((one) => wanted.has(one))) {
    for (const accesses of sizes) {
      const name = `hosts_${kind.replaceAll(/\W/gu, "_")}_${accesses}`;
      const databaseUrl = await createDatabase(postgres.url, name, folder);
      const passes = Number(values.passes);
      const load = loadavg()[0]?.toFixed(1);
      const inMemory = values.memory;
      const measured = await measure({ kind, accesses, passes, databaseUrl, inMemory });
      hosts.push({ ...measured, accesses });
      console.log(`${measured.name}, ${accesses}: measured at a load of ${load}`);
    }
  }
  console.log(`\n${reportHosts(hosts)}`);
} finally {
  await cleanup.disposeAll();
}

/** @throws Error when the measuring process ends without measurements. */
async function measure(order: MeasureOrder): Promise<HostMeasurements> {
  const program = fileURLToPath(import.meta.resolve("./hosts/measure.ts"));
  const child = fork(program, [JSON.stringify(order)], { execArgv: ["--expose-gc"] });
  let measured: HostMeasurements | undefined;
  child.on("message", (message) => void (measured = message as HostMeasurements));
  const [code] = (await once(child, "exit")) as [number | null];
  if (measured === undefined) throw new Error(`measuring ${order.kind} ended with ${code}`);
  return measured;
}

/** Creates a database with empty tables. Returns its URL for the worker's role. */
async function createDatabase(serverUrl: string, name: string, folder: string): Promise<string> {
  const server = await openDatabase(serverUrl, 1);
  await server.em.fork().execute(`create database ${name}`);
  await server.close();
  const own = new URL(serverUrl);
  own.pathname = `/${name}`;
  await migrate(own.href, own.password, folder);
  own.username = "tollgate_writer";
  return own.href;
}
