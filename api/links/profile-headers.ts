import type { LinkFacts } from "../../db/queries/access/links.ts";
import { toMs } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";

/** A header that is not plain ASCII, as apps read it. */
const encoded = (text: string): string => `base64:${Buffer.from(text).toString("base64")}`;

/** What the shop says of itself, where a panel says nothing. */
export interface ShopProfile {
  readonly name: string;
  /** A link; undefined: customers write to the bot. */
  readonly supportUrl: string | undefined;
  /** The page of the link. */
  readonly pageUrl: string;
}

/** How often apps fetch again, in hours. */
const updateHours = "12";

/**
 * What apps show beside the servers: the panel's own words where it has some, else the shop's. Only
 * the page is always ours, since the panel's leads to the panel, and so is what is said to somebody
 * without access.
 */
export function profileHeaders(
  facts: LinkFacts,
  shop: ShopProfile,
  panel: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    "profile-title": encoded(shop.name),
    "profile-update-interval": updateHours,
    "subscription-userinfo": userInfo(facts),
    ...(shop.supportUrl === undefined ? {} : { "support-url": shop.supportUrl }),
    ...panel,
    "profile-web-page-url": shop.pageUrl,
    ...(facts.isLetIn
      ? {}
      : { announce: encoded(textsIn(facts.language).access.link.announceOff) }),
  };
}

/** In bytes and Unix seconds; 0: no limit, no end. */
function userInfo({ usedBytes, limitBytes = 0, paidUntil }: LinkFacts): string {
  const expire = paidUntil === undefined ? 0 : Math.floor(toMs(paidUntil) / 1_000);
  return `upload=0; download=${usedBytes}; total=${limitBytes}; expire=${expire}`;
}

/** What an app is told whose phone or computer has no place at this link. */
export const tooManyHeaders = ({ language }: LinkFacts): Record<string, string> => ({
  "x-hwid-active": "true",
  "x-hwid-max-devices-reached": "true",
  "x-hwid-limit": "true",
  announce: encoded(textsIn(language).access.link.tooMany),
});
