// Measures an idle installation: npm run bench:idle, beside a running `npm start` (Linux).
//   npm run bench:idle -- --minutes 10
// TOLLGATE_DATA and TEMPORAL_PORT as for npm start. If Temporal's data is in PostgreSQL, give a
// superuser's URL: --temporal-database postgres://…
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Client, Connection } from "@temporalio/client";
import { Client as Postgres } from "pg";
import { childrenOf } from "./children.ts";
import { cpuMs } from "./payments/cpu.ts";
import { sum } from "./payments/figures.ts";
import { table } from "./payments/table.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    data: { type: "string", default: process.env["TOLLGATE_DATA"] ?? ".tollgate" },
    temporal: {
      type: "string",
      default: `127.0.0.1:${process.env["TEMPORAL_PORT"] ?? "7233"}`,
    },
    "temporal-database": { type: "string" },
  },
});
const dayMs = 86_400_000;
const dataFolder = resolve(values.data);

interface Sample {
  readonly atMs: number;
  readonly cpu: ReadonlyMap<string, number>;
  /** The size of Temporal's database. */
  readonly bytes: number;
  /** The number of history events of each running workflow, by workflow id. */
  readonly events: ReadonlyMap<string, number>;
}

const connection = await Connection.connect({ address: values.temporal });
const client = new Client({ connection });
const before = await takeSample();
const began = new Date().toISOString();
await delay(Number(values.minutes) * 60_000);
const after = await takeSample();
console.log(formatProcessorTime(before, after));
console.log(`\n${await formatWorkflows(began)}`);
const grown = after.bytes - before.bytes;
const perDay = (grown / (after.atMs - before.atMs)) * dayMs;
console.log(`Temporal's database: ${grown} bytes more, ${(perDay / 1e6).toFixed(1)} MB a day`);
await connection.close();

async function takeSample(): Promise<Sample> {
  const cpu = new Map<string, number>();
  for (const { name, pid } of childrenOf(dataFolder)) {
    const ms = cpuMs([pid]);
    if (ms === undefined) throw new Error("processor time is only known on Linux");
    cpu.set(name, ms);
  }
  const events = new Map<string, number>();
  for await (const { workflowId, historyLength } of listRunningWorkflows()) {
    events.set(workflowId, historyLength);
  }
  return { atMs: performance.now(), cpu, bytes: await measureDatabase(), events };
}

/** Visibility has no history length of running workflows: each is described. */
async function* listRunningWorkflows() {
  for await (const { workflowId } of client.workflow.list({
    query: "ExecutionStatus = 'Running'",
  })) {
    const { historyLength } = await client.workflow.getHandle(workflowId).describe();
    yield { workflowId, historyLength };
  }
}

async function measureDatabase(): Promise<number> {
  const url = values["temporal-database"];
  if (url === undefined) return folderBytes(join(dataFolder, "temporal"));
  const postgres = new Postgres({ connectionString: url });
  await postgres.connect();
  const { rows } = await postgres.query<{ bytes: string }>(
    `select sum(pg_database_size(oid)) as bytes from pg_database
      where datname in ('temporal', 'temporal_visibility')`,
  );
  await postgres.end();
  return Number(rows[0]?.bytes ?? 0);
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true });
  return sum(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).size),
  );
}

/** A table of each process's share of one core. */
function formatProcessorTime(from: Sample, to: Sample): string {
  const share = (ms: number) => `${((100 * ms) / (to.atMs - from.atMs)).toFixed(2)} %`;
  const used = [...to.cpu].map(([name, ms]) => [name, ms - (from.cpu.get(name) ?? 0)] as const);
  const rows = used.toSorted(([, a], [, b]) => b - a).map(([name, ms]) => [name, share(ms)]);
  const ours = used.filter(([name]) => ["worker", "api", "bot"].includes(name));
  rows.push(["worker, api and bot", share(sum(ours.map(([, ms]) => ms)))]);
  rows.push(["all", share(sum(used.map(([, ms]) => ms)))]);
  return table([`${values.minutes} minutes, in which nobody does anything`, "of a core"], rows);
}

/** How many workflows have started since, and how many events the running ones have added. */
async function formatWorkflows(since: string): Promise<string> {
  const { count } = await client.workflow.count(`StartTime >= "${since}"`);
  const longer = [...after.events].flatMap(([id, events]) => {
    const more = events - (before.events.get(id) ?? 0);
    return more > 0 ? [`${id} ${more}`] : [];
  });
  const added = longer.length === 0 ? "none" : longer.join(", ");
  return `Workflows started: ${count}. Events added to those that run: ${added}.`;
}
