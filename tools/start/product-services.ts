import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  apiEnvironment,
  baseEnvironment,
  botEnvironment,
  commandEnvironment,
  migrationEnvironment,
  workerEnvironment,
} from "./environment.ts";
import { projectRoot, runProductProgram, startProductProcess } from "./product-process.ts";
import type { Service, Started } from "./service.ts";
import { sourcesHash } from "./sources.ts";
import type { StartContext } from "./start-context.ts";
import { buildWeb } from "./web.ts";

const servers = ["temporal", "redis", "migrations"] as const;

/** The product's own processes, each with its own environment. */
export const productServices: readonly Service[] = [
  { name: "web", needs: [], stopsAt: 0, start: web },
  { name: "workflows", needs: [], stopsAt: 0, start: bundleWorkflows },
  { name: "migrations", needs: ["postgres"], stopsAt: 0, start: migrate },
  {
    name: "worker",
    needs: [...servers, "workflows", "telegram", "gateways", "vpn-host"],
    stopsAt: 3,
    start: worker,
  },
  {
    name: "api",
    needs: [...servers, "telegram", "gateways", "vpn-client", "web"],
    stopsAt: 4,
    start: api,
  },
  { name: "bot", needs: [...servers, "telegram"], stopsAt: 5, start: bot },
];

async function web(context: StartContext): Promise<Started> {
  const { folder, what } = await buildWeb(projectRoot, context.logs.file("web"));
  context.addresses.webFolder = folder;
  return { where: "web/dist", what };
}

/** Bundled by a separate process: a worker that did it itself would keep the compiler's memory. */
async function bundleWorkflows(context: StartContext): Promise<Started> {
  const file = join(context.configuration.dataDir, "workflows.cjs");
  const mark = `${file}.sources`;
  const sources = sourcesHash(projectRoot, ["workflows", "domain"]);
  const current = existsSync(file) && existsSync(mark) && readFileSync(mark, "utf8") === sources;
  if (!current) {
    const env = baseEnvironment(context.configuration);
    const bundler = {
      name: "workflows",
      file: "deploy/workflow-bundle.ts",
      args: [file],
      env,
    } as const;
    await runProductProgram(context, { ...bundler, graceMs: 2_000 });
    writeFileSync(mark, sources);
  }
  context.addresses.workflowBundle = file;
  return { where: "", what: current ? "bundled before" : "bundled now" };
}

async function migrate(context: StartContext): Promise<Started> {
  const env = migrationEnvironment(context);
  await runProductProgram(context, {
    name: "migrations",
    file: "db/migrate.ts",
    env,
    graceMs: 2_000,
  });
  return { where: "", what: "the database is up to date" };
}

async function worker(context: StartContext): Promise<Started> {
  const port = await context.assignPort("worker-metrics");
  const env = workerEnvironment(context, port);
  const started = await startWhenReady(context, { name: "worker", env, port, graceMs: 2_500 });
  await addDemoHost(context);
  return started;
}

/** The demo's host comes into the database as an operator's does; its port may be another one. */
async function addDemoHost(context: StartContext): Promise<void> {
  const { demoHostsFile } = context.addresses;
  if (demoHostsFile === undefined) return;
  await runProductProgram(context, {
    name: "worker",
    file: "deploy/tollgate.ts",
    args: ["hosts", "import", demoHostsFile, "--update"],
    env: commandEnvironment(context),
    graceMs: 2_000,
  });
}

async function api(context: StartContext): Promise<Started> {
  const port = await context.assignPort("api-metrics");
  const env = apiEnvironment(context, port);
  const started = await startWhenReady(context, { name: "api", env, port, graceMs: 1_500 });
  return { ...started, where: `http://127.0.0.1:${context.configuration.API_PORT}` };
}

async function bot(context: StartContext): Promise<Started> {
  const port = await context.assignPort("bot-metrics");
  const env = botEnvironment(context, port);
  return startWhenReady(context, { name: "bot", env, port, graceMs: 2_000 });
}

interface MainProcess {
  readonly name: "worker" | "api" | "bot";
  readonly env: Record<string, string>;
  readonly port: number;
  readonly graceMs: number;
}

async function startWhenReady(
  context: StartContext,
  { name, env, port, graceMs }: MainProcess,
): Promise<Started> {
  const origin = `http://127.0.0.1:${port}`;
  const file = join(name === "worker" ? "workers" : name, "main.ts");
  const heapMb = name === "worker" ? 512 : 192;
  const readyUrl = `${origin}/readyz`;
  const running = await startProductProcess(context, {
    name,
    file,
    env,
    graceMs,
    heapMb,
    readyUrl,
  });
  return { where: "", what: `process ${running.pid}`, running, health: origin, metrics: origin };
}
