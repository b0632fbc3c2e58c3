import { join } from "node:path";
import { closedData } from "../servers/postgres-home.ts";
import { startPostgres } from "../servers/postgres.ts";
import { findRedis, startRedis } from "../servers/redis.ts";
import { findTemporalCli } from "../servers/temporal-cli.ts";
import { startTemporal } from "../servers/temporal.ts";
import { temporalVariables } from "./environment.ts";
import type { Service, Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

/** Third-party servers: embedded, or the operator's own. */
export const serverServices: readonly Service[] = [
  { name: "postgres", needs: [], stopsAt: 1, start: startPostgresServer },
  { name: "temporal", needs: [], stopsAt: 1, start: temporal },
  { name: "redis", needs: [], stopsAt: 1, start: startRedisServer },
];

async function startPostgresServer(context: StartContext): Promise<Started> {
  const { configuration, addresses, secrets } = context;
  const own = configuration.DATABASE_URL;
  if (own !== undefined) {
    addresses.databaseOwnerUrl = own;
    return { where: new URL(own).host, what: "yours (DATABASE_URL)" };
  }
  const port = configuration.POSTGRES_PORT ?? (await context.assignPort("postgres"));
  const { dataDir } = configuration;
  const password = secrets.postgresPassword;
  const running = await startPostgres({
    dataDir,
    port,
    password,
    ...context.processOptions("postgres"),
  });
  addresses.databaseOwnerUrl = running.url;
  const elsewhere = running.dataFolder === closedData(dataDir);
  const note = elsewhere ? `, data in ${running.dataFolder}: root cannot run it here` : "";
  return { where: `127.0.0.1:${port}`, what: `embedded${note}`, running };
}

async function temporal(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  if (configuration.TEMPORAL_ADDRESS !== undefined)
    return ownTemporal(context, configuration.TEMPORAL_ADDRESS);
  const { TEMPORAL_PORT: port, TEMPORAL_UI_PORT: uiPort, dataDir, demo } = configuration;
  const cli = await findTemporalCli((line) => context.say(line));
  const options = { port, uiPort, dataDir: join(dataDir, "temporal"), quick: demo };
  const running = await startTemporal(cli, { ...options, ...context.processOptions("temporal") });
  addresses.temporal = { TEMPORAL_ADDRESS: running.address, TEMPORAL_NAMESPACE: "default" };
  addresses.temporalUiUrl = `http://127.0.0.1:${uiPort}`;
  return { where: running.address, what: `embedded, server ${cli.serverVersion}`, running };
}

/** The worker adds the search attributes. */
function ownTemporal({ configuration, addresses }: StartContext, where: string): Started {
  addresses.temporal = temporalVariables(configuration);
  const ui = configuration.given["TEMPORAL_UI_URL"];
  if (ui !== undefined) addresses.temporalUiUrl = ui;
  const namespace = configuration.given["TEMPORAL_NAMESPACE"] ?? "default";
  return { where, what: `yours (TEMPORAL_ADDRESS), namespace ${namespace}` };
}

async function startRedisServer(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  const own = configuration.REDIS_URL;
  if (own !== undefined) {
    addresses.redisUrl = own;
    return { where: new URL(own).host, what: "yours (REDIS_URL)" };
  }
  const program = findRedis();
  if (program === undefined) {
    return { where: "", what: "off: no redis-server on PATH; each process keeps its own memory" };
  }
  const port = configuration.REDIS_PORT ?? (await context.assignPort("redis"));
  const dataDir = join(configuration.dataDir, "redis");
  const running = await startRedis(program, { dataDir, port, ...context.processOptions("redis") });
  addresses.redisUrl = running.url;
  return { where: `127.0.0.1:${port}`, what: "embedded", running };
}
