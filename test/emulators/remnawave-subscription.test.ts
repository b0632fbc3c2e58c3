import { expect, test } from "vitest";
import { inDays, proxyHeaders, remarksOf, startMs, startRemnawave } from "./remnawave-client.ts";

const phone = { "x-hwid": "phone-0000-0001", "x-device-os": "iOS", "x-device-model": "iPhone" };
const tablet = { "x-hwid": "tablet-0000-0001" };
const flags = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith("x-hwid"));

test("an app gets base64 links, and the headers of its profile", async () => {
  const { create, subscription, traffic, advance } = await startRemnawave();
  const user = await create("ann", { trafficLimitBytes: 5_000, trafficLimitStrategy: "DAY" });
  await traffic("ann", 42);
  await advance(15);
  const answer = await subscription(user.shortUuid);
  expect(answer.status).toBe(200);
  const expire = (startMs + 30 * 86_400_000) / 1_000;
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": "attachment; filename=ann",
    "subscription-userinfo": `upload=0; download=42; total=5000; expire=${expire}`,
    "subscription-refill-date": String(Date.parse("2026-11-21T00:00:00Z") / 1_000),
    "profile-update-interval": "12",
    "profile-web-page-url": `https://sub.example.test/${user.shortUuid}`,
  });
  const links = Buffer.from(await answer.text(), "base64").toString();
  expect(links).toMatch(new RegExp(`^vless://${user.vlessUuid}@`, "u"));
});

test("an expiry in the year 2099 is shown as none", async () => {
  const { create, subscription } = await startRemnawave();
  const { shortUuid } = await create("ann", { expireAt: "2099-06-01T00:00:00Z" });
  const { headers } = await subscription(shortUuid);
  expect(headers.get("subscription-userinfo")).toBe("upload=0; download=0; total=0; expire=0");
  expect(headers.has("subscription-refill-date")).toBe(false);
});

test.each([
  ["Happ/3.1", "text/plain"],
  ["curl/8", "text/plain"],
  ["clash-verge/2", "text/yaml"],
  ["Stash/3", "text/yaml"],
  ["SFI/1.11", "application/json"],
])("the form follows the app: %s", async (agent, type) => {
  const { create, subscription } = await startRemnawave();
  const { shortUuid } = await create("ann");
  const { headers } = await subscription(shortUuid, { "user-agent": agent });
  expect(headers.get("content-type")).toBe(`${type}; charset=utf-8`);
});

test("a path may name the form; one that there is not is refused", async () => {
  const { create, subscription } = await startRemnawave();
  const { shortUuid } = await create("ann");
  for (const form of ["stash", "singbox", "mihomo", "json", "v2ray-json", "clash"]) {
    expect((await subscription(`${shortUuid}/${form}`)).status).toBe(200);
  }
  const refused = await subscription(`${shortUuid}/wings`);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ statusCode: 403, message: "Forbidden" });
});

test("a browser and /info are told about the subscription", async () => {
  const { create, subscription, api, traffic, advance } = await startRemnawave();
  const { shortUuid } = await create("ann", { trafficLimitBytes: 2_048 });
  await traffic("ann", 1_024);
  await advance(15);
  const page = await subscription(shortUuid, { accept: "text/html,*/*" });
  const shown: unknown = await page.json();
  expect(shown).toMatchObject({
    isFound: true,
    user: {
      username: "ann",
      daysLeft: 29,
      trafficUsedBytes: "1024",
      trafficLimitBytes: "2048",
      userStatus: "ACTIVE",
      isActive: true,
    },
    links: [expect.stringContaining("vless://")],
    subscriptionUrl: `https://sub.example.test/${shortUuid}`,
  });
  expect((await api("GET", `/sub/${shortUuid}/info`)).result).toEqual(shown);
});

test("an unknown subscription is a 404, in the words of each route", async () => {
  const { subscription, api } = await startRemnawave();
  const answer = await subscription("nothing-of-that-name");
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    isFound: false,
    statusCode: 404,
    message: "Resource not found",
  });
  expect(await api("GET", "/sub/nothing/info")).toMatchObject({
    status: 404,
    body: { errorCode: "A025" },
  });
});

test("who may not connect gets remarks in place of links", async () => {
  const { create, act, subscription, traffic, advance, patch } = await startRemnawave();
  const remarks = async (shortUuid: string) => remarksOf(await subscription(shortUuid));
  const { id, shortUuid } = await create("ann", { trafficLimitBytes: 10, expireAt: inDays(1) });
  await traffic("ann", 10);
  await advance(60);
  expect(await remarks(shortUuid)).toEqual(["🚧 Subscription limited", "Contact support"]);
  await advance(86_400);
  expect(await remarks(shortUuid)).toEqual(["⌛ Subscription expired", "Contact support"]);
  await act(id, "disable");
  expect(await remarks(shortUuid)).toEqual(["🚫 Subscription disabled", "Contact support"]);
  await act(id, "enable");
  await patch({ id, activeInternalSquads: [] });
  expect((await remarks(shortUuid))[0]).toBe("→ Remnawave");
});

test("the raw links of a user are asked for with a token", async () => {
  const { create, api, url } = await startRemnawave();
  const { id, shortUuid } = await create("ann");
  const keys = await api<{ enabledKeys: string[] }>("GET", `/subscriptions/connection-keys/${id}`);
  expect(keys.result.enabledKeys).toEqual([expect.stringContaining("vless://")]);
  const bare = await fetch(`${url}/api/subscriptions/connection-keys/${id}`, {
    headers: proxyHeaders,
  });
  expect(bare.status).toBe(401);
  const { result } = await api("GET", "/subscriptions/by-username/ann");
  expect(result).toMatchObject({ user: { shortUuid } });
});

test("devices are not counted unless the panel is set to", async () => {
  const { create, subscription, api } = await startRemnawave();
  const { id, shortUuid } = await create("ann", { hwidDeviceLimit: 1 });
  for (const device of [phone, tablet]) {
    const answer = await subscription(shortUuid, device);
    expect([answer.status, flags(answer)]).toEqual([200, []]);
  }
  expect((await api("GET", `/hwid/devices/${id}`)).result).toMatchObject({ total: 2 });
});

test("a device above the limit gets a 200, a remark and a header", async () => {
  const { create, subscription, api } = await startRemnawave({ hwidEnabled: true });
  const { id, shortUuid } = await create("ann", { hwidDeviceLimit: 1 });
  const first = await subscription(shortUuid, phone);
  expect([first.status, flags(first)]).toEqual([200, ["x-hwid-active"]]);
  const second = await subscription(shortUuid, tablet);
  expect(second.status).toBe(200);
  expect(flags(second)).toEqual(["x-hwid-active", "x-hwid-limit", "x-hwid-max-devices-reached"]);
  expect(await remarksOf(second)).toEqual(["Limit of devices reached"]);
  expect(flags(await subscription(shortUuid, phone))).toEqual(["x-hwid-active"]);
  expect((await api("GET", `/hwid/devices/${id}`)).result).toMatchObject({
    total: 1,
    devices: [{ hwid: phone["x-hwid"], userId: id, platform: "iOS", deviceModel: "iPhone" }],
  });
});

test.each([{}, { "x-hwid": "short" }, { "x-hwid": "with spaces in it" }])(
  "an app that names no device is told that it is not supported: %j",
  async (headers) => {
    const { create, subscription } = await startRemnawave({ hwidEnabled: true });
    const { shortUuid } = await create("ann");
    const answer = await subscription(shortUuid, headers);
    expect(answer.status).toBe(200);
    expect(flags(answer)).toEqual(["x-hwid-active", "x-hwid-limit", "x-hwid-not-supported"]);
    expect(await remarksOf(answer)).toEqual(["App not supported"]);
  },
);

test("a limit of 0 lets in any number and asks for no device; null is the panel's own limit", async () => {
  const { create, subscription, control } = await startRemnawave();
  await control("hwid", { enabled: true, fallback_limit: 1 }, "PUT");
  const free = await create("free", { hwidDeviceLimit: 0 });
  for (const headers of [{}, phone, tablet]) {
    expect(flags(await subscription(free.shortUuid, headers))).toEqual([]);
  }
  const usual = await create("usual");
  expect(flags(await subscription(usual.shortUuid, phone))).toEqual(["x-hwid-active"]);
  expect(flags(await subscription(usual.shortUuid, tablet))).toContain(
    "x-hwid-max-devices-reached",
  );
});

test("a lower limit keeps the devices that there are, until they are deleted", async () => {
  const { create, subscription, patch, api } = await startRemnawave({ hwidEnabled: true });
  const { id, shortUuid } = await create("ann", { hwidDeviceLimit: 2 });
  for (const device of [phone, tablet]) await subscription(shortUuid, device);
  expect((await patch({ id, hwidDeviceLimit: 1 })).status).toBe(200);
  expect(flags(await subscription(shortUuid, tablet))).toEqual(["x-hwid-active"]);
  const hwid = tablet["x-hwid"];
  const deleted = await api("POST", "/hwid/devices/delete", { userId: id, hwid });
  expect(deleted).toMatchObject({ status: 200, result: { total: 1 } });
  expect(await api("POST", "/hwid/devices/delete", { userId: id, hwid })).toMatchObject({
    status: 404,
    body: { errorCode: "A204" },
  });
  expect(flags(await subscription(shortUuid, tablet))).toContain("x-hwid-max-devices-reached");
  const cleared = await api("POST", "/hwid/devices/delete-all", { userId: id });
  expect(cleared.result).toEqual({ total: 0, devices: [] });
  const added = await api("POST", "/hwid/devices", { userId: id, hwid });
  expect(added.result).toMatchObject({ total: 1 });
  expect(await api("POST", "/hwid/devices", { userId: id, hwid })).toMatchObject({
    body: { errorCode: "A098" },
  });
});
