import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import type { TestProject } from "vitest/node";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { query, startPostgres } from "../../tools/servers/postgres.ts";
import type { Running } from "../../tools/servers/process.ts";
import { findRedis, startRedis } from "../../tools/servers/redis.ts";
import { findTemporalCli } from "../../tools/servers/temporal-cli.ts";
import { startTemporal } from "../../tools/servers/temporal.ts";
import { compileCache } from "./compile-cache.ts";
import { passwords } from "./roles.ts";

declare module "vitest" {
  interface ProvidedContext {
    /**
     * A superuser's URL of an empty database, and the name of a migrated one to create copies of.
     */
    postgres: { url: string; template: string };
    /** A server that can skip time; `codePath` is the bundle of all workflows. */
    temporal: { address: string; codePath: string };
    /** Undefined where no `redis-server` is installed. */
    redis: { url: string } | undefined;
  }
}

const started: Running[] = [];
let folder = "";

/** Starts one of each server for the whole run; they end with it, however it ends. */
export async function setup(project: TestProject): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), "tollgate-test-"));
  // The forks, and the programs that are given their whole environment.
  Object.assign(process.env, compileCache);
  const starts = [
    startPostgresServer(),
    startTemporalServer(),
    startRedisServer(),
    bundleWorkflows(),
  ] as const;
  const failed = (await Promise.allSettled(starts)).find((start) => start.status === "rejected");
  if (failed) {
    await teardown();
    throw failed.reason;
  }
  const [postgres, temporal, redis, codePath] = await Promise.all(starts);
  project.provide("postgres", postgres);
  project.provide("temporal", { address: temporal.address, codePath });
  project.provide("redis", redis && { url: redis.url });
}

/** Stops the servers. */
export async function teardown(): Promise<void> {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
}

function register<Server extends Running>(server: Server): Server {
  started.push(server);
  return server;
}

async function startPostgresServer() {
  const password = randomBytes(16).toString("hex");
  const options = {
    dataDir: folder,
    port: await freePort(),
    throwAway: true,
    endsWithParent: true,
  };
  const { url } = register(await startPostgres({ ...options, password }));
  const template = "tollgate_migrated";
  const own = new URL(url);
  own.pathname = `/${template}`;
  await query(url, `create database ${template}`);
  await migrate(own.href, passwords);
  return { url, template };
}

async function startTemporalServer() {
  const cli = await findTemporalCli((line) => console.error(`tollgate: ${line}`));
  const logFile = join(folder, "temporal.log");
  return register(
    await startTemporal(cli, {
      port: await freePort(),
      quick: true,
      manyNamespaces: true,
      endsWithParent: true,
      logFile,
    }),
  );
}

async function startRedisServer() {
  const program = findRedis();
  if (program === undefined) return undefined;
  const options = { dataDir: join(folder, "redis"), port: await freePort(), endsWithParent: true };
  return register(await startRedis(program, options));
}

async function bundleWorkflows(): Promise<string> {
  const workflowsPath = fileURLToPath(new URL("../../workflows/index.ts", import.meta.url));
  if (!existsSync(workflowsPath)) return "";
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") });
  const codePath = join(folder, "workflows.cjs");
  writeFileSync(codePath, code);
  return codePath;
}
