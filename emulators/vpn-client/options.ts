import * as z from "zod";
import { demoBotToken, portOr } from "../kit/options.ts";
import { awgNode } from "./awg-node.ts";

/** The prefix of its environment variables. */
export const prefix = "VPN_CLIENT_EMULATOR";

/** The start options of the VPN client emulator. */
export const options = z.object({
  port: portOr(8086),
  botToken: demoBotToken,
  /** Finds the path of an awgnode; rejects with words for the person who wants to try a key. */
  awgNode: z
    .custom<() => Promise<string>>((value) => typeof value === "function")
    .default(() => awgNode)
    .meta({ variable: "" }),
});
