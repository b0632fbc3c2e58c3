import { escapeHtml } from "../../kit/html.ts";
import { htmlPage, ok, type Reply } from "../../kit/http.ts";
import { oneOf } from "../../panel-kit/checks.ts";
import { readModel, required } from "../../panel-kit/fields.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import {
  clashConfig,
  outlineConfig,
  singBoxConfig,
  xrayConfig,
} from "../../panel-kit/subscription-formats.ts";
import { registerDevice } from "../hwid.ts";
import type { State } from "../state.ts";
import { readLink } from "../subscription-token.ts";
import { linksOf, viewOwnUser } from "../user-view.ts";
import type { User } from "../user.ts";
import { historyOf } from "./actions.ts";

/** The user of a link. @throws Refusal 404: forged, or from before their creation or a revoke. */
function requireOwner(state: State, { params }: Call): User {
  const claims = readLink(params["token"] ?? "", state.core.secret);
  const user = claims && state.users.find(claims.userId);
  if (user === undefined || claims === undefined) throw new Refusal(404, "Not Found");
  const issuedMs = claims.issuedS * 1_000;
  if (user.createdMs > issuedMs || (user.subRevokedMs ?? 0) > issuedMs) {
    throw new Refusal(404, "Not Found");
  }
  return user;
}

const formats = [
  "links",
  "links_base64",
  "xray",
  "wireguard",
  "sing_box",
  "clash",
  "clash_meta",
  "outline",
  "block",
] as const;
type Format = (typeof formats)[number];

const clashMeta =
  /^(?:FlClashX?|Flowvy|[Cc]lash(?:-(?:[Vv]erge|nyanpasu)|X [Mm]eta|-?[Mm]eta)|[Kk]oala-[Cc]lash|[Mm](?:urge|ihomo)|prizrak-box|clash\.meta)/u;

/** The panel's own rules: the first pattern that fits an app's name decides. */
const rules: readonly (readonly [RegExp, Format])[] = [
  [clashMeta, "clash_meta"],
  [/^([Cc]lash|[Ss]tash)/u, "clash"],
  [/^(SFA|SFI|SFM|SFT|[Kk]aring|[Hh]iddify[Nn]ext)|^.*[Ss]ing[-b]?ox.*/u, "sing_box"],
  [/^(SS|SSR|SSD|SSS|Outline|Shadowsocks|SSconf)/u, "outline"],
  [/^[Ii]n[Hh]ive/u, "xray"],
];

const extensions: Readonly<Partial<Record<Format, string>>> = {
  clash: ".yaml",
  clash_meta: ".yaml",
  links: ".txt",
  links_base64: ".txt",
  wireguard: ".zip",
};

const yaml = "text/yaml; charset=utf-8";
const json = "application/json";
const plain = "text/plain; charset=utf-8";

/** An archive without files: no user of the emulator has WireGuard. */
const emptyArchive = Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]);

const asJson = (value: object): [type: string, content: Buffer] => [
  json,
  Buffer.from(JSON.stringify(value)),
];

function contentOf(state: State, user: User, format: Format): [type: string, content: Buffer] {
  const connections = state.connectionsOf(user);
  const links = linksOf(connections).join("\n");
  switch (format) {
    case "clash_meta":
      return [yaml, Buffer.from(clashConfig(connections, true))];
    case "clash":
      return [yaml, Buffer.from(clashConfig(connections, false))];
    case "sing_box":
      return asJson(singBoxConfig(connections));
    case "outline":
      return asJson(outlineConfig(connections));
    case "xray":
      return asJson(xrayConfig(connections));
    case "wireguard":
      return ["application/zip", emptyArchive];
    case "links":
      return [plain, Buffer.from(links)];
    case "links_base64":
      return [plain, Buffer.from(Buffer.from(links).toString("base64"))];
    case "block":
      throw new Refusal(406, "Client not supported");
  }
}

function headersFor(user: User, { request }: Call, extension = ""): Record<string, string> {
  const { used_traffic, data_limit, expireMs } = user;
  const url = `http://${request.raw.headers.host ?? ""}${request.raw.url ?? ""}`;
  const limits = `total=${data_limit ?? 0}; expire=${Math.floor((expireMs ?? 0) / 1_000)}`;
  return {
    "content-disposition": `attachment; filename="${user.username}${extension}"`,
    "profile-web-page-url": url,
    "support-url": "https://t.me/",
    "profile-title": `base64:${Buffer.from("Subscription").toString("base64")}`,
    "profile-update-interval": "12",
    "subscription-userinfo": `upload=0; download=${used_traffic}; ${limits}`,
    announce: "base64:",
    "announce-url": "",
  };
}

/** Keeps what the app tells of its device. @throws Refusal 403. */
function register(state: State, call: Call, user: User, isManual: boolean): void {
  const { headers } = call.request.raw;
  const header = (name: string) => (headers[name] === undefined ? null : String(headers[name]));
  const claims = {
    hwid: header("x-hwid") ?? undefined,
    device_os: header("x-device-os"),
    os_version: header("x-ver-os"),
    device_model: header("x-device-model"),
  };
  const known = state.users.list().flatMap(({ devices }) => devices);
  const id = () => known.reduce((last, device) => Math.max(last, device.id), 0) + 1;
  const terms = { isManual, id, nowMs: state.core.clock.now() };
  const devices = registerDevice(user, claims, state.hwid, terms);
  if (devices !== user.devices) state.users.save({ ...user, devices });
}

const formatFor = (userAgent: string): Format =>
  rules.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "links_base64";

function serve(state: State, call: Call, user: User, format: Format, extension = ""): Reply {
  const [type, content] = contentOf(state, user, format);
  const headers = { ...headersFor(user, call, extension), "content-type": type };
  return { status: 200, body: content, headers };
}

/** A browser that asks for a page gets one; whoever else, what they know. */
function serveByAgent(state: State, call: Call): Reply {
  const user = requireOwner(state, call);
  const { accept = "", "user-agent": userAgent = "" } = call.request.raw.headers;
  if (accept.includes("text/html")) {
    const { username, status } = user;
    return htmlPage(`<!doctype html><title>${escapeHtml(username)}</title><p>${status}</p>`);
  }
  register(state, call, user, false);
  return serve(state, call, user, formatFor(userAgent));
}

function serveHeaders(state: State, call: Call): Reply {
  const user = requireOwner(state, call);
  const { accept = "", "user-agent": userAgent = "" } = call.request.raw.headers;
  const body = Buffer.alloc(0);
  if (accept.includes("text/html")) {
    return { status: 200, body, headers: { "content-type": "text/html; charset=utf-8" } };
  }
  const [type] = contentOf(state, user, formatFor(userAgent));
  const headers = { ...headersFor(user, call), "content-type": type.split(";")[0] ?? "" };
  return { status: 200, body, headers };
}

function serveByType(state: State, call: Call): Reply {
  const { client_type: format } = readModel({ client_type: required(oneOf(formats)) }, call.params);
  if (format === "block") throw new Refusal(406, "Client not supported");
  const user = requireOwner(state, call);
  register(state, call, user, true);
  return serve(state, call, user, format, extensions[format] ?? ".json");
}

function serveInfo(state: State, call: Call): Reply {
  const user = requireOwner(state, call);
  const headers = { "support-url": "https://t.me/", announce: "base64:" };
  return { status: 200, body: viewOwnUser(user, "127.0.0.1"), headers };
}

function serveRaw(state: State, call: Call): Reply {
  const user = requireOwner(state, call);
  const inbounds = state.groups.inboundsOf(user.group_ids).map(({ tag }) => tag);
  // Of the groups nothing is told here, whatever they are.
  const shown = { ...viewOwnUser(user, null), group_ids: [], inbounds };
  const links = linksOf(state.connectionsOf(user));
  const body = { user: shown, links, announce: "", announce_url: "", apps: [] };
  return ok({ body, headers: headersFor(user, call) });
}

/** What customers' apps fetch, by the link in `subscription_url`. */
export const subscriptionRoutes = (state: State): readonly Route[] => [
  { method: "GET", path: "/sub/{token}/", handle: (call) => serveByAgent(state, call) },
  { method: "GET", path: "/sub/{token}", handle: (call) => serveByAgent(state, call) },
  { method: "HEAD", path: "/sub/{token}/", handle: (call) => serveHeaders(state, call) },
  { method: "HEAD", path: "/sub/{token}", handle: (call) => serveHeaders(state, call) },
  { method: "GET", path: "/sub/{token}/info", handle: (call) => serveInfo(state, call) },
  { method: "GET", path: "/sub/{token}/raw", handle: (call) => serveRaw(state, call) },
  {
    method: "GET",
    path: "/sub/{token}/apps",
    handle: (call) => {
      requireOwner(state, call);
      return ok([]);
    },
  },
  {
    method: "GET",
    path: "/sub/{token}/usage",
    handle: (call) => {
      const user = requireOwner(state, call);
      return ok(historyOf(user, call.request.query, state.core.clock.now()));
    },
  },
  { method: "GET", path: "/sub/{token}/{client_type}", handle: (call) => serveByType(state, call) },
];
