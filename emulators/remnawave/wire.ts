import type { Squads } from "./squads.ts";
import type { User } from "./users.ts";

/** What an answer about a user takes from elsewhere. */
export interface WireParts {
  readonly version: "3" | "2";
  readonly subDomain: string;
  readonly squads: Squads;
}

/** The link that customers fetch their subscription by; it is stable until it is revoked. */
export const subscriptionUrl = (domain: string, { shortUuid }: Pick<User, "shortUuid">): string =>
  `https://${domain}/${shortUuid}`;

/** A user as the API shows it: numbers are JSON numbers, moments ISO with milliseconds. */
export function wireUser(user: User, { version, subDomain, squads }: WireParts) {
  return {
    ...(version === "2" ? { uuid: user.uuid } : {}),
    id: user.id,
    shortUuid: user.shortUuid,
    username: user.username,
    status: user.status,
    trafficLimitBytes: user.trafficLimitBytes,
    trafficLimitStrategy: user.trafficLimitStrategy,
    expireAt: iso(user.expireAt),
    // A zero is shown as null, too.
    telegramId: user.telegramId || null,
    email: user.email,
    description: user.description,
    tag: user.tag,
    hwidDeviceLimit: user.hwidDeviceLimit,
    externalSquadUuid: user.externalSquadUuid,
    trojanPassword: user.trojanPassword,
    vlessUuid: user.vlessUuid,
    ssPassword: user.ssPassword,
    lastTriggeredThreshold: user.lastTriggeredThreshold,
    subRevokedAt: iso(user.subRevokedAt),
    lastTrafficResetAt: iso(user.lastTrafficResetAt),
    createdAt: iso(user.createdAt),
    updatedAt: iso(user.updatedAt),
    subscriptionUrl: subscriptionUrl(subDomain, user),
    activeInternalSquads: user.squads.map((uuid) => ({ uuid, name: squads.find(uuid)?.name })),
    userTraffic: {
      usedTrafficBytes: user.used,
      lifetimeUsedTrafficBytes: user.lifetime,
      onlineAt: iso(user.onlineAt),
      lastConnectedNodeUuid: user.lastConnectedNodeUuid,
      firstConnectedAt: iso(user.firstConnectedAt),
    },
  };
}

/** A moment in milliseconds since 1970 as ISO text; null stays null. */
export function iso(ms: number): string;
export function iso(ms: number | null): string | null;
export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
