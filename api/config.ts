import * as z from "zod";
import { connectWebhooks, webhookEnvironment } from "../gateways/payments/webhooks.ts";
import { variables } from "../runtime/environment.ts";

/** Rules of an emulator's faults, by the fault that the page offers. */
const faultRules = z.record(z.string(), z.array(z.looseObject({})));

/** The emulated gateways, each as the page shows it and with its emulator's origin, in JSON. */
const demoGateways = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON, as npm start writes it" });
      return z.NEVER;
    }
  })
  .pipe(
    z.array(
      z.object({
        name: z.string(),
        url: variables.httpUrl,
        title: z.string(),
        noticesTitle: z.string(),
        notices: faultRules,
        answers: faultRules,
      }),
    ),
  );

/**
 * The api needs no bot token, and of gateways only what proves their messages: the type has its own
 * variables, and each gateway's reader knows the others.
 */
const variablesOfApi = z.object({
  ...webhookEnvironment,
  DATABASE_URL: variables.databaseUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress,
  /** Only for links: the client reads it from the SDK's own configuration. */
  TEMPORAL_NAMESPACE: z.string().default("default"),
  /** Where this process is reached from outside: links of customers begin so. */
  PUBLIC_URL: variables.publicUrl,
  API_HOST: z.string().default("127.0.0.1"),
  API_PORT: variables.port.default(8000),
  /** Where the bot takes webhooks, in webhook mode. */
  BOT_WEBHOOK_URL: variables.httpUrl.optional(),
  /** The demo's parts, set by `npm start` when no real bot is connected. */
  DEMO_TELEGRAM_URL: variables.httpUrl.optional(),
  DEMO_VPN_CLIENT_URL: variables.httpUrl.optional(),
  DEMO_GATEWAYS: demoGateways.default([]),
  DEMO_ADMIN_ID: z.coerce.number().int().positive().default(1001),
  DEMO_VPN_HOST: z.enum(["amneziawg", "memory"]).default("memory"),
  TEMPORAL_UI_URL: variables.httpUrl.optional(),
  METRICS_URL: variables.httpUrl.optional(),
  WEB_DIST: z.string().optional(),
  METRICS_HOST: variables.metricsHost,
  METRICS_PORT: variables.metricsPort,
  LOG_LEVEL: variables.logLevel,
});

/** The api's environment, checked as a whole. */
export const apiEnvironment = variablesOfApi.superRefine((given, context) => {
  for (const message of connectWebhooks(given).problems) {
    const [name = "", ...words] = message.split(": ");
    context.addIssue({ code: "custom", path: [name], message: words.join(": ") });
  }
});

/** The api's checked environment. */
export type ApiConfiguration = z.infer<typeof apiEnvironment>;
