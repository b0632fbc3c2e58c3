import { describe, expect, test } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { DemoApp } from "../drivers/demo-app.ts";
import { soldOut } from "../drivers/demo-bot.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";

describe.skipIf(noBrowser !== undefined)(`paying in the chat${noBrowser ?? ""}`, () => {
  const demo = new DemoApp({ withGateways: true });
  const payButton = () => demo.button(/^Pay ⭐/u);
  const receipt = "You paid ⭐ 1,250 for Month.";

  async function chatNow(): Promise<Message[]> {
    const chat = await fetch(`${demo.fixture.telegramUrl}/person/5001/chat`);
    return (await chat.json()) as Message[];
  }

  async function order(command: "/buy" | "/forwarded"): Promise<void> {
    await demo.begin();
    await demo.write(command);
    await payButton().waitFor();
  }

  test("an invoice says what is sold, is paid by its button and has a receipt, over a reload", async () => {
    await order("/buy");
    await demo.said("Month: VPN access for 30 days").waitFor();
    await payButton().click();
    await demo.said(receipt).waitFor();
    await demo.said("Thirty days are yours.").waitFor();
    expect(await payButton().count()).toBe(0);
    await demo.said(/^Paid$/u).waitFor();
    expect((await chatNow()).filter((message) => message.successful_payment)).toHaveLength(1);
    await demo.page.reload();
    await demo.said(receipt).waitFor();
    expect(await payButton().count()).toBe(0);
  });

  test("of two invoices for the same the one that was paid has the receipt", async () => {
    await order("/buy");
    await demo.write("/buy");
    await expect.poll(() => payButton().count()).toBe(2);
    await payButton().first().click();
    await demo.said(receipt).waitFor();
    const bubbles = demo.page.getByRole("article").filter({ hasText: "Invoice, ⭐ 1,250" });
    await bubbles.first().getByText("Paid", { exact: true }).waitFor();
    await bubbles
      .last()
      .getByRole("button", { name: /^Pay ⭐/u })
      .waitFor();
  });

  test("an impatient second press pays once", async () => {
    await order("/buy");
    await payButton().dblclick();
    await demo.said("Thirty days are yours.").waitFor();
    expect((await chatNow()).filter((message) => message.successful_payment)).toHaveLength(1);
  });

  test("a refused payment shows the bot's words, costs nothing and can be tried again", async () => {
    await order("/forwarded");
    await payButton().click();
    const alert = demo.page.getByRole("alertdialog");
    await alert.getByText("The payment did not go through").waitFor();
    await alert.getByText(soldOut).waitFor();
    await demo.press("OK");
    await alert.waitFor({ state: "detached" });
    await expect.poll(() => payButton().getAttribute("aria-busy")).toBe("false");
    expect((await chatNow()).some((message) => message.successful_payment)).toBe(false);
  });

  test("what is given back is reported in the chat", async () => {
    await order("/buy");
    await payButton().click();
    await demo.said(receipt).waitFor();
    const paid = (await chatNow()).find((message) => message.successful_payment);
    const charge = paid?.successful_payment?.telegram_payment_charge_id ?? "";
    await fetch(`${demo.fixture.telegramUrl}/bot123456:TEST/refundStarPayment`, {
      method: "POST",
      body: new URLSearchParams({ user_id: "5001", telegram_payment_charge_id: charge }),
    });
    await demo.said(/gave you ⭐ 1,250 back\.$/u).waitFor();
  });

  test("a pay page opens in a tab of its own, which cannot reach back into this one", async () => {
    await demo.begin();
    const url = `${demo.fixture.gateways?.cryptobot.url}/pay/none`;
    await demo.write(`/page ${url}`);
    const link = demo.page.getByRole("link", { name: "💳 Pay (opens in a new tab)" });
    await link.focus();
    const opening = demo.page.waitForEvent("popup");
    await demo.page.keyboard.press("Enter");
    const opened = await opening;
    await opened.getByRole("heading", { name: "There is no such invoice" }).waitFor();
    expect(opened.url()).toBe(`${url}?lang=en`);
    expect(await opened.evaluate(() => window.opener)).toBeNull();
    await opened.close();
    expect(demo.page.url()).not.toContain("/pay/");
  });

  test("paying works by keyboard alone, and the focus stays in the chat", async () => {
    await order("/buy");
    const focused = () => demo.page.evaluate(() => document.activeElement?.textContent ?? "");
    for (let step = 0; step < 40 && !(await focused()).startsWith("Pay"); step += 1) {
      await demo.page.keyboard.press("Shift+Tab");
    }
    await demo.page.keyboard.press("Enter");
    await demo.said(receipt).waitFor();
    const role = () => demo.page.evaluate(() => document.activeElement?.getAttribute("role"));
    await expect.poll(role).toBe("log");
  });

  test("on a phone of 360 px an invoice and its receipt fit", async () => {
    await demo.page.setViewportSize({ width: 360, height: 640 });
    await order("/buy");
    await payButton().click();
    await demo.said(receipt).waitFor();
    const width = () => demo.page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBeLessThanOrEqual(360);
  });

  test("an operator is led from the page to the payments in Temporal", async () => {
    await demo.be(/Alice/u);
    const link = demo.page.getByRole("link", { name: "Payments in Temporal" });
    const url = new URL((await link.getAttribute("href")) ?? "");
    expect(url.pathname).toBe("/namespaces/default/workflows");
    expect(url.searchParams.get("query")).toBe('WorkflowType = "payment"');
  });
});
