import * as z from "zod";
import { clock, dataFile, portOr } from "../kit/options.ts";

/** The prefix of its environment variables. */
export const prefix = "X_UI_EMULATOR";

/** The start options of the 3x-ui emulator. */
export const options = z.object({
  /** The panel's port. */
  port: portOr(8089),
  /** The port of subscriptions. */
  subscriptionPort: portOr(8090),
  /** What every path of the panel begins with. */
  basePath: z
    .string()
    .regex(/^\/(?:[\w-]+\/)*$/u, "begins and ends with a slash")
    .default("/"),
  /** The API token, as it is made in the panel: 48 characters. */
  token: z
    .string()
    .min(1)
    .default("emulated3xuiApiToken0000000000000000000000000000")
    .meta({ variable: "X_UI_TOKEN" }),
  /** The language of a client that names none. */
  language: z.enum(["en", "ru"]).default("en"),
  /** How long a write takes for each client of the inbounds that it rewrites, in milliseconds. */
  writeMsPerClient: z.coerce.number<number | string>().min(0).default(0.1),
  /** Where the traffic of each review is posted, on this machine. */
  trafficUrl: z.url().optional(),
  dataFile: dataFile(prefix),
  now: clock,
});

/** The options as they may be given. */
export type XuiEmulatorOptions = z.input<typeof options>;

/** The options in force. */
export type Settings = z.output<typeof options>;
