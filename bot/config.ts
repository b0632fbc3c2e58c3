import * as z from "zod";
import { staffVariables, supportContact, variables } from "../runtime/environment.ts";

const secretToken = z
  .string()
  .regex(
    /^[\w-]{1,256}$/u,
    "must be 1 to 256 letters, digits, _ or -: openssl rand -hex 32 makes one",
  );

const inWebhookMode = (name: "WEBHOOK_URL" | "WEBHOOK_SECRET") => ({
  path: [name],
  error: "must be set when BOT_MODE is webhook",
  // Also when something else is wrong, so that all problems are reported at once.
  when: () => true,
});

const isMissing = (environment: { BOT_MODE?: string }, value: string | undefined) =>
  environment.BOT_MODE === "webhook" && value === undefined;

/** The bot's environment. It holds no gateway's and no host's secret. */
export const botEnvironment = z
  .object({
    DATABASE_URL: variables.databaseUrl,
    TEMPORAL_ADDRESS: variables.temporalAddress,
    REDIS_URL: variables.redisUrl,
    BOT_TOKEN: variables.botToken,
    ...staffVariables,
    TELEGRAM_API_ROOT: variables.httpUrl.default("https://api.telegram.org"),
    BOT_MODE: z
      .enum(["polling", "webhook"], { error: "must be polling or webhook" })
      .default("polling"),
    WEBHOOK_URL: variables.httpUrl.optional(),
    WEBHOOK_SECRET: secretToken.optional(),
    WEBHOOK_HOST: z.string().default("127.0.0.1"),
    WEBHOOK_PORT: variables.port.default(8001),
    PUBLIC_URL: variables.publicUrl,
    SUPPORT_CONTACT: supportContact,
    SUPPORT_GROUP: variables.supportGroup,
    TEMPORAL_UI_URL: variables.httpUrl.optional(),
    METRICS_HOST: variables.metricsHost,
    METRICS_PORT: variables.metricsPort,
    LOG_LEVEL: variables.logLevel,
  })
  .refine(
    (environment) => !isMissing(environment, environment.WEBHOOK_URL),
    inWebhookMode("WEBHOOK_URL"),
  )
  .refine(
    (environment) => !isMissing(environment, environment.WEBHOOK_SECRET),
    inWebhookMode("WEBHOOK_SECRET"),
  );

/** The bot's checked environment. */
export type BotConfiguration = z.infer<typeof botEnvironment>;
