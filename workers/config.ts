import * as z from "zod";
import { parseVaultKeys } from "../db/vault.ts";
import { currencies, type Currency, parseMoney } from "../domain/money.ts";
import type { ApprovalLimits } from "../domain/payments/refund.ts";
import { instant } from "../domain/time.ts";
import { probeAgents } from "../gateways/hosts/probes/agent-source.ts";
import { readHostsFile } from "../gateways/hosts/hosts-file.ts";
import {
  flag,
  staffVariables,
  supportContact,
  telegramIds,
  variables,
} from "../runtime/environment.ts";
import { gatewayEnvironment } from "./gateways.ts";
import { plansFile } from "./plans.ts";

/** A JSON file of hosts, whose new names are imported at start. */
const hostsFile = z.string().transform((path, context) => {
  const read = readHostsFile(path);
  if (!("problem" in read)) return read.entries;
  context.addIssue({ code: "custom", message: `${path}: ${read.problem}` });
  return z.NEVER;
});

const days = (most: number) =>
  z.coerce
    .number({ error: "must be a number of days" })
    .min(0, "must not be negative")
    .max(most, `must be at most ${most}`);

/** `RUB:5000,XTR:1000`: refunds above these amounts need an approval. */
const refundLimits = z.string().transform((text, context): ApprovalLimits => {
  const limits: Partial<Record<Currency, number>> = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    const [code = "", amount = ""] = part.split(":");
    const currency = currencies.find((known) => known === code);
    const limit = currency && parseMoney(amount, currency);
    if (currency === undefined || limit === undefined) {
      const message = "must be amounts by currency like RUB:5000,XTR:1000";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    limits[currency] = limit.minor;
  }
  return limits;
});

/** A moment with its time zone, e.g. `2026-11-01T00:00:00Z`. */
const moment = z.iso
  .datetime({ offset: true, error: "must be a moment like 2026-11-01T00:00:00Z" })
  .transform((text) => instant(text));

/**
 * The worker's environment. Only the worker has the bot's token together with the gateways' and
 * hosts' secrets. One schema for all, so that all problems are reported at once. Its type has the
 * worker's own variables: each gateway's provider knows its own, and reads them itself.
 */
export const workerEnvironment = z.object({
  ...gatewayEnvironment,
  DATABASE_URL: variables.databaseUrl,
  TEMPORAL_ADDRESS: variables.temporalAddress,
  REDIS_URL: variables.redisUrl,
  BOT_TOKEN: variables.botToken,
  TELEGRAM_API_ROOT: variables.httpUrl.default("https://api.telegram.org"),
  ...staffVariables,
  ADMIN_IDS: telegramIds,
  SUPPORT_GROUP: variables.supportGroup,
  ENCRYPTION_KEYS: z.string().transform((text, context) => {
    const keys = parseVaultKeys(text);
    if (keys !== undefined) return keys;
    const message = "must be <id>:<base64 of 32 bytes>[,…]: openssl rand -base64 32 makes one";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }),
  HOSTS_FILE: hostsFile.optional(),
  PUBLIC_URL: variables.publicUrl,
  PROBE_AGENTS: probeAgents.default([]),
  TRIAL_DAYS: days(3_660).default(3),
  SUPPORT_CONTACT: supportContact,
  AUTO_APPROVE: flag,
  REAPPLY_AFTER_DAYS: days(366).default(1),
  PLANS_FILE: plansFile.optional(),
  REFUND_APPROVAL_ABOVE: refundLimits.optional(),
  SHOP_STARTED_AT: moment.optional(),
  WORKFLOW_BUNDLE: z.string().optional(),
  METRICS_HOST: variables.metricsHost,
  METRICS_PORT: variables.metricsPort,
  LOG_LEVEL: variables.logLevel,
});

/** The worker's checked environment. */
export type WorkerConfiguration = z.infer<typeof workerEnvironment>;
