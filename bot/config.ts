import { z } from "zod";
import { variables } from "../runtime/environment.ts";

const secretToken = z
  .string()
  .regex(
    /^[\w-]{1,256}$/u,
    "must be 1 to 256 letters, digits, _ or -: openssl rand -hex 32 makes one",
  );

const inWebhookMode = (name: "WEBHOOK_URL" | "WEBHOOK_SECRET") => ({
  path: [name],
  error: "must be set when BOT_MODE is webhook",
  // Also when something else is wrong: all problems are told at once.
  when: () => true,
});

const isMissing = (given: { BOT_MODE?: string }, value: string | undefined) =>
  given.BOT_MODE === "webhook" && value === undefined;

/** What the bot reads of its environment: no gateway's and no host's secret is here. */
export const botEnvironment = z
  .object({
    DATABASE_URL: variables.databaseUrl,
    TEMPORAL_ADDRESS: variables.temporalAddress,
    REDIS_URL: variables.redisUrl,
    BOT_TOKEN: variables.botToken,
    TELEGRAM_API_ROOT: variables.httpUrl.default("https://api.telegram.org"),
    BOT_MODE: z
      .enum(["polling", "webhook"], { error: "must be polling or webhook" })
      .default("polling"),
    WEBHOOK_URL: variables.httpUrl.optional(),
    WEBHOOK_SECRET: secretToken.optional(),
    WEBHOOK_HOST: z.string().default("127.0.0.1"),
    WEBHOOK_PORT: variables.port.default(8001),
    SUPPORT_CONTACT: z.string().max(200).optional(),
    METRICS_HOST: variables.metricsHost,
    METRICS_PORT: variables.metricsPort,
    LOG_LEVEL: variables.logLevel,
  })
  .refine((it) => !isMissing(it, it.WEBHOOK_URL), inWebhookMode("WEBHOOK_URL"))
  .refine((it) => !isMissing(it, it.WEBHOOK_SECRET), inWebhookMode("WEBHOOK_SECRET"));

export type BotConfiguration = z.infer<typeof botEnvironment>;
