import { type Connection, type Credential, inbounds } from "../panel-kit/inbounds.ts";
import { Crash } from "../panel-kit/refusal.ts";
import { naiveIso } from "../panel-kit/stamps.ts";
import { shareLink } from "../panel-kit/subscription-formats.ts";
import { lifetimeOf } from "../panel-kit/user.ts";
import { type Admin, viewAdmin } from "./admins.ts";
import { firstDatelessSecond, protocolName } from "./changes.ts";
import type { User } from "./user.ts";

/** What an answer about a user needs besides the row. */
export interface ViewParts {
  readonly admin: Admin | undefined;
  readonly serverAddress: string;
  readonly subscriptionUrl: string;
}

/**
 * Whether no answer about this user can be made: it has no protocol, or a time without a date, such
 * as milliseconds where seconds are meant. Each list that it is in fails as well.
 */
export const isPoisoned = ({ proxies, expire }: User): boolean =>
  proxies.length === 0 || (expire ?? 0) >= firstDatelessSecond;

const openTags = (user: User): [string, string[]][] =>
  user.proxies.map(({ type, excluded }) => {
    const open = inbounds.filter(
      ({ protocol, tag }) => protocol === type && !excluded.includes(tag),
    );
    return [type, open.map(({ tag }) => tag)];
  });

/** How a user may connect: one line for each inbound that is open to them, in the core's order. */
export function connectionsOf(user: User, serverAddress: string): readonly Connection[] {
  return inbounds.flatMap((inbound) => {
    const proxy = user.proxies.find(({ type }) => type === inbound.protocol);
    if (proxy === undefined || proxy.excluded.includes(inbound.tag)) return [];
    const place = `${protocolName(inbound.protocol)} - ${inbound.network}`;
    const remark = `🚀 Marz (${user.username}) [${place}]`;
    return [{ remark, address: serverAddress, inbound, credential: proxy.settings }];
  });
}

function linkQuery({ inbound, credential }: Connection): Record<string, string> {
  const { network, tls, path, reality } = inbound;
  const flow = tls === "reality" && network === "tcp" ? credential.flow : "";
  return {
    security: tls,
    type: network,
    headerType: "",
    ...(flow ? { flow } : {}),
    path,
    host: "",
    ...(reality
      ? { sni: reality.sni, fp: "chrome", pbk: reality.publicKey, sid: reality.shortId }
      : {}),
  };
}

/** The share links of a user. */
export const linksOf = (user: User, serverAddress: string): string[] =>
  connectionsOf(user, serverAddress).map((connection) =>
    shareLink(connection, linkQuery(connection)),
  );

const iso = (ms: number | null): string | null => (ms === null ? null : naiveIso(ms));

/** A user as answers show them. @throws Crash for one that is poisoned. */
export function viewUser(user: User, parts: ViewParts): Record<string, unknown> {
  if (isPoisoned(user)) throw new Crash(`${user.username} cannot be shown`);
  const settings = user.proxies.map(({ type, settings }): [string, Credential] => [type, settings]);
  return {
    proxies: Object.fromEntries(settings),
    expire: user.expire,
    data_limit: user.data_limit,
    data_limit_reset_strategy: user.data_limit_reset_strategy,
    inbounds: Object.fromEntries(openTags(user)),
    note: user.note,
    sub_updated_at: iso(user.subUpdatedMs),
    sub_last_user_agent: user.subUserAgent,
    online_at: iso(user.onlineMs),
    on_hold_expire_duration: user.on_hold_expire_duration,
    on_hold_timeout: iso(user.onHoldTimeoutMs),
    auto_delete_in_days: user.auto_delete_in_days,
    next_plan: user.next_plan,
    username: user.username,
    status: user.status,
    used_traffic: user.used_traffic,
    lifetime_used_traffic: lifetimeOf(user),
    created_at: naiveIso(user.createdMs),
    links: linksOf(user, parts.serverAddress),
    subscription_url: parts.subscriptionUrl,
    excluded_inbounds: Object.fromEntries(
      user.proxies.map(({ type, excluded }) => [type, excluded]),
    ),
    admin: parts.admin === undefined ? null : viewAdmin(parts.admin),
  };
}

/** What a user's own link tells about them: nothing of the shop. */
export function viewOwnUser(user: User, parts: ViewParts): Record<string, unknown> {
  const hidden = ["note", "admin", "inbounds", "excluded_inbounds", "auto_delete_in_days"];
  const fields = Object.entries(viewUser(user, parts));
  return Object.fromEntries(fields.filter(([name]) => !hidden.includes(name)));
}
