import * as z from "zod";
import { clock, dataFile, flag, portOr, whole } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "CRYPTOBOT_EMULATOR";

/** The start options of the Crypto Pay emulator. */
export const options = z.object({
  port: portOr(8082),
  /** `<app id>:<secret>`; the webhooks' signing key is made of it. */
  token: z
    .string()
    .regex(/^\d+:\S+$/u, "has the form 12345:secret")
    .default("12345:AAtollgateEmulatedCryptoPayToken00000")
    .meta({ variable: "CRYPTOBOT_TOKEN" }),
  /**
   * Where paid invoices are announced, on this machine; can be changed by `PUT /control/webhook`.
   */
  webhookUrl: z.url().optional(),
  /** How browsers reach this server, when not by its port on 127.0.0.1. */
  publicUrl: z.url().optional(),
  dataFile: dataFile(prefix),
  /** The pause before a webhook's second try in milliseconds, doubling up to an hour. */
  webhookRetryMs: whole().positive().default(2_000),
  /** How often a webhook is tried before it is given up. */
  webhookTries: whole().positive().default(30),
  /** What a second `transfer` with one `spend_id` gets: an error, or the first transfer. */
  spendIdRepeat: z.enum(["refuse", "return"]).default("refuse"),
  /** Off for a new app at Crypto Pay. */
  transfersEnabled: flag()
    .default(true)
    .meta({ variable: `${prefix}_TRANSFERS` }),
  /** The code of the coin that was TON and is Gram now. */
  coinOfTon: z.enum(["TON", "GRAM"]).default("TON"),
  /** What the service keeps of each payment, in per cent. */
  feePercent: z.coerce.number<number | string>().min(0).max(100).default(3),
  /** What the app has of each asset at first, as a decimal. */
  openingBalance: z.string().default("1000"),
  now: clock,
});

/** The options as they may be given. */
export type CryptoBotEmulatorOptions = z.input<typeof options>;

/** The options in force; `publicUrl` is the server's own where none was given. */
export type Settings = z.output<typeof options> & { readonly publicUrl: string };
