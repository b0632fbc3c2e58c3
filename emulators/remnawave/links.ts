import type { Inbound } from "./squads.ts";
import type { User } from "./users.ts";

/** The host of every inbound. */
const host = "node.example.test";

/** What is shown in place of links to those who may not connect [S: the seed of 3.3.2]. */
const remarks = {
  EXPIRED: ["⌛ Subscription expired", "Contact support"],
  LIMITED: ["🚧 Subscription limited", "Contact support"],
  DISABLED: ["🚫 Subscription disabled", "Contact support"],
  none: ["→ Remnawave", "→ No hosts found", "→ Check Hosts tab", "→ Check Internal Squads tab"],
  "not-supported": ["App not supported"],
  "too-many": ["Limit of devices reached"],
} as const;

/** Why a subscription has remarks in place of links. */
export type RemarkReason = keyof typeof remarks;

/** A line that an app lists and nobody can connect by. */
const placeholder = (remark: string): string =>
  `vless://00000000-0000-0000-0000-000000000000@0.0.0.0:1?encryption=none&type=tcp&security=none` +
  `#${encodeURIComponent(remark)}`;

/** The remarks of a reason, as links. */
export const remarkLinks = (reason: RemarkReason): string[] => remarks[reason].map(placeholder);

/** The links of a user's inbounds, whatever their status. */
export function linksOf(user: User, inbounds: readonly Inbound[]): string[] {
  return inbounds.map(({ type, port, tag }) => {
    const name = encodeURIComponent(tag);
    const tls = `security=tls&sni=${host}&fp=chrome`;
    switch (type) {
      case "vless":
        return `vless://${user.vlessUuid}@${host}:${port}?encryption=none&type=tcp&${tls}#${name}`;
      case "trojan":
        return `trojan://${encodeURIComponent(user.trojanPassword)}@${host}:${port}?type=tcp&${tls}#${name}`;
      case "shadowsocks": {
        const secret = Buffer.from(`chacha20-ietf-poly1305:${user.ssPassword}`).toString("base64");
        return `ss://${secret}@${host}:${port}#${name}`;
      }
    }
  });
}

/** What a subscription lists: links for who is active and has inbounds, else remarks. */
export function listedLinks(user: User, inbounds: readonly Inbound[]): string[] {
  if (user.status !== "ACTIVE") return remarkLinks(user.status);
  return inbounds.length === 0 ? remarkLinks("none") : linksOf(user, inbounds);
}
