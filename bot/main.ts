import { DurableClient } from "../client/durable.ts";
import { openDatabase } from "../db/orm.ts";
import type { CustomerQueries } from "../db/queries/people/customers.ts";
import { ReadCache } from "../db/read-cache.ts";
import { groupId } from "../domain/ids.ts";
import type { SettingValues } from "../domain/operations/shop-settings.ts";
import { readEnvironment } from "../runtime/configuration.ts";
import { serveHealth } from "../runtime/health-server.ts";
import { staffOf } from "../runtime/environment.ts";
import { createLogger, type Logger } from "../runtime/log.ts";
import { type Running, runProcess } from "../runtime/process.ts";
import { openMemory, openRedis } from "../runtime/redis.ts";
import { connectTemporal } from "../runtime/temporal.ts";
import { createBot } from "./bot.ts";
import { type BotConfiguration, botEnvironment } from "./config.ts";
import { BotMetrics } from "./metrics.ts";
import { announceBot } from "./profile.ts";
import { openReaders } from "./readers.ts";
import type { UpdateSource } from "./telegram.ts";
import type { TollgateBot } from "./tollgate-bot.ts";
import { poll } from "./updates/poll.ts";
import { serveWebhook } from "./updates/webhook.ts";

/**
 * Starts the process that talks to Telegram. It reads the database and signals workflows, and
 * writes nothing itself.
 */
async function start(): Promise<Running> {
  const configuration = readEnvironment("bot", botEnvironment);
  const log = createLogger("bot", configuration.LOG_LEVEL);
  const database = await openDatabase(configuration.DATABASE_URL, 5);
  const temporal = connectTemporal();
  const { REDIS_URL, SUPPORT_GROUP, TEMPORAL_UI_URL, PUBLIC_URL } = configuration;
  const redis = REDIS_URL === undefined ? undefined : openRedis(REDIS_URL, log);
  const store = redis ?? openMemory();
  const metrics = new BotMetrics();
  const ports = {
    client: new DurableClient(temporal.client),
    ...openReaders(database.em, new ReadCache(redis), settingsOf(configuration)),
    store,
    staff: staffOf(configuration),
    supportGroup: SUPPORT_GROUP === undefined ? undefined : groupId(SUPPORT_GROUP),
    givesLinks: PUBLIC_URL !== undefined,
    temporalUi:
      TEMPORAL_UI_URL === undefined
        ? undefined
        : { url: TEMPORAL_UI_URL, namespace: temporal.namespace },
  };
  const { BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } = configuration;
  const bot = createBot({ token, apiRoot }, ports, { metrics, log });
  let updates: UpdateSource | undefined;
  const health = await serveHealth({
    host: configuration.METRICS_HOST,
    port: configuration.METRICS_PORT,
    registry: metrics.registry,
    checks: {
      database: () => database.ping(),
      temporal: () => temporal.ping(),
      telegram: async () => {
        if (updates?.isConnected() !== true) throw new Error("Telegram has not answered yet");
      },
    },
  });
  updates = await openUpdates(bot, log, configuration);
  ports.shop.follow(({ name }) => void announceAll(bot, log, { name, customers: ports.customers }));
  // Until the database answers, the first update does the same.
  void ports.shop.get().catch(() => undefined);
  log.info({ mode: configuration.BOT_MODE }, "bot is listening");
  return {
    stop: async () => {
      await updates?.stop();
      await Promise.all([health.close(), temporal.close(), store.close(), database.close()]);
    },
  };
}

/** Starts to take updates, by polling or by a webhook. */
async function openUpdates(
  bot: TollgateBot,
  log: Logger,
  configuration: BotConfiguration,
): Promise<UpdateSource> {
  const { BOT_MODE, WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = configuration;
  if (BOT_MODE === "polling" || url === undefined || secret === undefined) {
    return poll(bot, log);
  }
  const { WEBHOOK_HOST: host, WEBHOOK_PORT: port } = configuration;
  return serveWebhook(bot, log, { url, secret, host, port });
}

/** What the bot's own environment says of the shop. */
const settingsOf = ({ SUPPORT_CONTACT: support }: BotConfiguration): SettingValues =>
  support ? { support } : {};

async function announceAll(
  { telegram }: TollgateBot,
  log: Logger,
  { name, customers }: { readonly name: string; readonly customers: CustomerQueries },
): Promise<void> {
  const staff = await customers.listStaff().catch(() => []);
  await announceBot(telegram, { name, staff }, log);
}

await runProcess(start);
