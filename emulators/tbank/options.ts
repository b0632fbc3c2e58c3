import * as z from "zod";
import { clock, dataFile, flag, portOr, whole } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "TBANK_EMULATOR";

/** The start options of the T-Bank emulator. */
export const options = z.object({
  port: portOr(8083),
  terminalKey: z
    .string()
    .min(1)
    .max(20)
    .default("1366000000001DEMO")
    .meta({ variable: "TBANK_TERMINAL_KEY" }),
  password: z.string().min(1).default("emulatedTBankPass000").meta({ variable: "TBANK_PASSWORD" }),
  /** Where payments are announced whose `Init` names no place, on this machine. */
  webhookUrl: z.url().optional(),
  /** How browsers reach this server, when not by its port on 127.0.0.1. */
  publicUrl: z.url().optional(),
  dataFile: dataFile(prefix),
  /** The pause between two tries of a notification on its first day, in milliseconds. */
  webhookRetryMs: whole().positive().default(3_600_000),
  /** How often one is tried: hourly for a day and daily for a month; 25 is a day. */
  webhookTries: whole()
    .positive()
    .default(1 + 24 + 30),
  /** One stage or two, for payments that do not say. */
  payType: z.enum(["O", "T"]).default("O"),
  /** Up to 20 digits; the default has more than a double can tell apart. */
  firstPaymentId: z
    .string()
    .regex(/^[1-9]\d{0,19}$/u, "must be a whole number of 1 to 20 digits")
    .default("13660000000000000001"),
  /** What a second `Init` with one OrderId gets: another payment, or an error. */
  orderIdRepeat: z.enum(["accept", "refuse"]).default("accept"),
  /** Whether each `Init` needs a receipt. */
  cashRegister: flag().default(false),
  sbp: flag().default(true),
  /** Whether the bank lets the terminal charge saved cards; it does so on request. */
  recurring: flag().default(false),
  /** How often a payer's bank may refuse SBP before the form gives up. */
  sbpAttempts: whole().positive().default(5),
  /** Whether an SBP refund ends by itself, or by `POST /control/refunded`. */
  sbpRefunds: z.enum(["at-once", "when-told"]).default("at-once"),
  /** Kopecks the shop has for refunds at first; unset, enough for all of them. */
  balance: whole().nonnegative().optional(),
  /** Whether DEADLINE_EXPIRED is announced, as the bank does on request. */
  tellDeadlines: flag().default(false),
  now: clock,
});

/** The options as they may be given. */
export type TBankEmulatorOptions = z.input<typeof options>;

/** The options in force; `publicUrl` is the server's own where none was given. */
export type Settings = z.output<typeof options> & { readonly publicUrl: string };
