import * as z from "zod";
import { clock, dataFile, flag, list, portOr, whole } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "REMNAWAVE_EMULATOR";

/** The start options of the Remnawave emulator. */
export const options = z.object({
  port: portOr(8088),
  /** The API of 3.3.2, or that of 2.7.4, where users are found by `uuid`. */
  version: z.enum(["3", "2"]).default("3"),
  /** The API token, as it is made in the panel. */
  token: z.string().min(1).default("emulated-remnawave-api-token").meta({
    variable: "REMNAWAVE_TOKEN",
  }),
  /** What the token may do, as `users:*`, `users:read` or `users:create`; `*` is everything. */
  scopes: list().default(["*"]),
  /** The token of an administrator's browser, which the API takes from browsers alone. */
  adminToken: z.string().min(1).default("emulated-remnawave-admin-jwt"),
  /** Whether a request without a proxy's headers has its connection destroyed. */
  proxyHeaders: flag().default(true),
  /** Where subscriptions are fetched by customers: `https://<domain>/<shortUuid>`. */
  subDomain: z.string().min(1).default("sub.example.test"),
  /** Where events are announced, on this machine; `PUT /control/webhook` changes it. */
  webhookUrl: z.url().optional(),
  webhookSecret: z
    .string()
    .regex(/^[a-zA-Z0-9]{32,}$/u, "must be 32 or more letters and digits")
    .default("emulatedRemnawaveWebhookSecret00000000")
    .meta({ variable: "REMNAWAVE_WEBHOOK_SECRET" }),
  /** The pause before each further try of a webhook, in milliseconds. */
  webhookRetryMs: whole().positive().default(5_000),
  /** How often a webhook is tried before it is lost. */
  webhookTries: whole().positive().default(4),
  dataFile: dataFile(prefix),
  /** How long a node takes to learn of a change, in milliseconds. */
  nodeLagMs: whole().nonnegative().default(1_000),
  /** How long a bulk request waits in its queue, in milliseconds. */
  queueLagMs: whole().nonnegative().default(1_000),
  /** So many users that end at once restart the nodes, and no event is sent. */
  restartNodesAt: whole().positive().default(10_000),
  /** Usage below so many bytes is dropped, as USER_USAGE_IGNORE_BELOW_BYTES. */
  ignoreUsageBelow: whole().nonnegative().default(0),
  /** Whether devices are counted by `x-hwid`. */
  hwidEnabled: flag().default(false),
  /** The limit of devices where a user has none. */
  hwidFallbackLimit: whole().nonnegative().default(999),
  now: clock,
});

/** The options as they may be given. */
export type RemnawaveEmulatorOptions = z.input<typeof options>;

/** The options in force. */
export type Settings = z.output<typeof options>;
