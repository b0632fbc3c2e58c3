import { describe, expect, test } from "vitest";
import { DemoApp } from "../drivers/demo-app.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";

const keyboard = {
  reply_markup: {
    inline_keyboard: [
      [
        { text: "One", callback_data: "apple" },
        { text: "Two", callback_data: "lemon" },
      ],
      [{ text: "Away", url: "https://example.org/" }],
    ],
  },
};

const phone = { width: 390, height: 844 };
const screens = { "a phone": phone, "a desktop": { width: 1280, height: 800 } };

describe.skipIf(noBrowser !== undefined)(`the page by hand and eye${noBrowser ?? ""}`, () => {
  const demo = new DemoApp({ withGateways: true });
  const width = () => demo.page.evaluate(() => document.documentElement.scrollWidth);
  const focused = () => demo.page.evaluate(() => document.activeElement?.textContent ?? "");

  test.for(Object.entries(screens))(
    "on %s a keyboard is as wide as its message, and that at least 60 % of the chat's column",
    async ([, size]) => {
      await demo.page.setViewportSize(size);
      await demo.begin();
      await demo.fixture.bot.sendMessage(5001, "Hi", keyboard);
      await demo.button("One").waitFor();
      const measured = await demo.page
        .getByRole("article")
        .last()
        .evaluate((article) => {
          const [bubble, keys] = Array.from(article.children, (it) => it.getBoundingClientRect());
          const column = article.parentElement;
          const { paddingLeft, paddingRight } = getComputedStyle(column ?? document.body);
          const padding = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
          const room = (column?.clientWidth ?? 0) - padding;
          return { bubble: bubble?.width, keys: keys?.width ?? 0, room };
        });
      expect(measured.keys).toBe(measured.bubble);
      expect(measured.keys / measured.room).toBeGreaterThanOrEqual(0.6);
      expect(await width()).toBe(size.width);
    },
  );

  test.for(Object.entries(screens))("on %s all controls are 40 px high", async ([, size]) => {
    await demo.page.setViewportSize(size);
    await demo.begin();
    await demo.write("/key");
    await demo.page.getByRole("link", { name: "Download" }).waitFor();
    await demo.fixture.bot.sendMessage(5001, "Hi", keyboard);
    await demo.button("One").waitFor();
    const low = await demo.page.evaluate(() =>
      Array.from(document.querySelectorAll("button, a, select, textarea"))
        .filter((it) => getComputedStyle(it).display !== "inline" && it.clientHeight > 1)
        .filter((it) => it.getBoundingClientRect().height < 40)
        .map((it) => `${it.getAttribute("aria-label") ?? ""} ${it.textContent}`)
        // A command in a line of text has the line's height; the link shows itself when it is reached.
        .filter((name) => !/^ \/\w+$| Skip to the chat$/u.test(name)),
    );
    expect(low).toEqual([]);
  });

  test("the first stop of Tab is a link that leads past everything to the chat", async () => {
    await demo.begin();
    await demo.page.reload();
    await demo.said("Which one is the lemon?").waitFor();
    await demo.page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the chat");
    await demo.page.getByRole("link", { name: "Skip to the chat" }).isVisible();
    const address = demo.page.url();
    await demo.page.keyboard.press("Enter");
    const inChat = () => demo.page.evaluate(() => document.activeElement?.tagName);
    expect(await inChat()).toBe("MAIN");
    expect(demo.page.url()).toBe(address);
  });

  test("what has the focus can be seen, in the chat and beside it", async () => {
    await demo.begin();
    await demo.page.keyboard.press("Tab");
    for (const name of ["Apple", "Menu: commands of the bot", "Send", "More in this chat"]) {
      await demo.button(name).focus();
      const outline = await demo.button(name).evaluate((it) => getComputedStyle(it).outlineStyle);
      expect([name, outline]).toEqual([name, "solid"]);
    }
  });

  test("on a phone the guide and the links behind the scenes are one press away", async () => {
    await demo.page.setViewportSize(phone);
    await demo.begin();
    expect(await demo.page.getByText("Behind the scenes").count()).toBe(0);
    await demo.press("What to try");
    const dialog = demo.page.getByRole("dialog", { name: "What to try" });
    await dialog.getByText("approve the request that arrives").waitFor();
    await dialog.getByRole("link", { name: "Workflows in Temporal" }).waitFor();
    expect(await width()).toBe(phone.width);
    await demo.press("Close");
    await dialog.waitFor({ state: "detached" });
  });

  test("the head of each chat says who talks there, in the person's own language", async () => {
    await demo.fixture.bot.setMyName("Тариф", "ru");
    await demo.fixture.bot.callApi("setMyDescription", { description: "VPN", language_code: "ru" });
    await demo.page.getByRole("heading", { name: "Tollgate", level: 2 }).waitFor();
    await fetch(`${demo.fixture.telegramUrl}/person/5002`, {
      method: "PUT",
      body: JSON.stringify({ language_code: "ru" }),
    });
    await demo.be(/Мария/);
    await demo.page.getByRole("heading", { name: "Тариф", level: 2 }).waitFor();
    await demo.page.getByText("VPN", { exact: true }).waitFor();
    await demo.page.getByText("You are a customer. Press Start.").waitFor();
  });

  test("a notice belongs to its chat: it does not follow into another one", async () => {
    await demo.begin();
    await demo.press("Lemon");
    const notice = demo.page.getByRole("main").getByText("Correct!").first();
    await notice.waitFor();
    await demo.be(/Мария/);
    await demo.button("Start").waitFor();
    expect(await demo.page.getByText("Correct!").count()).toBe(0);
  });
});
