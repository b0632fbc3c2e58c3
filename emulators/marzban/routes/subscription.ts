import { escapeHtml } from "../../kit/html.ts";
import { htmlPage, ok, type Reply } from "../../kit/http.ts";
import { Crash, Refusal, unprocessable } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import {
  clashConfig,
  outlineConfig,
  singBoxConfig,
  xrayConfig,
} from "../../panel-kit/subscription-formats.ts";
import type { State } from "../state.ts";
import { readLink } from "../subscription-token.ts";
import { usageOf } from "../usage.ts";
import { connectionsOf, linksOf, viewOwnUser } from "../user-view.ts";
import type { User } from "../user.ts";

/** The user of a link. @throws Refusal 404: forged, or from before their creation or a revoke. */
function requireOwner(state: State, { params }: Call): User {
  const claims = readLink(params["token"] ?? "", state.core.secret);
  const user = claims && state.users.find(claims.username);
  if (user === undefined || claims === undefined) throw new Refusal(404, "Not Found");
  const issuedMs = claims.issuedS * 1_000;
  if (user.createdMs > issuedMs || (user.subRevokedMs ?? 0) > issuedMs) {
    throw new Refusal(404, "Not Found");
  }
  return user;
}

type Format = "clash-meta" | "clash" | "sing-box" | "outline" | "v2ray-json" | "v2ray";

/** The first pattern that an app's name begins with decides. */
const formats: readonly (readonly [RegExp, Format])[] = [
  [/^([Cc]lash-verge|[Cc]lash[-.]?[Mm]eta|[Ff][Ll][Cc]lash|[Mm]ihomo)/u, "clash-meta"],
  [/^([Cc]lash|[Ss]tash)/u, "clash"],
  [/^(SFA|SFI|SFM|SFT|[Kk]aring|[Hh]iddify[Nn]ext)/u, "sing-box"],
  [/^(SS|SSR|SSD|SSS|Outline|Shadowsocks|SSconf)/u, "outline"],
];

/** Apps that take JSON, from these versions on, where the panel is set up for it. */
const jsonApps: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^v2rayN\/(\d+\.\d+)/u, [6, 40]],
  [/^v2rayNG\/(\d+\.\d+\.\d+)/u, [1, 8, 18]],
  [/^[Ss]treisand()/u, []],
  [/^Happ\/(\d+\.\d+\.\d+)/u, [1, 63, 1]],
];

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const given = version.split(".").map(Number);
  for (const [at, number] of wanted.entries()) {
    if (given[at] !== number) return (given[at] ?? 0) > number;
  }
  return true;
}

function formatFor(userAgent: string, customJson: boolean): Format {
  const [, format] = formats.find(([pattern]) => pattern.test(userAgent)) ?? [];
  if (format !== undefined) return format;
  const takesJson = jsonApps.some(([pattern, from]) => {
    const [, version] = pattern.exec(userAgent) ?? [];
    return version !== undefined && isAtLeast(version, from);
  });
  return customJson && takesJson ? "v2ray-json" : "v2ray";
}

const yaml = "text/yaml; charset=utf-8";
const json = "application/json";

function contentOf(user: User, format: Format, address: string): [type: string, content: string] {
  const connections = connectionsOf(user, address);
  switch (format) {
    case "clash-meta":
      return [yaml, clashConfig(connections, true)];
    case "clash":
      return [yaml, clashConfig(connections, false)];
    case "sing-box":
      return [json, JSON.stringify(singBoxConfig(connections))];
    case "outline":
      return [json, JSON.stringify(outlineConfig(connections))];
    case "v2ray-json":
      return [json, JSON.stringify(xrayConfig(connections))];
    case "v2ray": {
      const links = linksOf(user, address).join("\n");
      return ["text/plain; charset=utf-8", Buffer.from(links).toString("base64")];
    }
  }
}

function headersFor(user: User, { request }: Call): Record<string, string> {
  const { used_traffic, data_limit, expire } = user;
  const url = `http://${request.raw.headers.host ?? ""}${request.raw.url ?? ""}`;
  const limits = `total=${data_limit ?? 0}; expire=${expire ?? 0}`;
  return {
    "content-disposition": `attachment; filename="${user.username}"`,
    "profile-web-page-url": url,
    "support-url": "https://t.me/",
    "profile-title": `base64:${Buffer.from("Subscription").toString("base64")}`,
    "profile-update-interval": "12",
    "subscription-userinfo": `upload=0; download=${used_traffic}; ${limits}`,
  };
}

function serve(state: State, call: Call, user: User, format: Format): Reply {
  const [type, content] = contentOf(user, format, state.options.serverAddress);
  const headers = { ...headersFor(user, call), "content-type": type };
  return { status: 200, body: Buffer.from(content), headers };
}

/** A browser gets a page, an app what it knows; expired, limited and disabled users, too. */
function serveByAgent(state: State, call: Call): Reply {
  const user = requireOwner(state, call);
  state.view(user);
  const { accept = "", "user-agent": userAgent = "" } = call.request.raw.headers;
  if (accept.includes("text/html")) {
    const { username, status } = user;
    return htmlPage(`<!doctype html><title>${escapeHtml(username)}</title><p>${status}</p>`);
  }
  const subUpdatedMs = state.core.clock.now();
  state.users.save({ ...user, subUpdatedMs, subUserAgent: userAgent });
  return serve(state, call, user, formatFor(userAgent, state.options.customJson));
}

const known: readonly Format[] = ["sing-box", "clash-meta", "clash", "outline", "v2ray"];

/** The pattern is not anchored: a name that only contains a format is let in, and then breaks. */
function serveByType(state: State, call: Call): Reply {
  const user = requireOwner(state, call);
  const wanted = call.params["client_type"] ?? "";
  if (!known.some((name) => wanted.includes(name))) {
    const pattern = "sing-box|clash-meta|clash|outline|v2ray|v2ray-json";
    throw unprocessable({ client_type: `String should match pattern '${pattern}'` });
  }
  const format = ([...known, "v2ray-json"] as const).find((name) => name === wanted);
  if (format === undefined) throw new Crash("'NoneType' object is not subscriptable");
  state.view(user);
  return serve(state, call, user, format);
}

/** What customers' apps fetch, by the link in `subscription_url`. */
export const subscriptionRoutes = (state: State): readonly Route[] => [
  { method: "GET", path: "/sub/{token}/", handle: (call) => serveByAgent(state, call) },
  { method: "GET", path: "/sub/{token}", handle: (call) => serveByAgent(state, call) },
  {
    method: "GET",
    path: "/sub/{token}/info",
    handle: (call) => {
      const user = requireOwner(state, call);
      return ok(viewOwnUser(user, state.viewParts(user)));
    },
  },
  {
    method: "GET",
    path: "/sub/{token}/usage",
    handle: (call) => {
      const user = requireOwner(state, call);
      const usages = usageOf([user], call.request.query, state.core.clock.now());
      return ok({ usages, username: user.username });
    },
  },
  { method: "GET", path: "/sub/{token}/{client_type}", handle: (call) => serveByType(state, call) },
];
