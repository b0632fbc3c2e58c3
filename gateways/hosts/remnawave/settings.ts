import * as z from "zod";
import { panelSecret, panelUrl, shopName } from "../panel/settings.ts";
import { probePlaces } from "../probes/settings.ts";

/** How a Remnawave is reached, and in which of its internal squads users are. */
export const remnawaveSettings = z.strictObject({
  kind: z.literal("remnawave"),
  url: panelUrl,
  token: panelSecret("an API token of the panel"),
  shop: shopName,
  /** Where its customers connect, for probes of it; if left out, the panel itself is probed. */
  probes: probePlaces,
  /** UUIDs of internal squads: without one a user has no servers. */
  squads: z
    .array(z.uuid("is the UUID of an internal squad"))
    .min(1, "names at least one internal squad"),
});

/** The checked settings of a Remnawave. */
export type RemnawaveSettings = z.infer<typeof remnawaveSettings>;
