import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  apiEnvironment,
  baseEnvironment,
  botEnvironment,
  migrationEnvironment,
  workerEnvironment,
} from "./environment.ts";
import { projectRoot, runOwn, startOwn } from "./product-process.ts";
import type { Service, Started } from "./service.ts";
import { sourcesHash } from "./sources.ts";
import type { StartContext } from "./start-context.ts";
import { builtWeb } from "./web.ts";

const servers = ["temporal", "redis", "migrations"] as const;

/** Tollgate's own processes, each with its own environment. */
export const ownParts: readonly Service[] = [
  { name: "web", needs: [], stopsAt: 0, start: web },
  { name: "workflows", needs: [], stopsAt: 0, start: workflows },
  { name: "migrations", needs: ["postgres"], stopsAt: 0, start: migrations },
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

async function web(stage: StartContext): Promise<Started> {
  const { folder, what } = await builtWeb(projectRoot, stage.logs.file("web"));
  stage.addresses.webFolder = folder;
  return { where: "web/dist", what };
}

/** Bundled by a process that ends: a worker that bundles them itself keeps the compiler's memory. */
async function workflows(stage: StartContext): Promise<Started> {
  const file = join(stage.configuration.dataDir, "workflows.cjs");
  const mark = `${file}.sources`;
  const sources = sourcesHash(projectRoot, ["workflows", "domain"]);
  const current = existsSync(file) && existsSync(mark) && readFileSync(mark, "utf8") === sources;
  if (!current) {
    const env = baseEnvironment(stage.configuration);
    const bundler = {
      name: "workflows",
      file: "deploy/workflow-bundle.ts",
      args: [file],
      env,
    } as const;
    await runOwn(stage, { ...bundler, graceMs: 2_000 });
    writeFileSync(mark, sources);
  }
  stage.addresses.workflowBundle = file;
  return { where: "", what: current ? "bundled before" : "bundled now" };
}

async function migrations(stage: StartContext): Promise<Started> {
  const env = migrationEnvironment(stage);
  await runOwn(stage, { name: "migrations", file: "db/migrate.ts", env, graceMs: 2_000 });
  return { where: "", what: "the database is up to date" };
}

async function worker(stage: StartContext): Promise<Started> {
  const port = await stage.keptPort("worker-metrics");
  const env = workerEnvironment(stage, port);
  return ready(stage, { name: "worker", env, port, graceMs: 2_500 });
}

async function api(stage: StartContext): Promise<Started> {
  const port = await stage.keptPort("api-metrics");
  const env = apiEnvironment(stage, port);
  const started = await ready(stage, { name: "api", env, port, graceMs: 1_500 });
  return { ...started, where: `http://127.0.0.1:${stage.configuration.API_PORT}` };
}

async function bot(stage: StartContext): Promise<Started> {
  const port = await stage.keptPort("bot-metrics");
  const env = botEnvironment(stage, port);
  return ready(stage, { name: "bot", env, port, graceMs: 2_000 });
}

interface Own {
  readonly name: "worker" | "api" | "bot";
  readonly env: Record<string, string>;
  readonly port: number;
  readonly graceMs: number;
}

async function ready(stage: StartContext, { name, env, port, graceMs }: Own): Promise<Started> {
  const origin = `http://127.0.0.1:${port}`;
  const file = join(name === "worker" ? "workers" : name, "main.ts");
  const heapMb = name === "worker" ? 512 : 192;
  const readyUrl = `${origin}/readyz`;
  const running = await startOwn(stage, { name, file, env, graceMs, heapMb, readyUrl });
  return { where: "", what: `process ${running.pid}`, running, health: origin, metrics: origin };
}
