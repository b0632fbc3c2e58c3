// Measures one host of one kind with one number of accesses, as a process of its own, so that its
// memory and compiled code are those of this host alone. `bench/hosts.ts` forks it with what is to
// be measured as JSON, and is sent the measurements.
import { randomBytes } from "node:crypto";
import { HostPass } from "../../activities/access/host-pass.ts";
import { reach } from "../../activities/access/host-reach.ts";
import { openDatabase } from "../../db/orm.ts";
import { Vault } from "../../db/vault.ts";
import { startCounting } from "./counts.ts";
import type { Endpoint } from "./endpoint.ts";
import { fillDatabase } from "./fill-database.ts";
import { openPanel, type PanelKind } from "./panel-endpoint.ts";
import { type Measurement, Stopwatch } from "./stopwatch.ts";
import { openTunnel } from "./tunnel-endpoint.ts";

/** What is to be measured. */
export interface MeasureOrder {
  readonly kind: "amneziawg" | PanelKind;
  readonly inMemory: boolean;
  readonly accesses: number;
  readonly passes: number;
  /** Of an empty database with tables, as the worker's role. */
  readonly databaseUrl: string;
}

/** What was measured, by act. */
export interface HostMeasurements {
  readonly name: string;
  readonly acts: Readonly<Record<string, Measurement>>;
}

const order = JSON.parse(process.argv[2] ?? "") as MeasureOrder;
startCounting(order.kind === "amneziawg" ? "tunnel" : "panel");
const database = await openDatabase(order.databaseUrl);
const endpoint =
  order.kind === "amneziawg" ? await openTunnel(order.inMemory) : await openPanel(order.kind);
try {
  const measured = await measureHost(endpoint);
  process.send?.(measured satisfies HostMeasurements);
} finally {
  await endpoint.close();
  await database.close();
  process.disconnect();
}

async function measureHost({ host: measured, ...rest }: Endpoint): Promise<HostMeasurements> {
  const vault = new Vault([{ id: "k1", key: randomBytes(32) }]);
  const { accesses, passes } = order;
  const hostId = await fillDatabase(database, vault, { accesses, settings: rest.settings });
  const host = reach({ get: async () => measured }, hostId);
  const ports = { em: database.em, vault, now: () => new Date(), checkpoint: () => undefined };
  const pass = new HostPass(hostId, host, ports);
  const stopwatch = new Stopwatch(() => rest.findPid());
  const compare = async () => {
    const result = await pass.compareWhole();
    if (result === undefined || result.refused > 0 || result.held > 0)
      throw new Error(`the pass did not succeed: ${JSON.stringify(result)}`);
  };
  // The first pass fills the host, the second reads its counters for the first time.
  await compare();
  await compare();
  for (let left = passes; left > 0; left -= 1)
    await stopwatch.run("a pass without difference", compare);
  for (let left = passes; left > 0; left -= 1) {
    rest.moveTraffic();
    await stopwatch.run("a traffic reading, all have moved", compare);
  }
  rest.resetTraffic();
  await rest.empty();
  await stopwatch.run("a rebuild, from empty to equal", compare);
  await rest.check(accesses);
  return { name: rest.name, acts: Object.fromEntries(stopwatch.summary()) };
}
