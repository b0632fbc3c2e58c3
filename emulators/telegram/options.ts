import * as z from "zod";
import { dataFile, flag, portOr, whole } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "TELEGRAM_EMULATOR";

/** The start options of the Telegram emulator. */
export const options = z.object({
  port: portOr(8081),
  /** The one bot's token. */
  token: z
    .string()
    .regex(/^\d+:\S+$/u, "has the form 123456:TEST")
    .default("123456:TEST")
    .meta({ variable: "BOT_TOKEN" }),
  dataFile: dataFile(prefix),
  /** The pause before a webhook's third try in milliseconds, doubling from there. */
  webhookRetryMs: whole().positive().default(2_000),
  /** Whether the bot is asked by a `pre_checkout_query` before a subscription renews: unverified. */
  renewalCheckout: flag().default(false),
});

/** The options in force. */
export type Settings = z.output<typeof options>;
