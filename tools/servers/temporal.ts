import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Connection } from "@temporalio/client";
import { acceptsConnections } from "./ports.ts";
import {
  launch,
  type ProcessOptions,
  processOptionsOf,
  type Running,
  waitUntil,
} from "./process.ts";
import { ensureSearchAttributes, searchAttributeFlags } from "./search-attributes.ts";
import type { TemporalCli } from "./temporal-cli.ts";

/** A running Temporal server of ours. */
export interface TemporalServer extends Running {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
}

/** Options of `startTemporal`. */
export interface DevServerOptions extends ProcessOptions {
  readonly port: number;
  /** Port of the web UI; no UI when absent. */
  readonly uiPort?: number;
  /** The folder of its database; in memory when absent. */
  readonly dataDir?: string;
  /**
   * Timers exact to the millisecond, and time skipping:
   * for tests and the demo, never for production.
   */
  readonly quick?: boolean;
  /** Namespaces are created while it runs and used at once, workflows deleted: for tests. */
  readonly manyNamespaces?: boolean;
}

/**
 * As in production (deploy/temporal/dynamic.yaml): by default the server looks for a workflow's
 * next commands 20 times a second, and each step of a workflow waits 25 ms for that.
 */
const productionSettings = ["history.transferProcessorMaxPollRPS=200"];

/**
 * As in production: by default the server ends a workflow's task behind which more than 100 signals
 * wait.
 */
const manySignals = ["history.maximumBufferedEventsBatch=10000"];

/**
 * As in production: our task queues need no partitions,
 * which would forward polls and tasks to each other.
 */
const onePartition = [
  "matching.numTaskqueueReadPartitions=1",
  "matching.numTaskqueueWritePartitions=1",
  'matching.ephemeralDataUpdateInterval="60s"',
];

/**
 * By default the development server reads the search attributes from its database each time one is
 * used, and keeps the state of 8,096 workflows in memory for an hour after their last use.
 */
const oneNamespace = [
  "system.forceSearchAttributesCacheRefreshOnRead=false",
  "history.hostLevelCacheMaxSize=256",
];

/**
 * By default the server polls for batch operations and schedules in each namespace, also in those
 * whose test is over; there are hundreds of them, and nobody uses either there.
 */
const namespacesOfTests = ["worker.perNamespaceWorkerCount=0"];

/**
 * By default a closed workflow is deleted after the queue's state has been stored, every 30 s, and
 * what came too early is tried again minutes later.
 */
const deletedAtOnce = [
  "history.transferProcessorEnsureCloseBeforeDelete=false",
  "history.visibilityProcessorEnsureCloseBeforeDelete=false",
];

/** By default a timer fires up to 1 s late, and queues are read 20 times a second. */
const quickSettings = [
  "frontend.WorkflowTimeSkippingEnabled=true",
  "system.workflowTimeSkippingEnabled=true",
  'history.timerProcessorMaxTimeShift="1ms"',
  "history.timerProcessorMaxPollRPS=10000",
  "history.transferProcessorMaxPollRPS=10000",
  "history.visibilityProcessorMaxPollRPS=10000",
  'history.workflowIdReuseMinimalInterval="0s"',
];

const namespace = "default";

/** SERVING in grpc.health.v1.HealthCheckResponse. */
const serving = 1;

/**
 * Starts Temporal's development server on 127.0.0.1 with the namespace `default`
 * and our search attributes.
 * @throws UserError when it does not come up.
 */
export async function startTemporal(
  cli: TemporalCli,
  options: DevServerOptions,
): Promise<TemporalServer> {
  const { port, logFile } = options;
  const running = await launch({
    command: cli.path,
    args: ["server", "start-dev", ...flagsOf(cli, options)],
    // The user's own Temporal profile must not reach this server. GOGC 50 collects garbage when the
    // heap has grown by half rather than doubled: 40 MB less after an hour's work. The server of
    // the tests lives for minutes, and there a collection costs more than memory does, up to 1 GiB.
    env: {
      PATH: process.env["PATH"],
      HOME: options.dataDir ?? "/",
      ...(options.manyNamespaces ? { GOGC: "400", GOMEMLIMIT: "1GiB" } : { GOGC: "50" }),
    },
    ...processOptionsOf(options),
  });
  const address = `127.0.0.1:${port}`;
  try {
    await waitUntilHealthy(address, running, logFile);
    const connection = await Connection.connect({ address });
    try {
      await ensureSearchAttributes(connection, namespace);
    } finally {
      await connection.close();
    }
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...running, address };
}

function flagsOf(cli: TemporalCli, options: DevServerOptions): string[] {
  const { port, uiPort, dataDir, quick, manyNamespaces } = options;
  const flags = ["--ip", "127.0.0.1", "--port", String(port), "--log-level", "error"];
  if (uiPort === undefined) flags.push("--headless");
  else flags.push("--ui-port", String(uiPort), "--ui-disable-news-fetch");
  flags.push(...searchAttributeFlags);
  const settings = [
    ...(quick ? quickSettings : productionSettings),
    ...manySignals,
    ...onePartition,
    ...(manyNamespaces ? [...namespacesOfTests, ...deletedAtOnce] : oneNamespace),
  ];
  for (const setting of settings) flags.push("--dynamic-config-value", setting);
  if (dataDir === undefined) return flags;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // The schema is created with the file and never migrated:
  // another server version gets another file.
  flags.push("--db-filename", join(dataDir, `temporal-${cli.serverVersion}.db`));
  return [...flags, "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"];
}

/**
 * Waits until a Temporal frontend reports that it is serving.
 * @throws UserError when its process ends first, or after a minute.
 */
export function waitUntilHealthy(
  address: string,
  { exited }: Pick<Running, "exited">,
  logFile: string | undefined,
): Promise<void> {
  const [host = "", port = ""] = address.split(":");
  // TCP first: after a refused connection gRPC waits a second before it tries again.
  return waitUntil(
    async () => (await acceptsConnections(host, Number(port))) && (await isServing(address)),
    {
      what: logFile === undefined ? "the Temporal server" : `the Temporal server (see ${logFile})`,
      gone: exited,
    },
  );
}

async function isServing(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  const service = "temporal.api.workflowservice.v1.WorkflowService";
  try {
    const check = () => connection.healthService.check({ service });
    const { status }: { status: number } = await connection.withDeadline(Date.now() + 1_000, check);
    return status === serving;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
