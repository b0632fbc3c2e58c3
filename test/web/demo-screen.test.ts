import { describe, expect, test } from "vitest";
import { DemoApp } from "../drivers/demo-app.ts";
import { demoInfo, noBrowser } from "../drivers/demo-fixture.ts";

describe.skipIf(noBrowser !== undefined)(`the demo page as a screen${noBrowser ?? ""}`, () => {
  const demo = new DemoApp();

  test("without a VPN endpoint no key can be tried, and the page says so", async () => {
    await demo.page.route("**/demo/info", (route) =>
      route.fulfill({ json: { ...demoInfo, tryKey: false } }),
    );
    await demo.page.reload();
    await demo.begin();
    await demo.write("/key");
    await demo.page.getByRole("link", { name: "Download" }).waitFor();
    expect(await demo.button("Try this key").count()).toBe(0);
    await demo.page.getByText("keys can be read but not tried").waitFor();
  });

  test("the newest message stays in view until the reader scrolls up", async () => {
    await demo.begin();
    const newest = (n: number) => demo.said(new RegExp(`^news ${n}$`, "u"));
    const send = async (from: number, to: number) => {
      for (let n = from; n <= to; n += 1) await demo.fixture.bot.sendMessage(5001, `news ${n}`);
      await newest(to).waitFor();
    };
    const inView = (n: number) =>
      newest(n).evaluate((it) => it.getBoundingClientRect().bottom <= window.innerHeight);
    await send(1, 20);
    await expect.poll(() => inView(20)).toBe(true);
    await demo.page.setViewportSize({ width: 400, height: 500 });
    await expect.poll(() => inView(20)).toBe(true);
    await newest(1).scrollIntoViewIfNeeded();
    await demo.button("Go to the newest message").waitFor();
    await send(21, 22);
    expect(await inView(22)).toBe(false);
    await demo.write("I am back");
    await demo.said('"I am back" answers "nothing"').waitFor();
    await expect.poll(() => inView(22)).toBe(true);
  });

  test("while the bot types, the head of the chat says so", async () => {
    await demo.begin();
    await demo.fixture.bot.sendChatAction(5001, "typing");
    await demo.page.getByText("typing…").waitFor();
    await demo.fixture.bot.sendMessage(5001, "typed");
    await demo.said("typed").waitFor();
    await demo.page.getByText("typing…").waitFor({ state: "detached" });
  });

  test("after Telegram was away the chat goes on by itself and misses nothing", async () => {
    await demo.begin();
    await demo.page.getByText("bot", { exact: true }).waitFor();
    await demo.fixture.stopTelegram();
    await demo.page.getByText("reconnecting…").waitFor();
    await demo.write("are you there?");
    await demo.page.getByText("This part of the demo does not answer").first().waitFor();
    await expect.poll(() => demo.input().inputValue()).toBe("are you there?");
    await demo.fixture.startTelegram();
    await demo.fixture.bot.sendMessage(5001, "back again");
    await demo.said("back again").waitFor();
    await demo.page.getByText("bot", { exact: true }).waitFor();
    await demo.input().press("Enter");
    await demo.said("are you there?").waitFor();
  });

  test("on a phone of 360 px nothing scrolls sideways and all people are at hand", async () => {
    await demo.page.setViewportSize({ width: 360, height: 640 });
    await demo.begin();
    await demo.write("/markup");
    await demo.write("/key");
    await demo.page.getByRole("link", { name: "Download" }).waitFor();
    const long = `<code>vpn://${"word".repeat(200)}</code> <pre>${"line".repeat(99)}</pre>`;
    await demo.fixture.bot.sendMessage(5001, long, { parse_mode: "HTML" });
    await demo.said(/(line){99}/).waitFor();
    const width = () => demo.page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBeLessThanOrEqual(360);
    await demo.be(/Мария/);
    await demo.button("Start").waitFor();
    expect(await width()).toBeLessThanOrEqual(360);
    await demo.press("Add a customer");
    await demo.page.getByRole("dialog").waitFor();
    expect(await width()).toBeLessThanOrEqual(360);
  });

  test("the whole way works by keyboard alone", async () => {
    const focused = () => demo.page.evaluate(() => document.activeElement?.textContent ?? "");
    const tabTo = async (text: string, key = "Tab") => {
      for (let step = 0; step < 40 && (await focused()) !== text; step += 1) {
        await demo.page.keyboard.press(key);
      }
      expect(await focused()).toBe(text);
    };
    await demo.button("Start").waitFor();
    await tabTo("Start");
    await demo.page.keyboard.press("Enter");
    await demo.said("Which one is the lemon?").waitFor();
    await expect
      .poll(() => demo.input().evaluate((it) => it === document.activeElement))
      .toBe(true);
    await tabTo("Apple", "Shift+Tab");
    await demo.page.keyboard.press("Enter");
    await demo.page.getByRole("alertdialog").waitFor();
    await demo.page.keyboard.press("Enter");
    await demo.page.getByRole("alertdialog").waitFor({ state: "detached" });
    await expect.poll(focused).toBe("Apple");
    await demo.page.keyboard.press("Tab");
    await demo.page.keyboard.press("Space");
    await demo.said("Thank you, an admin looks at it.").waitFor();
    const inLog = () => demo.page.evaluate(() => document.activeElement?.getAttribute("role"));
    await expect.poll(inLog).toBe("log");
  });

  test("with a real bot connected the page says that the demo is off", async () => {
    await demo.page.route("**/demo/info", (route) =>
      route.fulfill({ status: 404, json: { temporalUi: "http://127.0.0.1:8233" } }),
    );
    await demo.page.reload();
    await demo.page.getByRole("heading", { name: "The demo is off" }).waitFor();
    await demo.page.getByRole("link", { name: "Open Telegram" }).waitFor();
    const workflows = demo.page.getByRole("link", { name: "Workflows in Temporal" });
    const url = new URL((await workflows.getAttribute("href")) ?? "");
    expect(url.origin).toBe("http://127.0.0.1:8233");
    expect(url.searchParams.get("query")).toContain('"signup"');
  });

  test("an api that does not answer is reported, and asked again on request", async () => {
    await demo.page.route("**/demo/info", (route) => route.abort());
    await demo.page.reload();
    await demo.page.getByRole("alert").getByText("Tollgate does not answer.").waitFor();
    await demo.page.unroute("**/demo/info");
    await demo.press("Try again");
    await demo.button("Start").waitFor();
  });
});
