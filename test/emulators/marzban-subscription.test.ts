import { expect, test } from "vitest";
import { startMarzban } from "./marzban-client.ts";
import { startS } from "./panel-client.ts";

const future = startS + 86_400;
const credentials = {
  vless: { id: "33333333-3333-4333-8333-333333333333" },
  trojan: { password: "tp" },
  shadowsocks: { password: "sp" },
};

async function withLink(more: object = {}) {
  const panel = await startMarzban();
  const user = { proxies: credentials, expire: future, data_limit: 1_000, ...more };
  const { body } = await panel.add("tg_alice", user);
  const get = (suffix = "", headers: Record<string, string> = {}) =>
    panel.raw("GET", `${body.subscription_url}${suffix}`, { headers });
  return { ...panel, link: body.subscription_url, get };
}

test("a link carries name and second of issue, and ten characters that prove it", async () => {
  const { link, raw } = await withLink();
  const token = link.replace("/sub/", "");
  const claims = Buffer.from(token.slice(0, -10), "base64url").toString();
  expect(claims).toBe(`tg_alice,${startS + 1}`);
  const forged = `${Buffer.from("tg_alicf,1").toString("base64url")}${token.slice(-10)}`;
  for (const wrong of [forged, "short", `${token}x`]) {
    const { status, body } = await raw("GET", `/sub/${wrong}`);
    expect([status, body]).toEqual([404, { detail: "Not Found" }]);
  }
});

test("each answer has a new link, and all of them stay good until a revoke", async () => {
  const { link, show, act, pass, raw } = await withLink();
  await pass(5);
  const later = (await show("tg_alice")).subscription_url;
  expect(later).not.toBe(link);
  await pass(5);
  const revoked = await act("tg_alice", "revoke_sub");
  expect(revoked.body.proxies["vless"]?.["id"]).not.toBe(credentials.vless.id);
  for (const old of [link, later]) expect((await raw("GET", old)).status).toBe(404);
  expect((await raw("GET", revoked.body.subscription_url)).status).toBe(200);
});

test("a user made anew has another link than before", async () => {
  const { link, remove, add, pass, raw } = await withLink();
  await remove("tg_alice");
  expect((await raw("GET", link)).status).toBe(404);
  await pass(5);
  await add("tg_alice");
  expect((await raw("GET", link)).status).toBe(404);
});

test("unknown apps get links in base64, with what is left in the headers", async () => {
  const { get, show, traffic } = await withLink();
  await traffic("tg_alice", 300, true);
  const { status, text, headers } = await get("", { "user-agent": "Happ/3.0" });
  expect(status).toBe(200);
  const links = Buffer.from(text, "base64").toString().split("\n");
  expect(links.map((link) => link.split(":")[0])).toEqual(["vless", "vless", "trojan", "ss"]);
  expect(links).toEqual((await show("tg_alice")).links);
  expect(headers.get("content-disposition")).toBe('attachment; filename="tg_alice"');
  expect(headers.get("profile-title")).toBe("base64:U3Vic2NyaXB0aW9u");
  expect(headers.get("subscription-userinfo")).toBe(
    `upload=0; download=300; total=1000; expire=${future}`,
  );
});

test.each([
  ["clash-verge/v1.0", /^text\/yaml/u, "vless"],
  ["ClashMeta", /^text\/yaml/u, "vless"],
  ["mihomo/1", /^text\/yaml/u, "vless"],
  ["Clash/1", /^text\/yaml/u, "trojan"],
  ["Stash/2", /^text\/yaml/u, "trojan"],
  ["SFA/1", /^application\/json/u, '"type":"vless"'],
  ["HiddifyNext/1", /^application\/json/u, '"outbounds"'],
  ["Outline/1", /^application\/json/u, '"method":"chacha20-ietf-poly1305"'],
  ["v2rayNG/1.8.29", /^text\/plain/u, ""],
])("%s gets %s", async (agent, type, part) => {
  const { get } = await withLink();
  const { text, headers } = await get("", { "user-agent": agent });
  expect(headers.get("content-type")).toMatch(type);
  expect(text).toContain(part);
});

test("where JSON is set up, apps that take it get it from their version on", async () => {
  const { add, raw } = await startMarzban({ customJson: true });
  const { body } = await add("tg_alice");
  const typeFor = async (agent: string) => {
    const headers = { "user-agent": agent };
    const answer = await raw("GET", body.subscription_url, { headers });
    return answer.headers.get("content-type");
  };
  for (const agent of ["v2rayN/6.40", "v2rayNG/1.8.18", "Streisand", "Happ/1.63.1"]) {
    expect(await typeFor(agent)).toBe("application/json");
  }
  for (const agent of ["v2rayN/6.39", "v2rayNG/1.8.17", "Happ/1.62.9", "curl/8"]) {
    expect(await typeFor(agent)).toMatch(/^text\/plain/u);
  }
});

test("a format can be named; others are refused, and near misses break", async () => {
  const { get, raw, link } = await withLink();
  for (const type of ["sing-box", "clash-meta", "clash", "outline", "v2ray", "v2ray-json"]) {
    expect((await get(`/${type}`)).status).toBe(200);
  }
  expect((await get("/nope")).status).toBe(422);
  expect((await get("/v2ray-jsonx")).status).toBe(500);
  expect((await raw("HEAD", link)).status).toBe(405);
  const page = await get("", { accept: "text/html" });
  expect(page.headers.get("content-type")).toMatch(/^text\/html/u);
});

test("a user's own link tells them about themselves, and nothing of the shop", async () => {
  const { get } = await withLink({ note: "tollgate:shop:1" });
  const { body } = await get("/info");
  expect(body).toMatchObject({ username: "tg_alice", status: "active", data_limit: 1_000 });
  for (const hidden of ["note", "admin", "inbounds", "excluded_inbounds", "auto_delete_in_days"]) {
    expect(body).not.toHaveProperty(hidden);
  }
  expect((await get("/usage")).body).toMatchObject({ username: "tg_alice" });
});

test.each([
  ["disabled", { status: "disabled" }],
  ["expired", { expire: startS - 60 }],
  ["on_hold", { status: "on_hold", on_hold_expire_duration: 60 }],
])("a user who is %s still gets their links", async (status, change) => {
  const panel = await withLink();
  expect((await panel.change("tg_alice", change)).body.status).toBe(status);
  const { status: code, text } = await panel.get();
  expect([code, Buffer.from(text, "base64").toString()]).toEqual([
    200,
    expect.stringContaining("vless://"),
  ]);
});

test("a fetch is noted with the app's name", async () => {
  const { get, show } = await withLink();
  await get("", { "user-agent": "v2rayNG/1.8.29" });
  expect(await show("tg_alice")).toMatchObject({
    sub_last_user_agent: "v2rayNG/1.8.29",
    sub_updated_at: "2026-11-21T09:00:00.500000",
  });
});
