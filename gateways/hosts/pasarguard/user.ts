import * as z from "zod";
import { instant } from "../../../domain/time.ts";
import type { FoundUser, WantedUser } from "../panel/panel.ts";
import { endSecondOf } from "../panel/terms.ts";

const states = ["active", "limited", "expired", "disabled"] as const;

/** A user as PasarGuard 5 shows it: limits in bytes, null or 0 for none. */
export const pasarGuardUser = z.object({
  id: z.int(),
  username: z.string(),
  status: z.string(),
  expire: z.string().nullable(),
  data_limit: z.int().nullable(),
  hwid_limit: z.int().nullish(),
  used_traffic: z.int().min(0),
  note: z.string().nullish(),
  online_at: z.string().nullish(),
  created_at: z.string(),
  group_ids: z.array(z.int()).nullish(),
  subscription_url: z.string(),
});
/** See `pasarGuardUser`. */
export type PasarGuardUser = z.infer<typeof pasarGuardUser>;

/** What the adapter needs to read users. */
export interface Reading {
  readonly groupIds: readonly number[];
  /** Where its links lead, without a slash at the end. */
  readonly subscriptionUrl: string;
}

/** Times without a zone are UTC. */
const momentOf = (text: string) =>
  instant(new Date(/(?:Z|[+-]\d\d:?\d\d)$/u.test(text) ? text : `${text}Z`));

/** The panel's own fallback, which never is as wanted. */
const panelsFallback = -1;

const deviceLimitOf = (limit: number | null | undefined): number | undefined =>
  limit === 0 ? undefined : (limit ?? panelsFallback);

/** A user in the adapter's terms. */
export function readUser(user: PasarGuardUser, { groupIds, subscriptionUrl }: Reading): FoundUser {
  const link = user.subscription_url;
  return {
    name: user.username,
    key: String(user.id),
    epoch: `${user.id} ${user.created_at}`,
    state: states.find((one) => one === user.status) ?? "other",
    terms: {
      endsAt: user.expire === null ? undefined : momentOf(user.expire),
      limitBytes: user.data_limit === null || user.data_limit === 0 ? undefined : user.data_limit,
      deviceLimit: deviceLimitOf(user.hwid_limit),
    },
    uploadedBytes: 0,
    downloadedBytes: user.used_traffic,
    lastSeenAt: user.online_at ? momentOf(user.online_at) : undefined,
    note: user.note ?? "",
    fault: textOf(user.group_ids ?? []) === textOf(groupIds) ? undefined : "it is in other groups",
    url: link === "" ? undefined : new URL(link, `${subscriptionUrl}/`).href,
  };
}

const textOf = (ids: readonly number[]): string => ids.toSorted((a, b) => a - b).join();

/**
 * What a user is set to. `no_reset`: their counter is never reset, so that a repeated request
 * changes nothing. PasarGuard takes 0 for "never" and "no limit", and null for its own fallback.
 */
export const settingsOf = ({ terms, note }: WantedUser, groupIds: readonly number[]) => ({
  status: "active",
  expire: endSecondOf(terms) ?? 0,
  data_limit: terms.limitBytes ?? 0,
  data_limit_reset_strategy: "no_reset",
  note,
  hwid_limit: terms.deviceLimit ?? 0,
  group_ids: groupIds,
});

/** What a new user connects with; without these the panel would draw others each time. */
export const proxySettingsOf = ({ secrets: { uuid, password } }: WantedUser) => ({
  vmess: { id: uuid },
  vless: { id: uuid },
  trojan: { password },
  shadowsocks: { password, method: "chacha20-ietf-poly1305" },
  hysteria: { auth: password },
});
