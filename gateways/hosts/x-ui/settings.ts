import * as z from "zod";
import { panelSecret, panelUrl, shopName } from "../panel/settings.ts";
import { probePlaces } from "../probes/settings.ts";

/** How a 3x-ui is reached, and on which of its inbounds clients are. */
export const xuiSettings = z.strictObject({
  kind: z.literal("3x-ui"),
  /** With the panel's base path, if it has one. */
  url: panelUrl,
  token: panelSecret("an API token of the panel"),
  shop: shopName,
  /** Where its customers connect, for probes of it; if left out, the panel itself is probed. */
  probes: probePlaces,
  /** Numbers of inbounds: without one a client has no servers. */
  inbounds: z.array(z.int().min(1)).min(1, "names at least one inbound"),
  /** The flow of VLESS clients, where the inbounds use one. */
  flow: z.enum(["", "xtls-rprx-vision"]).default(""),
  /** Where customers reach the panel's subscriptions, up to the client's part of the path. */
  subscriptionUrl: panelUrl,
});

/** The checked settings of a 3x-ui. */
export type XuiSettings = z.infer<typeof xuiSettings>;
