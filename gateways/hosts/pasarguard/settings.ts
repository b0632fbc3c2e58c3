import * as z from "zod";
import { panelSecret, panelUrl, shopName } from "../panel/settings.ts";
import { probePlaces } from "../probes/settings.ts";

/** How a PasarGuard is reached, and in which of its groups users are. */
export const pasarGuardSettings = z.strictObject({
  kind: z.literal("pasarguard"),
  url: panelUrl,
  /** Of an admin of our own, whose role sees their own users alone. */
  apiKey: panelSecret("an API key of the panel").regex(/^pg_key_/u, "begins with pg_key_"),
  shop: shopName,
  /** Where its customers connect, for probes of it; if left out, the panel itself is probed. */
  probes: probePlaces,
  /** Names of groups: without one a user has no servers. */
  groups: z.array(z.string().min(1)).min(1, "names at least one group"),
  /** Where customers reach the panel's subscriptions, if not at its URL. */
  subscriptionUrl: panelUrl.optional(),
});

/** The checked settings of a PasarGuard. */
export type PasarGuardSettings = z.infer<typeof pasarGuardSettings>;
