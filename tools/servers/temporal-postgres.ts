import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { freePorts } from "./ports.ts";
import { launch, type ProcessOptions, processOptionsOf, UserError, waitUntil } from "./process.ts";
import { ensureSearchAttributes } from "./search-attributes.ts";
import { buildProgram, type Say } from "./temporal-build.ts";
import { type TemporalServer, waitUntilHealthy } from "./temporal.ts";

const productionSettings = join(import.meta.dirname, "../../deploy/temporal/dynamic.yaml");

/** Paths of the built programs. */
export interface ServerBinaries {
  readonly server: string;
  readonly sqlTool: string;
}

/**
 * Builds, once, the program with the server's four services and the tool
 * that creates their schemas.
 * @throws UserError when they cannot be built.
 */
export async function buildServerBinaries(say: Say): Promise<ServerBinaries> {
  const server = await buildProgram("temporal-server", say);
  return { server, sqlTool: await buildProgram("temporal-sql-tool", say) };
}

/** Options of `startPostgresBackedTemporal`. */
export interface PostgresBackedOptions extends ProcessOptions {
  readonly binaries: ServerBinaries;
  /**
   * The connection of a role that may create databases;
   * `temporal` and `temporal_visibility` are created.
   */
  readonly postgresUrl: string;
  /** For the server's configuration and log. */
  readonly dataDir: string;
  /** At most 32767; a free one when absent. */
  readonly port?: number;
}

const namespace = "default";
const dayMs = 86_400_000;

/**
 * Starts the real server on 127.0.0.1 as in production, on PostgreSQL with four shards, with the
 * namespace `default` and our search attributes.
 * It can be stopped and started again on the same databases.
 * @throws UserError when the schemas cannot be created or it does not come up.
 */
export async function startPostgresBackedTemporal(
  options: PostgresBackedOptions,
): Promise<TemporalServer> {
  const { binaries, dataDir } = options;
  // All below 32768: the schema stores ports as smallint (found by trying).
  const [free = 0, ...inner] = await freePorts(9);
  const port = options.port ?? free;
  const database = new URL(options.postgresUrl);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await createSchemas(binaries.sqlTool, database);
  const configuration = join(dataDir, "temporal-server.yaml");
  const dynamic = join(dataDir, "temporal-dynamic.yaml");
  copyFileSync(productionSettings, dynamic);
  // JSON is valid YAML. The file contains the password, hence the mode.
  const text = JSON.stringify(settings({ database, port, inner, dynamic }), null, 1);
  writeFileSync(configuration, text, { mode: 0o600 });
  const logFile = join(dataDir, "temporal-server.log");
  const running = await launch({
    command: binaries.server,
    args: ["--config-file", configuration, "--allow-no-auth", "start"],
    env: { PATH: process.env["PATH"], HOME: dataDir },
    graceMs: 10_000,
    ...processOptionsOf({ ...options, logFile }),
  });
  const address = `127.0.0.1:${port}`;
  try {
    await waitUntilHealthy(address, running, logFile);
    await createNamespace(address);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...running, address };
}

async function createSchemas(sqlTool: string, database: URL): Promise<void> {
  const env = {
    SQL_PLUGIN: "postgres12",
    SQL_HOST: database.hostname,
    SQL_PORT: database.port || "5432",
    SQL_USER: decodeURIComponent(database.username),
    SQL_PASSWORD: decodeURIComponent(database.password),
  };
  const run = promisify(execFile);
  const schemas = { temporal: "temporal", temporal_visibility: "visibility" };
  for (const [name, schema] of Object.entries(schemas)) {
    const latest = ["update-schema", "--schema-name", `postgresql/v12/${schema}`];
    for (const step of [["create"], ["setup-schema", "-v", "0.0"], latest]) {
      await run(sqlTool, ["--db", name, ...step], { env }).catch((error: unknown) => {
        throw new UserError(
          `the database ${name} could not be made ready (${step[0]}): ${String(error)}`,
        );
      });
    }
  }
}

interface Settings {
  readonly database: URL;
  readonly port: number;
  readonly inner: readonly number[];
  readonly dynamic: string;
}

function settings({ database, port, inner, dynamic }: Settings): object {
  const [frontendMember, history, historyMember, matching, matchingMember] = inner;
  const [worker, workerMember, http] = inner.slice(5);
  const bindOnIP = "127.0.0.1";
  const service = (grpcPort?: number, membershipPort?: number) => ({
    rpc: { grpcPort, membershipPort, bindOnIP },
  });
  const rpcAddress = `127.0.0.1:${port}`;
  const cluster = { enabled: true, initialFailoverVersion: 1, rpcName: "frontend", rpcAddress };
  return {
    log: { stdout: true, level: "warn" },
    persistence: {
      // Cannot be changed for an existing database.
      numHistoryShards: 4,
      defaultStore: "default",
      visibilityStore: "visibility",
      datastores: {
        default: store(database, "temporal", 20),
        visibility: store(database, "temporal_visibility", 10),
      },
    },
    global: { membership: { maxJoinDuration: "30s", broadcastAddress: bindOnIP } },
    services: {
      frontend: {
        rpc: { grpcPort: port, httpPort: http, membershipPort: frontendMember, bindOnIP },
      },
      history: service(history, historyMember),
      matching: service(matching, matchingMember),
      worker: service(worker, workerMember),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: "active",
      currentClusterName: "active",
      clusterInformation: { active: cluster },
    },
    dcRedirectionPolicy: { policy: "noop" },
    publicClient: { hostPort: rpcAddress },
    dynamicConfigClient: { filepath: dynamic, pollInterval: "60s" },
  };
}

function store(database: URL, databaseName: string, maxConns: number): object {
  return {
    sql: {
      pluginName: "postgres12_pgx",
      databaseName,
      connectAddr: `${database.hostname}:${database.port || "5432"}`,
      connectProtocol: "tcp",
      user: decodeURIComponent(database.username),
      password: decodeURIComponent(database.password),
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: "1h",
    },
  };
}

/** gRPC's ALREADY_EXISTS. */
const alreadyThere = 6;

async function createNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const workflowExecutionRetentionPeriod = msToTs(7 * dayMs);
    const registered = { namespace, workflowExecutionRetentionPeriod };
    await connection.workflowService
      .registerNamespace(registered)
      .catch((error: { code?: number }) => {
        if (error.code !== alreadyThere) throw error;
      });
    await ensureSearchAttributes(connection, namespace);
    await waitUntilHistoryAnswers(connection);
  } finally {
    await connection.close();
  }
}

/** gRPC's NOT_FOUND: the history service has looked. */
const notThere = 5;

/**
 * The health check covers only the frontend. A question about a workflow that does not exist has to
 * be answered by the history service; after a kill it may take some seconds until the services find
 * each other again.
 */
async function waitUntilHistoryAnswers({ workflowService }: Connection): Promise<void> {
  const execution = { workflowId: "is anybody there" };
  const answers = async (): Promise<boolean> => {
    const failure = await workflowService
      .describeWorkflowExecution({ namespace, execution })
      .catch((error: { code?: number }) => error);
    return "code" in failure && failure.code === notThere;
  };
  await waitUntil(answers, { what: "Temporal's history service" });
}
