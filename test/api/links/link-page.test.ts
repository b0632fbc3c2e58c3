import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkApps, linkPlatforms } from "../../../domain/access/link-apps.ts";
import { languages } from "../../../domain/people/customer.ts";
import { hostSettings } from "../../../gateways/hosts/registry.ts";
import { textsIn } from "../../../texts/index.ts";
import { ApiProcess } from "../../drivers/api-process.ts";
import { noBrowser } from "../../drivers/demo-fixture.ts";
import { customerWithLink, newestLink } from "../../drivers/links.ts";
import { MemoryPanel } from "../../drivers/memory-panel.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { openBrowser } from "../../../tools/servers/chromium.ts";

const settings = hostSettings.parse({
  kind: "marzban",
  url: "https://panel.example",
  username: "shop",
  password: "secret",
});
const api = await ApiProcess.open();
const secondHost = { settings, host: new MemoryPanel() };
const app = useTestApp({ secondHost, publicUrl: api.url });
api.useWith(app);

const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15";
const open = (link: string, language: string, userAgent = iphone) =>
  fetch(link, {
    headers: {
      accept: "text/html,application/xhtml+xml",
      "accept-language": language,
      "user-agent": userAgent,
    },
  });

test.each(languages)("a browser reads a page in its own language (%s)", async (language) => {
  const { link } = await customerWithLink(app);
  const response = await open(link, language);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/html/u);
  const html = await response.text();
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(textsIn(language).access.link.intro);
  expect(html).toContain(link);
});

test("each platform's apps are offered with the link in them, this one's first", async () => {
  const { link } = await customerWithLink(app);
  const html = await (await open(link, "en")).text();
  const opened = /<details open><summary>([^<]*)/u.exec(html)?.[1];
  expect(opened).toBe(textsIn("en").access.connect.platforms.iphone);
  const links = Array.from(html.matchAll(/href="([^"]+)"/gu), ([, href = ""]) =>
    href.replaceAll("&amp;", "&"),
  );
  for (const one of linkPlatforms.flatMap((platform) => linkApps[platform])) {
    expect(links).toContain(one.url);
    expect(links).toContain(one.importLink(link, "Tollgate"));
  }
  expect(links).toContain(`happ://add/${link}`);
  expect(links).toContain(`v2rayng://install-config?url=${encodeURIComponent(link)}#Tollgate`);
  expect(links).toContain(`clash://install-config?url=${encodeURIComponent(link)}`);
});

test("the page loads nothing from anywhere, and what a device is called cannot change it", async () => {
  const { person, link } = await customerWithLink(app);
  await app.rows(
    `update devices set name = '<img src=x onerror=alert(1)>' where subscription_id in
       (select s.id from subscriptions s join customers c on c.id = s.customer_id
         where c.telegram_id = ${person.id})`,
  );
  const response = await open(link, "en");
  const policy = response.headers.get("content-security-policy");
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/u);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  const html = await response.text();
  expect(html).not.toMatch(/<(?:script|img|link|iframe)\b/u);
  expect(html).toContain("&lt;img");
});

test("the bot's connect page sends the link to whoever has it, and the picture of it", async () => {
  const { person, link } = await customerWithLink(app);
  await person.send("/connect");
  await person.waitForMessage(/Your VPN comes by a link/u);
  await person.pressButton(/^device-show:/u);
  const sent = await person.waitForMessage(/Your key for/u);
  expect(await newestLink(person)).toBe(link);
  const buttons = sent.reply_markup?.inline_keyboard?.flat() ?? [];
  expect(buttons.map(({ url }) => url)).toContain(link);
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  const page = await person.waitForMessage(/Server: .two/u);
  expect(page.text).not.toMatch(/Address/u);
  const words = page.reply_markup?.inline_keyboard?.flat().map(({ text }) => text) ?? [];
  expect(words).toContain(textsIn("en").access.link.renew);
  expect(words).not.toContain(textsIn("en").access.link.once);
});

describe.skipIf(noBrowser !== undefined)(`in a browser${noBrowser ?? ""}`, () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test("the page fits a phone, and its style is let in", async () => {
    const { link } = await customerWithLink(app);
    const page = await browser!.newPage({ viewport: { width: 320, height: 640 } });
    const problems: string[] = [];
    page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
    await page.goto(link);
    const { width, radius } = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      radius: getComputedStyle(document.querySelector("details")!).borderRadius,
    }));
    expect(width).toBe(320);
    expect(radius).toBe("12px");
    expect(problems.filter((text) => !text.includes("favicon"))).toEqual([]);
    await page.close();
  });
});
