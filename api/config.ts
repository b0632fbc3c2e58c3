import { z } from "zod";
import { variables } from "../runtime/environment.ts";

/** What the api reads of its environment. It needs no bot token; of gateways, what proves their messages. */
const variablesOfApi = z.object({
  DATABASE_URL: variables.databaseUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress,
  /** Read here for links alone: the client has it from the SDK's own configuration. */
  TEMPORAL_NAMESPACE: z.string().default("default"),
  API_HOST: z.string().default("127.0.0.1"),
  API_PORT: variables.port.default(8000),
  /** Where the bot takes webhooks, in webhook mode. */
  BOT_WEBHOOK_URL: variables.httpUrl.optional(),
  /** The demo's parts: set by `npm start` when no real bot is connected. */
  DEMO_TELEGRAM_URL: variables.httpUrl.optional(),
  DEMO_VPN_CLIENT_URL: variables.httpUrl.optional(),
  DEMO_CRYPTOBOT_URL: variables.httpUrl.optional(),
  DEMO_TBANK_URL: variables.httpUrl.optional(),
  DEMO_TONCENTER_URL: variables.httpUrl.optional(),
  DEMO_ADMIN_ID: z.coerce.number().int().positive().default(1001),
  DEMO_VPN_HOST: z.enum(["amneziawg", "memory"]).default("memory"),
  TEMPORAL_UI_URL: variables.httpUrl.optional(),
  METRICS_URL: variables.httpUrl.optional(),
  WEB_DIST: z.string().optional(),
  METRICS_HOST: variables.metricsHost,
  METRICS_PORT: variables.metricsPort,
  LOG_LEVEL: variables.logLevel,
  CRYPTOBOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/u, "must be the API token of @CryptoBot's Crypto Pay, like 12345:AAbc")
    .optional(),
  /** What Crypto Pay calls the coin of TON. */
  CRYPTOBOT_COIN: z.enum(["TON", "GRAM"], { error: "must be TON or GRAM" }).default("TON"),
  TBANK_TERMINAL_KEY: z.string().max(20, "has 20 characters at most").optional(),
  TBANK_PASSWORD: z.string().optional(),
});

export const apiEnvironment = variablesOfApi.superRefine((given, context) => {
  const { TBANK_TERMINAL_KEY: key, TBANK_PASSWORD: password } = given;
  if ((key === undefined) === (password === undefined)) return;
  const [missing, set] =
    key === undefined ? ["TERMINAL_KEY", "PASSWORD"] : ["PASSWORD", "TERMINAL_KEY"];
  const message = `must be set beside TBANK_${set}, or none of them`;
  context.addIssue({ code: "custom", path: [`TBANK_${missing}`], message });
});

export type ApiConfiguration = z.infer<typeof apiEnvironment>;
