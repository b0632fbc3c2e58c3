import * as z from "zod";
import { clock, dataFile, flag, list, portOr, whole } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "PASARGUARD_EMULATOR";

/** The start options of the PasarGuard emulator. */
export const options = z.object({
  port: portOr(8087),
  /** The administrator for a shop, whose role sees their own users alone. */
  username: z.string().min(1).default("tollgate").meta({ variable: "PASARGUARD_USERNAME" }),
  password: z
    .string()
    .min(1)
    .default("Emulated-PASAR-000")
    .meta({ variable: "PASARGUARD_PASSWORD" }),
  /** A key of that administrator, which is there from the beginning. */
  apiKey: z
    .string()
    .regex(/^pg_key_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/u)
    .default("pg_key_00000000-0000-4000-8000-000000000001")
    .meta({ variable: "PASARGUARD_API_KEY" }),
  /** The panel's owner, who may do everything. */
  ownerUsername: z.string().min(1).default("root"),
  ownerPassword: z.string().min(1).default("Emulated-OWNER-000"),
  dataFile: dataFile(prefix),
  /** What stands before the path of subscription links; empty, as without a set-up. */
  subscriptionUrlPrefix: z.string().default(""),
  /** Whether each inbound has a host; without hosts subscriptions are empty. */
  hosts: flag().default(true),
  /** How customers reach the nodes: the address in links. */
  serverAddress: z.string().default("127.0.0.1"),
  /** How long an administrator's token lasts, in minutes. */
  tokenMinutes: whole().positive().default(1_440),
  /** How often users are reviewed, in milliseconds. */
  reviewMs: whole().positive().default(30_000),
  /** How often the node's counters are read, in milliseconds. */
  usageMs: whole().positive().default(10_000),
  /** How long a change takes to reach the node, in milliseconds. */
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
export type PasarGuardEmulatorOptions = z.input<typeof options>;

/** The options in force. */
export type Settings = z.output<typeof options>;
