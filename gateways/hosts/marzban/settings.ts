import * as z from "zod";
import { panelSecret, panelUrl, shopName } from "../panel/settings.ts";
import { probePlaces } from "../probes/settings.ts";

/** The protocols of Marzban's proxies. */
export const marzbanProtocols = ["vless", "vmess", "trojan", "shadowsocks"] as const;
/** One of `marzbanProtocols`. */
export type MarzbanProtocol = (typeof marzbanProtocols)[number];

/** How a Marzban is reached, and on which of its inbounds users are. */
export const marzbanSettings = z.strictObject({
  kind: z.literal("marzban"),
  url: panelUrl,
  /** An admin of our own, without sudo: strangers' users are then closed to us. */
  username: z.string().min(1, "is the name of an admin of the panel"),
  password: panelSecret("the admin's password"),
  shop: shopName,
  /** Where its customers connect, for probes of it; if left out, the panel itself is probed. */
  probes: probePlaces,
  /** Tags by protocol; a protocol with an empty list stands for all of its inbounds. */
  inbounds: z
    .partialRecord(z.enum(marzbanProtocols), z.array(z.string().min(1)))
    .refine((given) => Object.keys(given).length > 0, "names at least one protocol")
    .default({ vless: [] }),
  /** The flow of VLESS users, where the inbounds use one. */
  flow: z.enum(["", "xtls-rprx-vision"]).default(""),
  /** Where customers reach the panel's subscriptions, if not at its URL. */
  subscriptionUrl: panelUrl.optional(),
});

/** The checked settings of a Marzban. */
export type MarzbanSettings = z.infer<typeof marzbanSettings>;
