import * as z from "zod";
import { clock, dataFile, flag, list, portOr, whole } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "MARZBAN_EMULATOR";

/** The start options of the Marzban emulator. */
export const options = z.object({
  port: portOr(8085),
  /** The administrator for a shop, who sees their own users alone. */
  username: z.string().min(1).default("tollgate").meta({ variable: "MARZBAN_USERNAME" }),
  password: z
    .string()
    .min(1)
    .default("emulatedMarzbanPass000")
    .meta({ variable: "MARZBAN_PASSWORD" }),
  /** The panel's owner, who may do everything. */
  sudoUsername: z.string().min(1).default("root"),
  sudoPassword: z.string().min(1).default("emulatedMarzbanRoot000"),
  /** The owner is one of the panel's environment, not of its database. */
  sudoInEnvironment: flag().default(false),
  dataFile: dataFile(prefix),
  /** What stands before the path of subscription links; empty, as without a set-up. */
  subscriptionUrlPrefix: z.string().default(""),
  /** Whether apps that can take JSON get it in place of links. */
  customJson: flag().default(false),
  /** How customers reach the core: the address in links. */
  serverAddress: z.string().default("127.0.0.1"),
  /** How long an administrator's token lasts, in minutes. */
  tokenMinutes: whole().positive().default(1_440),
  /** How often users are reviewed, in milliseconds. */
  reviewMs: whole().positive().default(10_000),
  /** How often the core's counters are read, in milliseconds. */
  usageMs: whole().positive().default(10_000),
  /** How long a change takes to reach the core, in milliseconds. */
  nodeLagMs: whole().nonnegative().default(100),
  /** Where webhooks go, on this machine. */
  webhookUrls: list().default([]),
  webhookSecret: z.string().optional(),
  /** How often webhooks are sent, and the pause after a batch that nobody took, in milliseconds. */
  webhookMs: whole().positive().default(30_000),
  webhookRetryMs: whole().positive().default(180_000),
  now: clock,
});

/** The options as they may be given. */
export type MarzbanEmulatorOptions = z.input<typeof options>;

/** The options in force. */
export type Settings = z.output<typeof options>;
