import { htmlPage, type Reply, type Request } from "../kit/http.ts";
import type { App } from "../kit/server.ts";
import { entriesOfSubscription, hostOf, linkOf, pretty, remarkOf } from "./links.ts";
import type { State } from "./state.ts";
import type { Traffic } from "./traffics.ts";

const text = (status: number, body: string, headers = {}): Reply => ({
  status,
  body: Buffer.from(body),
  headers: { "content-type": "text/plain; charset=utf-8", ...headers },
});

/**
 * What customers fetch, on a port of its own: `/sub/{subId}`. Disabled clients get their links, too;
 * JSON and Clash are off, as in a fresh panel.
 */
export const createSubscriptionApp = (state: State, port: () => number): App => ({
  answer: (request) => {
    state.clock.passTime();
    const reply = serve(state, request, port());
    state.save();
    return Promise.resolve(reply);
  },
  stop: () => undefined,
});

function serve(state: State, request: Request, port: number): Reply {
  const subId = /^\/sub\/(?<subId>[^/]+)$/u.exec(request.path)?.groups?.["subId"];
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (subId === undefined || !isRead) {
    return text(404, "404 page not found", { "content-type": "text/plain" });
  }
  const found = entriesOfSubscription(state.inbounds, decode(subId));
  if (found.length === 0) return { status: 404, body: undefined };
  const row = state.traffics.find(found[0]?.entry.email ?? "");
  if (request.query.get("format")?.toLowerCase() === "info") {
    const host = hostOf(request.raw.headers.host);
    return info(state, found, row, `http://${host}:${port}/sub/${subId}`);
  }
  const wantsPage = (request.raw.headers.accept ?? "").toLowerCase().includes("text/html");
  if (wantsPage) return htmlPage("<!doctype html><title>3x-ui</title><p>Subscription</p>");
  const host = hostOf(request.raw.headers.host);
  const links = found.map(({ inbound, entry }, at) => {
    const remark = at === 0 ? remarkOf(inbound, entry, row, state.clock.now()) : inbound.remark;
    return `${linkOf(entry, inbound, host)}#${encodeURIComponent(remark)}\n`;
  });
  const { up = 0, down = 0, total = 0, expiryTime = 0 } = row ?? {};
  const expire = Math.trunc(expiryTime / 1_000);
  return text(200, Buffer.from(links.join("")).toString("base64"), {
    "profile-update-interval": "12",
    "profile-web-page-url": `http://${request.raw.headers.host}${request.raw.url}`,
    "subscription-userinfo": `upload=${up}; download=${down}; total=${total}; expire=${expire}`,
  });
}

/** Broken UTF-8 is nobody's. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

function info(
  state: State,
  found: ReturnType<typeof entriesOfSubscription>,
  row: Traffic | undefined,
  subUrl: string,
): Reply {
  const { up = 0, down = 0, total = 0, expiryTime = 0, lastOnline = 0 } = row ?? {};
  const emails = [...new Set(found.map(({ entry }) => entry.email))];
  return {
    status: 200,
    body: {
      announce: "",
      datepicker: "gregorian",
      download: pretty(down),
      downloadByte: down,
      emails,
      enabled: found.some(({ entry }) => entry.enable),
      expire: Math.trunc(expiryTime / 1_000),
      isOnline: emails.some((email) => state.isOnline(email)),
      lastOnline,
      remained: total === 0 ? "" : pretty(Math.max(0, total - up - down)),
      sId: found[0]?.entry.subId,
      subClashUrl: "",
      subJsonUrl: "",
      subSupportUrl: "",
      subTitle: "",
      subUrl,
      total: total === 0 ? "∞" : pretty(total),
      totalByte: total,
      upload: pretty(up),
      uploadByte: up,
      used: pretty(up + down),
    },
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-cache, no-store, must-revalidate",
      pragma: "no-cache",
      expires: "0",
    },
  };
}
