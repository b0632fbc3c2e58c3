import { describe, expect, test } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { DemoApp } from "../drivers/demo-app.ts";
import { soldOut } from "../drivers/demo-bot.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";

const month = { subscription_period: 2_592_000 };

describe.skipIf(noBrowser !== undefined)(`invoices behind links${noBrowser ?? ""}`, () => {
  const demo = new DemoApp();
  const invoice = () => demo.page.getByRole("dialog", { name: "Invoice" });
  const list = () => demo.page.getByRole("dialog", { name: "Subscriptions in Stars" });

  async function sendLink(payload: "good" | "bad", period: object): Promise<void> {
    const { bot } = demo.fixture;
    const link = await bot.createInvoiceLink({
      title: "Every month",
      description: "VPN that renews itself",
      payload,
      currency: "XTR",
      prices: [{ label: "Month", amount: 250 }],
      provider_token: "",
      ...period,
    });
    const reply_markup = { inline_keyboard: [[{ text: "⭐ Subscribe", url: link }]] };
    await bot.sendMessage(5001, `Pay <a href="${link}">here</a>`, {
      parse_mode: "HTML",
      reply_markup,
    });
  }

  async function paidNow(): Promise<Message[]> {
    const chat = await fetch(`${demo.fixture.telegramUrl}/person/5001/chat`);
    const messages = (await chat.json()) as Message[];
    return messages.filter(({ successful_payment }) => successful_payment !== undefined);
  }

  async function openList(): Promise<void> {
    await demo.press("More in this chat");
    await demo.page.getByRole("menuitem", { name: "Subscriptions in Stars" }).click();
    await list().waitFor();
  }

  test("a link to an invoice opens it over the chat, where it is paid", async () => {
    await demo.begin();
    await sendLink("good", {});
    await demo.said("here").click();
    await invoice().getByText("VPN that renews itself").waitFor();
    await invoice().getByText("⭐ 250", { exact: true }).waitFor();
    await demo.press("Pay");
    await invoice().waitFor({ state: "detached" });
    await demo.said("You paid ⭐ 250 for Every month.").waitFor();
    expect(await paidNow()).toHaveLength(1);
  });

  test("an invoice that the bot declines says why, and costs nothing", async () => {
    await demo.begin();
    await sendLink("bad", {});
    await demo.press("⭐ Subscribe");
    await demo.press("Pay");
    await demo.page.getByRole("alertdialog").getByText(soldOut).waitFor();
    expect(await paidNow()).toEqual([]);
  });

  test("a subscription renews, fails, is cancelled and resumed on the person's side", async () => {
    await demo.begin();
    await openList();
    await list().getByText("There are none.").waitFor();
    await demo.press("Close");
    await sendLink("good", month);
    await demo.press("⭐ Subscribe");
    await invoice().getByText("⭐ 250 every 30 days").waitFor();
    await demo.press("Subscribe");
    await demo.said(/The subscription is paid until/u).waitFor();
    await openList();
    await list().getByText("active", { exact: true }).waitFor();
    await demo.press("Charge the next month");
    await expect.poll(async () => (await paidNow()).length).toBe(2);
    await demo.press("Let the charge fail");
    await list().getByText("charge failed").waitFor();
    await demo.press("Cancel");
    await list().getByText("cancelled", { exact: true }).waitFor();
    expect(await demo.button("Charge the next month").count()).toBe(0);
    await demo.press("Resume");
    await list().getByText("active", { exact: true }).waitFor();
    const [first] = await paidNow();
    await demo.fixture.bot.callApi(
      "editUserStarSubscription" as never,
      {
        user_id: 5001,
        telegram_payment_charge_id: first?.successful_payment?.telegram_payment_charge_id,
        is_canceled: true,
      } as never,
    );
    await demo.press("Charge the next month");
    await list().getByRole("alert").getByText("the subscription is cancelled").waitFor();
    await list().getByText("cancelled by the bot").waitFor();
    expect(await demo.button("Resume").count()).toBe(0);
  });
});
