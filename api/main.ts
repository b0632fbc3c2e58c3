import { DurableClient } from "../client/durable.ts";
import { openDatabase } from "../db/orm.ts";
import { HostStatusQueries } from "../db/queries/access/host-status.ts";
import { LinkQueries } from "../db/queries/access/links.ts";
import { ShopSettingsReader } from "../db/queries/operations/shop-settings.ts";
import { readEnvironment } from "../runtime/configuration.ts";
import { processRegistry, serveHealth } from "../runtime/health-server.ts";
import { listenPublicly } from "../runtime/http-server.ts";
import { createLogger } from "../runtime/log.ts";
import { type Running, runProcess } from "../runtime/process.ts";
import { connectTemporal } from "../runtime/temporal.ts";
import { createApi } from "./app.ts";
import { apiEnvironment } from "./config.ts";

/**
 * Starts the process that can be reached from outside. It decides nothing:
 * it signals workflows, and reads.
 */
async function start(): Promise<Running> {
  const configuration = readEnvironment("api", apiEnvironment);
  const log = createLogger("api", configuration.LOG_LEVEL);
  const database = await openDatabase(configuration.DATABASE_URL, 5);
  const temporal = connectTemporal();
  const registry = processRegistry("api");
  const checks = { database: () => database.ping(), temporal: () => temporal.ping() };
  const { METRICS_HOST, METRICS_PORT, API_HOST: host, API_PORT: port } = configuration;
  const health = await serveHealth({ host: METRICS_HOST, port: METRICS_PORT, registry, checks });
  const shop = new ShopSettingsReader(database.em);
  const app = createApi(configuration, {
    log,
    registry,
    checks,
    client: new DurableClient(temporal.client),
    links: { links: new LinkQueries(database.em), shop },
    status: { hosts: new HostStatusQueries(database.em), shop },
  });
  const server = await listenPublicly(app, { host, port, portVariable: "API_PORT" });
  log.info({ host, port }, "api is listening");
  return {
    stop: async () => {
      await new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
      await Promise.all([health.close(), temporal.close(), database.close()]);
    },
  };
}

await runProcess(start);
