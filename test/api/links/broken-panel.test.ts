import { afterAll, beforeEach, expect, test } from "vitest";
import { startMarzbanEmulator } from "../../../emulators/marzban/emulator.ts";
import { connectHost, hostSettings } from "../../../gateways/hosts/registry.ts";
import { ApiProcess } from "../../drivers/api-process.ts";
import { eventually } from "../../drivers/eventually.ts";
import { customerWithLink, fetchWhenReady, newestLink } from "../../drivers/links.ts";
import { PanelProxy, type ProxyMode } from "../../drivers/panel-proxy.ts";
import { useTestApp } from "../../drivers/test-app.ts";

const account = { username: "shop", password: "secret" };
const panel = await startMarzbanEmulator({ port: 0, ...account });
const proxy = new PanelProxy();
const subscriptionUrl = await proxy.open(panel.url);
afterAll(async () => {
  proxy.close();
  await panel.close();
});
const settings = hostSettings.parse({
  kind: "marzban",
  url: panel.url,
  subscriptionUrl,
  ...account,
});
const api = await ApiProcess.open();
const secondHost = { settings, host: connectHost(settings) };
const app = useTestApp({ secondHost, publicUrl: api.url });
api.useWith(app);
beforeEach(() => {
  proxy.mode = "as it is";
});

const guess = (address: string, token: string) =>
  fetch(`${api.url}/s/${token}`, { headers: { "x-forwarded-for": address } });

const asApp = (name: string, more = {}) => ({ accept: "*/*", "user-agent": name, ...more });

const broken: readonly ProxyMode[] = [
  "silent",
  "500",
  "html",
  "too big",
  "packed bomb",
  "without end",
  "redirect",
];

test.each(broken)("a panel that is %s is 503 for who never got an answer", async (mode) => {
  const { link } = await customerWithLink(app);
  await fetchWhenReady(link);
  proxy.mode = mode;
  const response = await fetch(link, { headers: asApp(`Happ/${mode}`) });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toMatch(/^\d+$/u);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({ error: "Try again later" });
  expect(JSON.stringify([...response.headers])).not.toContain(new URL(subscriptionUrl).host);
});

test("an answer is given again for seconds without asking, and the last good one while the panel is down", async () => {
  const { link } = await customerWithLink(app);
  const first = await (await fetchWhenReady(link, asApp("Happ/1"))).text();
  const { asked } = proxy;
  expect(await (await fetch(link, { headers: asApp("Happ/1") })).text()).toBe(first);
  expect(proxy.asked).toBe(asked);
  proxy.mode = "500";
  // The answer is not fresh any more once the panel is asked again.
  await eventually(async () => {
    const response = await fetch(link, { headers: asApp("Happ/1") });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(first);
    expect(proxy.asked).toBeGreaterThan(asked);
  }, 60_000);
});

test("the app's own headers reach the panel, and no others", async () => {
  const { link } = await customerWithLink(app);
  await fetchWhenReady(link);
  const own = { "x-hwid": "0123456789abcdef", "x-device-os": "iOS", "x-ver-os": "19.1" };
  await fetchWhenReady(link, asApp("Happ/2", { ...own, cookie: "a=b", authorization: "Bearer x" }));
  expect(proxy.headers).toMatchObject({ ...own, "user-agent": "Happ/2" });
  expect(proxy.headers).not.toHaveProperty("cookie");
  expect(proxy.headers).not.toHaveProperty("authorization");
});

test("of a panel's headers those that apps read are passed on, and no others", async () => {
  const { link } = await customerWithLink(app);
  await fetchWhenReady(link);
  proxy.mode = "hostile headers";
  const { headers } = await fetchWhenReady(link, asApp("Happ/3"));
  expect(headers.get("routing")).toBe("happ://routing/add/eyJ9");
  expect(headers.get("support-url")).toBe("https://t.me/panel");
  for (const name of ["set-cookie", "location", "server", "access-control-allow-origin"]) {
    expect(headers.get(name)).toBeNull();
  }
  expect(headers.get("content-security-policy")).toMatch(/default-src 'self'/u);
});

test("a new link works, and the old one is as wrong as any", async () => {
  const { person, link } = await customerWithLink(app);
  await fetchWhenReady(link);
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.pressButton(/^device-sure-reissue:/u);
  await person.waitForMessage(/Make a new link for/u);
  await person.pressButton(/^device-reissue:/u);
  const next = await newestLink(person, link);
  await eventually(async () => expect((await fetch(link)).status).toBe(404));
  await fetchWhenReady(next);
  const wrong = [link, `${api.url}/s/${"x".repeat(32)}`, `${api.url}/s/x`];
  for (const accept of ["*/*", "text/html"]) {
    const answers = await Promise.all(
      wrong.map(async (url) => {
        const response = await fetch(url, { headers: { accept } });
        const headers = [...response.headers].filter(([name]) => name !== "date");
        return JSON.stringify([response.status, headers, await response.text()]);
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^\[404/u);
  }
});

test("the link of a device that is removed leads nowhere, at once", async () => {
  const { person, link } = await customerWithLink(app);
  await fetchWhenReady(link, asApp("Happ/4"));
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.pressButton(/^device-sure-revoke:/u);
  await person.pressButton(/^device-revoke:/u);
  await person.waitForMessage(/is removed/u);
  expect((await fetch(link, { headers: asApp("Happ/4") })).status).toBe(404);
});

test("who has no access now reads so in their app, and keeps the link", async () => {
  const { person, link } = await customerWithLink(app);
  await fetchWhenReady(link);
  await app.rows(`update customers set status = 'blocked' where telegram_id = ${person.id}`);
  const { headers } = await fetchWhenReady(link, asApp("Happ/5"));
  const announce = headers.get("announce")!.slice("base64:".length);
  expect(Buffer.from(announce, "base64").toString()).toMatch(/Your access is off now/u);
  expect(headers.get("subscription-userinfo")).toMatch(/expire=\d{10}/u);
});

test("one phone uses a link, others are told so, also after a restart, until its owner resets it", async () => {
  const { person, link } = await customerWithLink(app);
  await fetchWhenReady(link);
  const phone = (hwid: string, model: string) =>
    fetch(link, { headers: asApp("Happ/6", { "x-hwid": hwid, "x-device-model": model }) });
  expect((await phone("phone-0001", "iPhone 17")).status).toBe(200);
  const other = await phone("phone-0002", "Pixel 11");
  expect(other.status).toBe(403);
  expect(other.headers.get("x-hwid-max-devices-reached")).toBe("true");
  await api.restart(app);
  expect((await phone("phone-0002", "Pixel 11")).status).toBe(403);
  expect((await phone("phone-0001", "iPhone 17")).status).toBe(200);
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.waitForMessage(/Used on: .*iPhone 17/u);
  await person.pressButton(/^device-forget:/u);
  await person.waitForMessage(/The next phone or computer/u);
  expect((await phone("phone-0002", "Pixel 11")).status).toBe(200);
  expect((await phone("phone-0001", "iPhone 17")).status).toBe(403);
});

test("two phones that come at one moment are one phone", async () => {
  const { link } = await customerWithLink(app);
  await fetchWhenReady(link);
  const answers = await Promise.all(
    ["phone-1", "phone-2", "phone-3", "phone-4"].map(
      async (hwid) => (await fetch(link, { headers: asApp("Happ/7", { "x-hwid": hwid }) })).status,
    ),
  );
  expect(answers.map(String).toSorted()).toEqual(["200", "403", "403", "403"]);
});

test("who asks too often for one link waits, and other links do not", async () => {
  const { link } = await customerWithLink(app);
  const { link: other } = await customerWithLink(app);
  await fetchWhenReady(link);
  await fetchWhenReady(other);
  const limited = await eventually(async () => {
    const response = await fetch(link, { headers: asApp("Happ/8") });
    expect(response.status).toBe(429);
    return response;
  });
  expect(limited.headers.get("retry-after")).toMatch(/^[1-9]\d*$/u);
  expect((await fetch(other, { headers: asApp("Happ/8") })).status).toBe(200);
});

test("who guesses tokens waits, each address for itself", async () => {
  await eventually(async () => {
    expect((await guess("203.0.113.5", "y".repeat(32))).status).toBe(429);
  });
  expect((await guess("203.0.113.6", "y".repeat(32))).status).toBe(404);
  // What a client claims stands before what the proxy saw.
  expect((await guess("203.0.113.7, 203.0.113.5", "y".repeat(32))).status).toBe(429);
});
