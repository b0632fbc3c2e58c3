import * as z from "zod";
import { instant } from "../../../domain/time.ts";
import type { FoundUser, WantedUser } from "../panel/panel.ts";
import { endSecondOf } from "../panel/terms.ts";

/** The panel has no "never": it shows this year as one. */
const never = "2099-12-31T00:00:00.000Z";
const neverYear = 2_099;

const states = {
  ACTIVE: "active",
  LIMITED: "limited",
  EXPIRED: "expired",
  DISABLED: "disabled",
} as const;

/** A user as Remnawave 3 shows it: limits in bytes, 0 for none. */
export const remnawaveUser = z.object({
  id: z.int(),
  username: z.string(),
  status: z.string(),
  expireAt: z.string(),
  trafficLimitBytes: z.number().min(0),
  hwidDeviceLimit: z.int().nullish(),
  description: z.string().nullish(),
  telegramId: z.int().nullish(),
  createdAt: z.string(),
  subscriptionUrl: z.string(),
  activeInternalSquads: z.array(z.object({ uuid: z.string() })),
  userTraffic: z.object({ usedTrafficBytes: z.number().min(0), onlineAt: z.string().nullish() }),
});
/** See `remnawaveUser`. */
export type RemnawaveUser = z.infer<typeof remnawaveUser>;

/** The panel's own fallback, which never is as wanted. */
const panelsFallback = -1;

/** A user in the adapter's terms. */
export function readUser(user: RemnawaveUser, squads: readonly string[]): FoundUser {
  const end = new Date(user.expireAt);
  const { hwidDeviceLimit: devices, userTraffic } = user;
  const isInSquads = textOf(user.activeInternalSquads.map(({ uuid }) => uuid)) === textOf(squads);
  return {
    name: user.username,
    key: String(user.id),
    epoch: `${user.id} ${user.createdAt}`,
    state: states[user.status as keyof typeof states] ?? "other",
    terms: {
      endsAt: end.getUTCFullYear() >= neverYear ? undefined : instant(end),
      limitBytes: user.trafficLimitBytes === 0 ? undefined : user.trafficLimitBytes,
      deviceLimit: devices === 0 ? undefined : (devices ?? panelsFallback),
    },
    uploadedBytes: 0,
    downloadedBytes: Math.floor(userTraffic.usedTrafficBytes),
    lastSeenAt: userTraffic.onlineAt ? instant(new Date(userTraffic.onlineAt)) : undefined,
    note: user.description ?? "",
    telegramId: user.telegramId ?? undefined,
    fault: isInSquads ? undefined : squadsFault,
    url: user.subscriptionUrl,
  };
}

/** What is wrong with a user of other squads. */
export const squadsFault = "it is in other internal squads";

const textOf = (uuids: readonly string[]): string => uuids.toSorted().join();

/**
 * What a user is set to, without status and squads, which go in calls of their own. `NO_RESET`: their
 * counter is never reset, so that a repeated request changes nothing.
 */
export function settingsOf({ terms, note }: WantedUser) {
  const end = endSecondOf(terms);
  return {
    expireAt: end === undefined ? never : new Date(end * 1_000).toISOString(),
    trafficLimitBytes: terms.limitBytes ?? 0,
    trafficLimitStrategy: "NO_RESET",
    hwidDeviceLimit: terms.deviceLimit ?? 0,
    description: note,
    tag: "TOLLGATE",
  };
}

/** What a new user connects with, and the end of their link. */
export const keysOf = ({ secrets: { uuid, password, linkId } }: WantedUser) => ({
  shortUuid: linkId,
  vlessUuid: uuid,
  trojanPassword: password,
  ssPassword: password,
});
