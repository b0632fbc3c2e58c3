import { expect, test } from "vitest";
import { startS } from "./panel-client.ts";
import { startPasarGuard } from "./pasarguard-client.ts";

const future = startS + 86_400;
const credentials = {
  vless: { id: "33333333-3333-4333-8333-333333333333" },
  trojan: { password: "tp" },
  shadowsocks: { password: "p".repeat(22) },
};

async function withLink(more: object = {}) {
  const panel = await startPasarGuard();
  const user = { proxy_settings: credentials, expire: future, data_limit: 1_000, ...more };
  const { id, subscription_url: link } = (await panel.add("tg_alice", user)).body;
  const get = (suffix = "", headers: Record<string, string> = {}) =>
    panel.raw("GET", `${link}${suffix}`, { headers });
  return { ...panel, id, link, get };
}

test("a link carries number and second of issue with a signature, and stays good until a revoke", async () => {
  const { link, id, show, act, pass, raw } = await withLink();
  const [claims = ""] = link.replace("/sub/", "").split(".");
  expect(Buffer.from(claims, "base64url").toString()).toBe(`v3,${id},${startS + 1}`);
  for (const wrong of ["/sub/short", `${link}x`, `/sub/${claims}.AAAA`]) {
    expect(await raw("GET", wrong)).toMatchObject({ status: 404, body: { detail: "Not Found" } });
  }
  await pass(5);
  const later = (await show(id)).subscription_url;
  expect(later).not.toBe(link);
  await pass(5);
  const revoked = await act(id, "revoke_sub");
  expect(revoked.body.proxy_settings["vless"]).not.toEqual(credentials.vless);
  for (const old of [link, later]) expect((await raw("GET", old)).status).toBe(404);
  expect((await raw("GET", revoked.body.subscription_url)).status).toBe(200);
});

test("a user made anew under the same number has another link than before", async () => {
  const { link, id, remove, add, pass, raw } = await withLink();
  await remove(id);
  await pass(5);
  expect((await add("tg_bob")).body.id).toBe(id);
  expect((await raw("GET", link)).status).toBe(404);
});

test("unknown apps and browsers get links in base64, with what is left in the headers", async () => {
  const { get, traffic } = await withLink();
  await traffic("tg_alice", 300, true);
  for (const agent of ["Happ/3.0", "curl/8", "Mozilla/5.0"]) {
    const { text, headers } = await get("", { "user-agent": agent });
    const links = Buffer.from(text, "base64").toString().split("\n");
    expect(links.map((one) => one.split(":")[0])).toEqual(["vless", "vless", "trojan", "ss"]);
    expect(links[0]).toContain("encryption=none&security=reality&type=tcp&headerType=none");
    expect(headers.get("subscription-userinfo")).toBe(
      `upload=0; download=300; total=1000; expire=${future}`,
    );
  }
});

test.each([
  ["clash-verge/v1.0", /^text\/yaml/u],
  ["FlClash/1", /^text\/yaml/u],
  ["Stash/2", /^text\/yaml/u],
  ["SFA/1", /^application\/json/u],
  ["singbox/1", /^application\/json/u],
  // The panel's own rule misses the app's name.
  ["sing-box 1.0", /^text\/plain/u],
  ["Outline/1", /^application\/json/u],
  ["inhive/1", /^application\/json/u],
  ["v2rayNG/1.8.29", /^text\/plain/u],
])("%s gets %s", async (agent, type) => {
  const { get } = await withLink();
  const { headers } = await get("", { "user-agent": agent });
  expect(headers.get("content-type")).toMatch(type);
});

test("formats, own data and headers have paths of their own", async () => {
  const { get, raw, link } = await withLink({ note: "tollgate:shop:1" });
  const formats = ["links", "links_base64", "xray", "sing_box", "clash", "clash_meta", "outline"];
  for (const format of formats) expect((await get(`/${format}`)).status).toBe(200);
  expect((await get("/links")).text).toMatch(/^vless:\/\//u);
  expect(await get("/block")).toMatchObject({
    status: 406,
    body: { detail: "Client not supported" },
  });
  expect((await get("/v2ray")).status).toBe(422);
  const info = await get("/info");
  expect(info.body).toMatchObject({ username: "tg_alice", status: "active" });
  for (const hidden of ["note", "admin", "subscription_url"]) {
    expect(info.body).not.toHaveProperty(hidden);
  }
  expect((await get("/raw")).body).toMatchObject({ body: { links: expect.any(Array) } });
  expect((await get("/apps")).body).toEqual([]);
  const head = await raw("HEAD", link);
  expect([head.status, head.headers.get("profile-update-interval")]).toEqual([200, "12"]);
});

test("without hosts, and with disabled groups, there are no links, and the node lets in all the same", async () => {
  const { get, control, asOwner, pass, letsIn } = await withLink();
  const { body: all } = await asOwner("GET", "/api/group/1");
  await control("PUT", "hosts", { configured: false });
  expect((await get()).text).toBe("");
  await pass(1);
  expect((await letsIn())["1"]).toHaveLength(4);
  await control("PUT", "hosts", { configured: true });
  await asOwner("PUT", "/api/group/1", { ...all, is_disabled: true });
  expect((await get()).text).toBe("");
  await pass(1);
  expect(await letsIn()).toEqual({});
});

test("a disabled user still gets their links", async () => {
  const { get, disable, id } = await withLink();
  await disable(id, true);
  const { status, text } = await get();
  expect([status, Buffer.from(text, "base64").toString()]).toEqual([
    200,
    expect.stringContaining("vless://"),
  ]);
});
