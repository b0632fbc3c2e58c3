import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { DemoApp } from "../drivers/demo-app.ts";
import { adminId, keyFile, wrongAnswer } from "../drivers/demo-bot.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";

describe.skipIf(noBrowser !== undefined)(`talking to the bot${noBrowser ?? ""}`, () => {
  const demo = new DemoApp();

  test("Start opens the chat, a button is answered by an alert or an edit", async () => {
    await demo.page.getByText("You are a customer. Press Start.").waitFor();
    await demo.begin();
    expect(await demo.button("Start").count()).toBe(0);
    await demo.press("Apple");
    await demo.page.getByRole("alertdialog").getByText(wrongAnswer).waitFor();
    await demo.press("OK", "Lemon");
    await demo.page.getByText("Correct!").first().waitFor();
    await demo.said("Thank you, an admin looks at it.").waitFor();
    expect(await demo.said("Which one is the lemon?").count()).toBe(0);
    expect(await demo.button("Lemon").count()).toBe(0);
  });

  test("what the bot changes, adds and takes away is seen without asking", async () => {
    await demo.begin();
    const { message_id: id } = await demo.fixture.bot.sendMessage(5001, "first words");
    await demo.said("first words").waitFor();
    await demo.fixture.bot.editMessageText(5001, id, undefined, "second words");
    await demo.said("second words").waitFor();
    expect(await demo.said("first words").count()).toBe(0);
    await demo.fixture.bot.deleteMessage(5001, id);
    await demo.said("second words").waitFor({ state: "detached" });
  });

  test("a picture is shown, and larger on request", async () => {
    await demo.begin();
    await demo.write("/key");
    const small = demo.button(/Press to enlarge/);
    await small.waitFor();
    const shown = demo.page.getByRole("img", { name: /enlarge/ });
    await expect.poll(() => shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(512);
    const widthBefore = (await shown.boundingBox())?.width ?? 0;
    await small.click();
    const large = demo.page.getByRole("dialog").getByRole("img");
    expect((await large.boundingBox())?.width).toBeGreaterThan(widthBefore);
    await demo.page.keyboard.press("Escape");
    await large.waitFor({ state: "detached" });
  });

  test("a downloaded key is the bot's file, byte for byte", async () => {
    await demo.begin();
    await demo.write("/key");
    const coming = demo.page.waitForEvent("download");
    await demo.page.getByRole("link", { name: "Download" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe("tollgate-bob.conf");
    expect(await readFile(await download.path())).toEqual(keyFile);
  });

  test("a key is tried with its own text, and the page it brings can run nothing", async () => {
    const script = "<script>parent.document.title = 'broken'</script>";
    demo.answer = {
      connected: true,
      address: "10.8.0.2",
      page: `${script}<h1>You are through</h1>`,
    };
    await demo.begin();
    await demo.write("/key");
    await demo.press("Try this key");
    await demo.page.getByText("Your address inside the tunnel is 10.8.0.2.").waitFor();
    await demo.page.frameLocator("iframe").getByText("You are through").waitFor();
    expect(demo.tried).toEqual([keyFile.toString()]);
    expect(demo.problems.splice(0)).toEqual([expect.stringContaining("Blocked script execution")]);
    expect(await demo.page.title()).toBe("Tollgate demo");
  });

  test("a key that does not connect shows the reason and can be tried again", async () => {
    await demo.begin();
    await demo.write("/key");
    await demo.press("Try this key");
    await demo.page.getByText("No handshake: the key was revoked.").waitFor();
    demo.answer = { connected: true, address: "10.8.0.9" };
    await demo.press("Try again");
    await demo.page.getByText("Your address inside the tunnel is 10.8.0.9.").waitFor();
  });

  test("each person has their own chat, and the others' news are counted", async () => {
    await demo.fixture.write(adminId, "/start");
    await demo.begin();
    await demo.button(/Alice Admin.*1 unread/).waitFor();
    await demo.press("Lemon");
    await demo.button(/Alice Admin.*2 unread/).waitFor();
    await demo.be(/Alice Admin/);
    await demo.said("Bob asks for access.").waitFor();
    await demo
      .button(/Alice Admin/)
      .and(demo.page.locator("[aria-current]"))
      .waitFor();
    expect(await demo.button(/Alice Admin.*unread/).count()).toBe(0);
    expect(await demo.said("Thank you, an admin looks at it.").count()).toBe(0);
    await demo.page.reload();
    await demo.said("Bob asks for access.").waitFor();
    await demo.be(/Bob/);
    await demo.said("Thank you, an admin looks at it.").waitFor();
    expect(await demo.button(/Alice Admin.*unread/).count()).toBe(0);
  });

  test("a new customer starts with an empty chat and their own language", async () => {
    await demo.press("Add a customer");
    await demo.page.getByLabel("First name").fill("Carol");
    await demo.page.getByLabel("Language of their Telegram").selectOption("ru");
    await demo.press("Add");
    await demo.button(/Carol.*Russian, not started/).waitFor();
    await demo.begin();
    await demo.button(/Carol.*Russian$/).waitFor();
  });

  test("where nobody is named, the first customers are offered, then the admin", async () => {
    const info = { adminId, vpnHost: "memory", tryKey: true };
    await demo.page.route("**/demo/info", (route) => route.fulfill({ json: info }));
    await demo.page.reload();
    await demo.button("Start").waitFor();
    const names = await demo.page.getByRole("navigation").getByRole("listitem").allTextContents();
    expect(names.map((name) => /^(?:B|М)?(Bob|Мария|Alice)/u.exec(name)?.[1])).toEqual([
      "Bob",
      "Мария",
      "Alice",
      undefined,
    ]);
    await demo.button(/Bob/).and(demo.page.locator("[aria-current]")).waitFor();
  });

  test("markup is shown as markup, and nothing that came in becomes part of the page", async () => {
    await demo.begin();
    await demo.write("/markup");
    const log = demo.page.getByRole("log");
    await log.locator("strong", { hasText: "bold both" }).locator("em").waitFor();
    await demo.button("Copy short").waitFor();
    const link = demo.button(/^Copy vpn:/);
    const shown = () => link.evaluate((it) => it.closest("span")?.clientHeight ?? 0);
    const folded = await shown();
    await demo.press("Show all");
    expect(await shown()).toBeGreaterThan(folded);
    await demo.button("Show hidden text").click();
    await demo.said(/hidden/).waitFor();
    await log.locator("code", { hasText: "line one\nline two" }).waitFor();
    const terms = log.getByRole("link", { name: "terms" });
    expect(await terms.getAttribute("href")).toBe("https://example.org/terms");
    expect(await terms.getAttribute("rel")).toBe("noopener noreferrer");
    await demo.said(/<img src=x onerror=/).waitFor();
    expect(await log.locator("img").count()).toBe(0);
    expect(await demo.page.title()).toBe("Tollgate demo");
    await demo.button("/help").click();
    await demo.said('"/help" answers "nothing"').waitFor();
  });

  test("what is written after the bot asked for a reply is that reply", async () => {
    await demo.begin();
    await demo.write("/name");
    await demo.page.getByText("Replying to:").waitFor();
    await demo.write("Laptop");
    await demo.said('"Laptop" answers "What shall it be called?"').waitFor();
    await demo.page.getByText("Replying to:").waitFor({ state: "detached" });
  });

  test("the menu offers the bot's own commands and sends the chosen one", async () => {
    await demo.fixture.bot.setMyCommands([
      { command: "key", description: "My key" },
      { command: "lost", description: "What is this" },
    ]);
    await demo.begin();
    await demo.press("Menu: commands of the bot");
    await demo.page.getByRole("menuitem", { name: "/lost What is this" }).click();
    await demo.said('"/lost" answers "nothing"').waitFor();
  });

  test("whoever blocked the bot gets nothing from it until they unblock it", async () => {
    await demo.begin();
    await demo.press("More in this chat");
    await demo.page.getByRole("menuitem", { name: "Block the bot" }).click();
    await demo.page.getByText("You blocked the bot").waitFor();
    expect(await demo.input().count()).toBe(0);
    await expect(demo.fixture.bot.sendMessage(5001, "still there?")).rejects.toThrow(
      /blocked by the user/,
    );
    await demo.button("Unblock").click();
    await demo.input().waitFor();
    await demo.fixture.bot.sendMessage(5001, "welcome back");
    await demo.said("welcome back").waitFor();
  });
});
