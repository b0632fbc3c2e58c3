import type { Connection, Credential, Inbound, Protocol } from "../panel-kit/inbounds.ts";
import { naiveIso, zonedIso } from "../panel-kit/stamps.ts";
import { shareLink } from "../panel-kit/subscription-formats.ts";
import { lifetimeOf } from "../panel-kit/user.ts";
import type { Admin } from "./admins.ts";
import type { User } from "./user.ts";

const iso = (ms: number | null): string | null => (ms === null ? null : zonedIso(ms));

/** A user as answers show them; in lists without a link. */
export function viewUser(
  user: User,
  admin: Admin | undefined,
  subscriptionUrl = "",
): Record<string, unknown> {
  return {
    proxy_settings: user.proxy_settings,
    expire: iso(user.expireMs),
    data_limit: user.data_limit,
    data_limit_reset_strategy: user.data_limit_reset_strategy,
    note: user.note,
    on_hold_expire_duration: user.on_hold_expire_duration,
    on_hold_timeout: user.onHoldTimeoutMs === null ? null : naiveIso(user.onHoldTimeoutMs),
    group_ids: user.group_ids,
    auto_delete_in_days: user.auto_delete_in_days,
    hwid_limit: user.hwid_limit,
    next_plan: user.next_plan,
    id: user.id,
    username: user.username,
    status: user.status,
    used_traffic: user.used_traffic,
    lifetime_used_traffic: lifetimeOf(user),
    created_at: zonedIso(user.createdMs),
    edit_at: iso(user.editedMs),
    online_at: iso(user.onlineMs),
    subscription_url: subscriptionUrl,
    admin: admin === undefined ? null : { id: admin.id, username: admin.username },
  };
}

/** What a user's own link tells about them: nothing of the shop. */
export function viewOwnUser(user: User, ip: string | null): Record<string, unknown> {
  const hidden = ["note", "admin", "auto_delete_in_days", "subscription_url"];
  const fields = Object.entries(viewUser(user, undefined));
  return { ...Object.fromEntries(fields.filter(([name]) => !hidden.includes(name))), ip };
}

/** What a user enters with by a protocol. */
export const credentialOf = (user: User, protocol: Protocol): Credential =>
  user.proxy_settings[protocol];

/** How a user may connect: one line for each inbound that is open to them and has a host. */
export const connectionsOf = (
  user: User,
  open: readonly Inbound[],
  address: string,
): readonly Connection[] =>
  open.map((inbound) => ({
    remark: `${user.username} [${inbound.protocol} - ${inbound.network}]`,
    address,
    inbound,
    credential: credentialOf(user, inbound.protocol),
  }));

function linkQuery({ protocol, network, tls, path, reality }: Inbound): Record<string, string> {
  return {
    ...(protocol === "vless" ? { encryption: "none" } : {}),
    security: tls,
    type: network,
    headerType: "none",
    ...(path === "" ? {} : { path }),
    ...(reality
      ? { sni: reality.sni, fp: "chrome", pbk: reality.publicKey, sid: reality.shortId }
      : {}),
  };
}

/** The share links of connections. */
export const linksOf = (connections: readonly Connection[]): string[] =>
  connections.map((connection) => shareLink(connection, linkQuery(connection.inbound)));
