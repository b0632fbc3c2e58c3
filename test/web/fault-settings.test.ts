import { describe, expect, test } from "vitest";
import { DemoApp } from "../drivers/demo-app.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";

type Name = "cryptobot" | "tbank" | "ton";

async function asked(url: string, method = "GET", body?: object): Promise<object[]> {
  const answer = await fetch(`${url}/control/faults`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as object[];
}

describe.skipIf(noBrowser !== undefined)(`the misbehave switch${noBrowser ?? ""}`, () => {
  const demo = new DemoApp({ withGateways: true });
  const panel = () => demo.page.getByRole("dialog", { name: "Misbehave" });
  const card = (title: string) => panel().getByRole("region", { name: title });
  const opener = () => demo.button(/^Misbehave/u);
  const complaint = (text: string) =>
    demo.page.getByRole("list", { name: "What misbehaves now" }).getByText(text, { exact: true });

  const urlOf = (name: Name) => demo.fixture.gateways?.[name].url ?? "";
  const rulesOf = (name: Name) => asked(urlOf(name));

  async function open(): Promise<void> {
    await opener().click();
    await panel().waitFor();
  }

  test("it is closed at first, and nothing is on", async () => {
    await opener().waitFor();
    expect(await panel().count()).toBe(0);
    expect(await opener().textContent()).toBe("Misbehave");
    await open();
    const cards = panel().getByRole("region");
    await expect.poll(() => cards.count()).toBe(4);
    expect(await panel().getByLabel("Webhooks").first().inputValue()).toBe("good");
  });

  test("what is chosen is what the emulator does, and the page says so also when it is closed", async () => {
    await open();
    await card("CryptoBot").getByLabel("Webhooks").selectOption({ label: "are off" });
    await complaint("CryptoBot: webhooks are off").waitFor();
    expect(await rulesOf("cryptobot")).toMatchObject([{ webhook: "drop" }]);
    await card("CryptoBot").getByLabel("Answers").selectOption({ label: "are errors (500)" });
    await complaint("CryptoBot: answers are errors (500)").waitFor();
    await demo.page.keyboard.press("Escape");
    await panel().waitFor({ state: "detached" });
    await demo.button("Misbehave 2 on").waitFor();
    await complaint("CryptoBot: webhooks are off").waitFor();
    expect(await rulesOf("cryptobot")).toMatchObject([{ webhook: "drop" }, { kind: "500" }]);
    expect(await rulesOf("tbank")).toEqual([]);
    const { status } = await fetch(`${urlOf("cryptobot")}/api/getMe`, {
      headers: { "crypto-pay-api-token": "12345:AAmadeForATest" },
    });
    expect(status).toBe(500);
  });

  test("another choice takes the place of the one before and of nothing else", async () => {
    await asked(urlOf("tbank"), "POST", { charge: "reject", payment_id: "7" });
    await open();
    const webhooks = card("T-Bank").getByLabel("Webhooks");
    await webhooks.selectOption({ label: "come twice" });
    await card("T-Bank").getByLabel("Answers").selectOption({ label: "are 429 half the time" });
    await webhooks.selectOption({ label: "have a wrong signature" });
    await complaint("T-Bank: webhooks have a wrong signature").waitFor();
    expect(await rulesOf("tbank")).toMatchObject([
      { charge: "reject", payment_id: "7" },
      { kind: "429", probability: 0.5 },
      { webhook: "wrong-signature" },
    ]);
    await complaint("T-Bank: other rules are on").waitFor();
    await webhooks.selectOption({ label: "as they should be" });
    await complaint("T-Bank: webhooks have a wrong signature").waitFor({ state: "detached" });
    expect(await rulesOf("tbank")).toMatchObject([{ charge: "reject" }, { kind: "429" }]);
  });

  test("every fault that is offered is one that its emulator takes", async () => {
    await open();
    const labels = ["Payment messages", "Webhooks", "Lists of transfers", "Answers"];
    let offered = 0;
    for (const title of ["Telegram Stars", "CryptoBot", "T-Bank", "TON"]) {
      for (const label of labels) {
        const select = card(title).getByLabel(label);
        if ((await select.count()) === 0) continue;
        const faults = await select.locator("option").allTextContents();
        for (const fault of faults.slice(1)) {
          await select.selectOption({ label: fault });
          await complaint(`${title}: ${label.toLowerCase()} ${fault}`).waitFor();
          offered += 1;
        }
      }
    }
    expect(offered).toBe(25);
    await demo.press("All behave again");
    await demo.press("Close");
    await demo.button("Misbehave").waitFor();
    expect(await asked(demo.fixture.telegramUrl)).toEqual([]);
    expect(await rulesOf("ton")).toEqual([]);
  });

  test("one gateway behaves again while the others go on", async () => {
    await asked(urlOf("ton"), "POST", { page: "lag", blocks: 10 });
    await open();
    await card("CryptoBot").getByLabel("Webhooks").selectOption({ label: "come 20 s late" });
    await complaint("CryptoBot: webhooks come 20 s late").waitFor();
    await card("CryptoBot").getByRole("button", { name: "Behave again" }).click();
    await complaint("CryptoBot: webhooks come 20 s late").waitFor({ state: "detached" });
    expect(await rulesOf("cryptobot")).toEqual([]);
    expect(await rulesOf("ton")).toHaveLength(1);
  });

  test("what somebody else has switched on is shown without asking", async () => {
    await opener().waitFor();
    await asked(urlOf("ton"), "POST", { page: "lag", blocks: 10 });
    await asked(urlOf("tbank"), "POST", { kind: "502" });
    await complaint("TON: lists of transfers come 20 s late").waitFor();
    await complaint("T-Bank: answers misbehave in another way").waitFor();
    await asked(urlOf("ton"), "DELETE");
    await complaint("TON: lists of transfers come 20 s late").waitFor({ state: "detached" });
  });

  test("an emulator that is away is said to be away", async () => {
    await demo.fixture.gateways?.ton.close();
    await open();
    await card("TON").getByText("It does not answer.").waitFor();
    await card("CryptoBot").getByLabel("Webhooks").waitFor();
  });

  test("it works by keyboard alone and gives the focus back", async () => {
    await opener().focus();
    await demo.page.keyboard.press("Enter");
    await panel().waitFor();
    const label = () =>
      demo.page.evaluate(() => {
        const { activeElement: it } = document;
        const card = it?.closest("section")?.getAttribute("aria-label") ?? "";
        return it instanceof HTMLSelectElement ? `${card}: ${it.labels[0]?.innerText}` : card;
      });
    for (let step = 0; step < 20 && !(await label()).startsWith("CryptoBot: Webh"); step += 1) {
      await demo.page.keyboard.press("Tab");
    }
    await demo.page.keyboard.press("ArrowDown");
    await complaint("CryptoBot: webhooks are off").waitFor();
    expect(await rulesOf("cryptobot")).toMatchObject([{ webhook: "drop" }]);
    await demo.page.keyboard.press("Escape");
    await panel().waitFor({ state: "detached" });
    await expect.poll(() => opener().evaluate((it) => it === document.activeElement)).toBe(true);
  });

  test("on a phone of 360 px the switch is at hand and the panel fits", async () => {
    await demo.page.setViewportSize({ width: 360, height: 640 });
    await open();
    await card("TON").getByLabel("Answers").selectOption({ label: "time out after success" });
    await card("CryptoBot").getByLabel("Webhooks").selectOption({ label: "are off" });
    await complaint("CryptoBot: webhooks are off").waitFor({ state: "attached" });
    const width = () => demo.page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBeLessThanOrEqual(360);
    await demo.press("Close");
    await panel().waitFor({ state: "detached" });
    expect(await width()).toBeLessThanOrEqual(360);
    await complaint("CryptoBot: webhooks are off").waitFor();
  });

  test("where nothing is emulated but Telegram, only Telegram can misbehave", async () => {
    await demo.page.route("**/demo/info", async (route) => {
      const answer = await route.fetch();
      const answered = (await answer.json()) as { gateways: { name: string }[] };
      const gateways = answered.gateways.filter(({ name }) => name === "stars");
      await route.fulfill({ json: { ...answered, gateways } });
    });
    await demo.page.reload();
    await open();
    await expect.poll(() => panel().getByRole("region").count()).toBe(1);
    await card("Telegram Stars").getByLabel("Payment messages").waitFor();
  });
});
