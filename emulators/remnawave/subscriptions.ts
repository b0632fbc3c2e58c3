import type { IncomingHttpHeaders } from "node:http";
import type { Reply } from "../kit/http.ts";
import type { RouteCall } from "../kit/path-routes.ts";
import type { Admission, DeviceFields } from "./devices.ts";
import { listedLinks, remarkLinks } from "./links.ts";
import type { State } from "./state.ts";
import { formatFor, type Format, renderLinks } from "./subscription-formats.ts";
import type { User } from "./users.ts";
import { iso, subscriptionUrl } from "./wire.ts";

const dayMs = 86_400_000;
const hwid = /^[a-zA-Z0-9=-]{10,64}$/u;
/** Such an expiry is shown as none at all. */
const neverYear = 2099;

/** A fetch of a subscription. */
export type Fetch = RouteCall & { readonly headers: IncomingHttpHeaders };

/** Serves a subscription; without a format, as the app that asks wants it. */
export function serveSubscription(state: State, fetch: Fetch, named?: Format): Reply {
  const user = state.users.find({ shortUuid: fetch.params["shortUuid"] ?? "" });
  if (user === undefined) {
    return {
      status: 404,
      body: { isFound: false, statusCode: 404, message: "Resource not found" },
    };
  }
  const { headers } = fetch;
  const format = named ?? formatFor(headers.accept ?? "", headers["user-agent"] ?? "");
  if (format === "browser") return { status: 200, body: describe(state, user) };
  const admission = state.devices.admit(user, deviceOf(headers));
  const isRefused = admission === "not-supported" || admission === "too-many";
  const links = isRefused ? remarkLinks(admission) : listedLinks(user, inboundsOf(state, user));
  const { type, body } = renderLinks(links, format);
  return {
    status: 200,
    body: Buffer.from(body),
    headers: {
      "content-type": `${type}; charset=utf-8`,
      ...profileHeaders(state, user),
      ...hwidHeaders(state, admission),
    },
  };
}

/** What `/info` and browsers are told. Links are left out while devices are counted. */
export function describe(state: State, user: User, isTrusted = false) {
  const { used, lifetime, trafficLimitBytes: limit } = user;
  const showsLinks = isTrusted || !state.hwidSettings.enabled;
  return {
    isFound: true,
    user: {
      shortUuid: user.shortUuid,
      daysLeft: Math.trunc((user.expireAt - state.clock.now()) / dayMs),
      trafficUsed: pretty(used),
      trafficLimit: pretty(limit),
      lifetimeTrafficUsed: pretty(lifetime),
      trafficUsedBytes: String(used),
      trafficLimitBytes: String(limit),
      lifetimeTrafficUsedBytes: String(lifetime),
      username: user.username,
      expiresAt: iso(user.expireAt),
      isActive: user.status === "ACTIVE",
      userStatus: user.status,
      trafficLimitStrategy: user.trafficLimitStrategy,
    },
    links: showsLinks ? listedLinks(user, inboundsOf(state, user)) : [],
    ssConfLinks: {},
    subscriptionUrl: subscriptionUrl(state.options.subDomain, user),
  };
}

/** The links of a user by themselves. */
export const connectionKeys = (state: State, user: User) => ({
  enabledKeys: listedLinks(user, inboundsOf(state, user)),
  disabledKeys: [],
  hiddenKeys: [],
});

const inboundsOf = ({ squads }: State, user: User) => squads.inboundsOf(user.squads);

function deviceOf(headers: IncomingHttpHeaders): DeviceFields | undefined {
  const named = headers["x-hwid"];
  if (typeof named !== "string" || !hwid.test(named)) return undefined;
  return {
    hwid: named,
    platform: headers["x-device-os"],
    osVersion: headers["x-ver-os"],
    deviceModel: headers["x-device-model"],
    userAgent: headers["user-agent"],
    requestIp: headers["x-forwarded-for"],
  };
}

function profileHeaders(state: State, user: User): Record<string, string> {
  const { used, trafficLimitBytes: total, expireAt } = user;
  const isNever = new Date(expireAt).getUTCFullYear() === neverYear;
  const expire = isNever ? 0 : Math.floor(expireAt / 1_000);
  const refill = refillAt(user, state.clock.now());
  return {
    "content-disposition": `attachment; filename=${user.username}`,
    "subscription-userinfo": `upload=0; download=${used}; total=${total}; expire=${expire}`,
    ...(refill === undefined ? {} : { "subscription-refill-date": String(refill / 1_000) }),
    "profile-title": `base64:${Buffer.from("Remnawave").toString("base64")}`,
    "profile-update-interval": "12",
    "support-url": "https://dummy.docs.rw",
    "profile-web-page-url": subscriptionUrl(state.options.subDomain, user),
  };
}

/** When traffic is refilled, in milliseconds; the panel names none for MONTH_ROLLING. */
function refillAt({ trafficLimitStrategy: period }: User, nowMs: number): number | undefined {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const day = now.getUTCDate();
  switch (period) {
    case "DAY":
      return Date.UTC(year, month, day + 1);
    case "WEEK":
      return Date.UTC(year, month, day + 8 - now.getUTCDay(), 0, 5);
    case "MONTH":
      return Date.UTC(year, month + 1, 1, 0, 10);
    case "MONTH_ROLLING":
    case "NO_RESET":
      return undefined;
  }
}

/** The body is a 200 in every case: apps read these. */
function hwidHeaders({ hwidSettings }: State, admission: Admission): Record<string, string> {
  if (!hwidSettings.enabled || admission === "bypassed") return {};
  const active = { "x-hwid-active": "true" };
  switch (admission) {
    case "allowed":
      return active;
    case "not-supported":
      return { ...active, "x-hwid-not-supported": "true", "x-hwid-limit": "true" };
    case "too-many":
      return { ...active, "x-hwid-max-devices-reached": "true", "x-hwid-limit": "true" };
  }
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function pretty(bytes: number): string {
  if (bytes === 0) return "0";
  const power = Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`;
}
