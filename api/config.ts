import { z } from "zod";
import { variables } from "../runtime/environment.ts";

/** What the api reads of its environment. It needs no bot token and no gateway's key. */
export const apiEnvironment = z.object({
  DATABASE_URL: variables.databaseUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress,
  API_HOST: z.string().default("127.0.0.1"),
  API_PORT: variables.port.default(8000),
  /** Where the bot takes webhooks, in webhook mode. */
  BOT_WEBHOOK_URL: variables.httpUrl.optional(),
  /** The demo's parts: set by `npm start` when no real bot is connected. */
  DEMO_TELEGRAM_URL: variables.httpUrl.optional(),
  DEMO_VPN_CLIENT_URL: variables.httpUrl.optional(),
  DEMO_ADMIN_ID: z.coerce.number().int().positive().default(1001),
  DEMO_VPN_HOST: z.enum(["amneziawg", "memory"]).default("memory"),
  TEMPORAL_UI_URL: variables.httpUrl.optional(),
  METRICS_URL: variables.httpUrl.optional(),
  WEB_DIST: z.string().optional(),
  METRICS_HOST: variables.metricsHost,
  METRICS_PORT: variables.metricsPort,
  LOG_LEVEL: variables.logLevel,
});

export type ApiConfiguration = z.infer<typeof apiEnvironment>;
