import * as z from "zod";
import { accessIdOfPanelUser } from "../../../domain/derived-ids.ts";
import { instant } from "../../../domain/time.ts";
import { endSecondOf } from "../panel/terms.ts";
import type { FoundUser, WantedUser } from "../panel/panel.ts";
import type { MarzbanProtocol, MarzbanSettings } from "./settings.ts";

const states = ["active", "limited", "expired", "disabled"] as const;

/** A user as Marzban 0.8 shows it; `expire` in seconds, limits in bytes, null for none. */
export const marzbanUser = z.object({
  username: z.string(),
  status: z.string(),
  expire: z.int().nullable(),
  data_limit: z.int().nullable(),
  used_traffic: z.int().min(0),
  note: z.string().nullish(),
  online_at: z.string().nullish(),
  created_at: z.string(),
  inbounds: z.record(z.string(), z.array(z.string())),
  subscription_url: z.string(),
});
/** See `marzbanUser`. */
export type MarzbanUser = z.infer<typeof marzbanUser>;

/** Tags by protocol, as users get them: none is left open. */
export type Inbounds = Readonly<Partial<Record<MarzbanProtocol, readonly string[]>>>;

/** What the adapter needs to read users. */
export interface Reading {
  readonly inbounds: Inbounds;
  /** Where its links lead, without a slash at the end. */
  readonly subscriptionUrl: string;
}

/** A user in the adapter's terms. */
export function readUser(user: MarzbanUser, { inbounds, subscriptionUrl }: Reading): FoundUser {
  const state = states.find((one) => one === user.status) ?? "other";
  return {
    name: user.username,
    key: user.username,
    epoch: user.created_at,
    state,
    terms: {
      endsAt: user.expire === null || user.expire === 0 ? undefined : instant(user.expire * 1_000),
      limitBytes: user.data_limit === null || user.data_limit === 0 ? undefined : user.data_limit,
      deviceLimit: undefined,
    },
    uploadedBytes: 0,
    downloadedBytes: user.used_traffic,
    // Its times are in UTC, without a zone.
    lastSeenAt: user.online_at
      ? instant(new Date(`${user.online_at.replace(/Z$/u, "")}Z`))
      : undefined,
    note: user.note ?? "",
    fault: areSame(user.inbounds, wantedFor(user, inbounds))
      ? undefined
      : "it is on other inbounds",
    url: new URL(user.subscription_url, `${subscriptionUrl}/`).href,
  };
}

/**
 * A user whom others have made keeps their protocols: another one would mean new keys, and what the
 * settings do not name stays as it is.
 */
const wantedFor = ({ username, inbounds: found }: MarzbanUser, inbounds: Inbounds): Inbounds =>
  accessIdOfPanelUser(username) === undefined
    ? Object.fromEntries(
        Object.entries(found).map(([protocol, tags]) => {
          return [protocol, inbounds[protocol as MarzbanProtocol] ?? tags];
        }),
      )
    : inbounds;

const areSame = (found: Readonly<Record<string, readonly string[]>>, wanted: Inbounds): boolean =>
  textOf(found) === textOf(wanted);

const textOf = (inbounds: Readonly<Partial<Record<string, readonly string[]>>>): string =>
  Object.entries(inbounds)
    .flatMap(([protocol, tags = []]) => tags.map((tag) => `${protocol}/${tag}`))
    .toSorted()
    .join("\n");

/**
 * What a user is set to. `no_reset`: their counter is never reset, so that a repeated request
 * changes nothing. Marzban takes 0 for "never" and "no limit".
 */
export const settingsOf = ({ terms, note }: WantedUser, inbounds: Inbounds) => ({
  status: "active",
  expire: endSecondOf(terms) ?? 0,
  data_limit: terms.limitBytes ?? 0,
  data_limit_reset_strategy: "no_reset",
  note,
  inbounds,
});

/** The proxies of a new user, with secrets of ours; without any Marzban breaks its own list. */
export function proxiesOf(
  { secrets }: WantedUser,
  inbounds: Inbounds,
  flow: MarzbanSettings["flow"],
) {
  const of: Record<MarzbanProtocol, object> = {
    vless: { id: secrets.uuid, flow },
    vmess: { id: secrets.uuid },
    trojan: { password: secrets.password, flow: "" },
    shadowsocks: { password: secrets.password, method: "chacha20-ietf-poly1305" },
  };
  return Object.fromEntries(
    Object.keys(inbounds).map((protocol) => [protocol, of[protocol as MarzbanProtocol]]),
  );
}
