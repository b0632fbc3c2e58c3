import jsQR from "jsqr";
import type { Browser, Page } from "playwright-core";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../tools/servers/chromium.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";
import { cards, type Options, startShop, startTBank } from "./tbank-client.ts";

const shop = { SuccessURL: "https://t.me/shop?paid", FailURL: "https://t.me/shop?failed" };

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const backLink = (page: Page) =>
  page.getByRole("link", { name: "Back to the shop" }).getAttribute("href");

describe("without a browser", () => {
  test("nothing on the page runs or is loaded, and nothing of the shop's text is markup", async () => {
    const { init } = await startTBank();
    const { PaymentURL } = await init({ OrderId: "<i>1", Description: '"<script>&' });
    const answer = await fetch(PaymentURL);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await answer.text();
    expect(html).toContain("&lt;i&gt;1");
    expect(html).toContain("&quot;&lt;script&gt;&amp;");
    expect(html).not.toContain("<script");
  });

  test("a number that is not a test card's is neither tried, nor shown again, nor kept", async () => {
    const { init, payment, url } = await startTBank();
    const { PaymentURL, PaymentId } = await init();
    const number = "4111111111111111";
    const send = (fields: Record<string, string>) =>
      fetch(PaymentURL, { method: "POST", body: new URLSearchParams({ do: "card", ...fields }) });
    const answer = await send({ number, expires: "12/49" });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain(number);
    for (const expires of ["", "13/30", "01/20", "12-30-1"]) {
      expect((await send({ number: cards.good, expires })).status).toBe(400);
    }
    expect(await payment(PaymentId)).toMatchObject({ history: ["NEW", "FORM_SHOWED"] });
    const all = await Promise.all(
      ["payments", "calls"].map(async (what) => (await fetch(`${url}/control/${what}`)).text()),
    );
    expect(all.join("")).not.toContain(number);
  });

  test("whoever presses twice pays once, and sees so", async () => {
    const { init, payment } = await startTBank();
    const { PaymentURL, PaymentId } = await init({ Language: "en" });
    const press = () =>
      fetch(PaymentURL, {
        method: "POST",
        body: new URLSearchParams({ do: "card", number: cards.good, expires: "12/49" }),
      });
    expect((await press()).status).toBe(200);
    const second = await press();
    expect([second.status, await second.text()]).toEqual([409, expect.stringContaining("Paid: ")]);
    expect(await payment(PaymentId)).toMatchObject({ taken: 29_900 });
  });

  test("the shop is told before the person is back, or has had its time", async () => {
    const { received, url } = await startShop();
    const { init } = await startTBank({ webhookUrl: url });
    const { PaymentURL } = await init();
    const body = new URLSearchParams({ do: "card", number: cards.good, expires: "12/49" });
    const answer = await fetch(PaymentURL, { method: "POST", body, redirect: "manual" });
    expect([answer.status, received.length]).toEqual([303, 2]);
  });
});

describe.skipIf(noBrowser !== undefined)(`in a browser${noBrowser ?? ""}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function openPage(params: object = {}, options: Options = {}) {
    const bank = await startTBank(options);
    const made = await bank.init({
      Language: "en",
      Description: "30 days of VPN",
      ...shop,
      ...params,
    });
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    page.setDefaultTimeout(15_000);
    await page.goto(made.PaymentURL);
    return { ...bank, page, id: made.PaymentId, link: made.PaymentURL };
  }

  test("a card pays in one press, and the way back leads to the shop", async () => {
    const { page, state, id } = await openPage();
    expect(await page.title()).toMatch(/^Order order-1: RUB\s299\.00$/u);
    await page.getByText("30 days of VPN").waitFor();
    expect(await state(id)).toBe("FORM_SHOWED");
    expect(await backLink(page)).toBe(shop.FailURL);
    await button(page, /^Pay RUB\s299\.00$/u).click();
    await page.getByRole("status").getByText("Paid: RUB").waitFor();
    expect(await backLink(page)).toBe(shop.SuccessURL);
    expect(await state(id)).toBe("CONFIRMED");
    await page.close();
  });

  test("a card without money may be followed by another one in the same form, by keyboard alone", async () => {
    const { page, state, id } = await openPage();
    const number = page.getByLabel("Card number");
    await page.keyboard.press("Tab");
    expect(await number.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type(cards.poor);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("too little money").waitFor();
    expect(await state(id)).toBe("REJECTED");
    await number.focus();
    await page.keyboard.type("4111 1111 1111 1111");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("not a test card").waitFor();
    await number.focus();
    for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("status").getByText("Paid").waitFor();
    expect(await state(id)).toBe("CONFIRMED");
    await page.close();
  });

  test("a card that asks its bank first can be confirmed or refused, also after a reload", async () => {
    const { page, state, id } = await openPage();
    const pay = async () => {
      await page.getByLabel("Card number").fill(cards["3ds"]);
      await button(page, /^Pay/u).click();
      await button(page, "Yes, confirm").waitFor();
    };
    await pay();
    await button(page, "No, refuse").click();
    await page.getByRole("alert").getByText("could not make sure").waitFor();
    await pay();
    await page.reload();
    expect(await state(id)).toBe("3DS_CHECKING");
    await button(page, "Yes, confirm").click();
    await page.getByRole("status").getByText("Paid").waitFor();
    await page.close();
  });

  test("SBP shows a QR that a camera reads, and takes the payer's word", async () => {
    const { page, state, id, call } = await openPage();
    await page.getByText("By SBP, from your bank's app").click();
    const picture = PNG.sync.read(await page.getByRole("img", { name: "QR code" }).screenshot());
    const read = jsQR.default(Uint8ClampedArray.from(picture.data), picture.width, picture.height);
    expect(read?.data).toBe((await call("GetQr", { PaymentId: id }))["Data"]);
    await button(page, "I have paid in my bank").click();
    await page.getByRole("status").getByText("Paid").waitFor();
    expect(await state(id)).toBe("CONFIRMED");
    await page.close();
  });

  test("it speaks Russian unless it was asked not to, and fits a phone", async () => {
    const { page, link } = await openPage({ Language: undefined });
    expect(await page.getAttribute("html", "lang")).toBe("ru");
    await button(page, /^Оплатить 299,00/u).waitFor();
    await page.getByText("Через СБП").click();
    const widths = await page.evaluate(() => [document.body.scrollWidth, window.innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, input, summary, a")]
        .filter((part) => part.getBoundingClientRect().height < 44)
        .map((part) => part.outerHTML),
    );
    expect(small).toEqual([]);
    await button(page, /^Оплатить/u).click();
    await page.getByRole("status").getByText("Оплачено").waitFor();
    await page.goto(`${link}x`);
    await page.getByText("Такого платежа нет").waitFor();
    await page.close();
  });

  test("money that is held is said to be held, and a link that is over to be over", async () => {
    const { page, control, init } = await openPage({ PayType: "T" });
    expect(await page.getByText("By SBP").count()).toBe(0);
    await button(page, /^Pay/u).click();
    await page.getByRole("status").getByText("Held on your card").waitFor();
    const over = await init({ Language: "en", ...shop });
    await control("expire", { payment_id: over.PaymentId });
    await page.goto(over.PaymentURL);
    await page.getByRole("status").getByText("The time to pay this is over").waitFor();
    expect(await backLink(page)).toBe(shop.FailURL);
    await page.close();
  });
});
