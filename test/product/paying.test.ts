import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, Connection } from "@temporalio/client";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gatewayName } from "../../domain/payments/payment.ts";
import { dayMs } from "../../domain/time.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { openBrowser } from "../../tools/servers/chromium.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";
import { Person } from "../drivers/person.ts";
import { up, useStarter } from "../drivers/starter.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A customer or an admin on the demo's page. */
class DemoVisitor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async switchTo(person: RegExp): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name: person }).click();
    await this.page.getByRole("heading", { name: "Tollgate", level: 2 }).waitFor();
  }

  async write(text: string): Promise<void> {
    const input = this.page.getByRole("textbox", { name: "Message to the bot" });
    await input.fill(text);
    await input.press("Enter");
  }

  /** The newest message with these words. */
  message(words: RegExp): Locator {
    return this.page.getByRole("article").filter({ hasText: words }).last();
  }

  async press(button: RegExp): Promise<void> {
    await this.page.getByRole("log").getByRole("button", { name: button }).last().click();
  }

  /**
   * Chooses /plans, the plan and the payment method;
   * each of the bot's pages replaces the one before.
   */
  async choose(plan: string, paymentMethod: RegExp): Promise<void> {
    await this.write("/plans");
    const last = this.page.getByRole("article").last();
    // Whoever has bought time is asked whether to extend it.
    const extend = last.getByRole("button", { name: /Extend/u });
    const offer = last.getByRole("button", { name: new RegExp(`^(?!.*Extend).*${plan}`, "u") });
    await extend.or(offer).first().waitFor();
    if (await extend.isVisible()) await extend.click();
    await offer.click();
    const anyway = last.getByRole("button", { name: "Change it anyway" });
    const method = last.getByRole("button", { name: paymentMethod });
    await anyway.or(method).waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await method.click();
  }

  /** Opens the page of the newest invoice, in a new tab, and pays there. */
  async payOnPage(price: string): Promise<void> {
    const invoice = this.message(new RegExp(`${price.replace(".", "\\.")} · `, "u"));
    const link = invoice.getByRole("link", { name: /Pay/u });
    const [opened] = await Promise.all([this.page.waitForEvent("popup"), link.click()]);
    await opened.getByRole("button", { name: "Pay" }).click();
    await opened.getByText(`Paid: ${price}`).waitFor();
    await opened.close();
  }

  /** Sets how a gateway's webhooks fail. */
  async breakWebhooks(gateway: string, webhooks: string): Promise<void> {
    await this.page.getByRole("button", { name: /^Misbehave/u }).click();
    const card = this.page.getByRole("region", { name: gateway });
    await card.getByLabel("Webhooks").selectOption({ label: webhooks });
    await this.page.getByText(`${gateway}: webhooks ${webhooks}`).waitFor();
    await this.page.keyboard.press("Escape");
  }

  /** All messages about received payments. */
  receipts(): Locator {
    return this.page.getByRole("article").filter({ hasText: /Paid\. Your access/u });
  }

  /**
   * When access ends, by the message about the last of this many payments,
   * in milliseconds since 1970.
   */
  async readAccessEnd(payments: number): Promise<number> {
    await this.receipts()
      .nth(payments - 1)
      .waitFor();
    const words = (await this.receipts().last().textContent()) ?? "";
    const day = /runs until (.+?)\. Your keys/u.exec(words)?.[1] ?? "";
    return Date.parse(/\d{4}$/u.test(day) ? day : `${day} ${new Date().getUTCFullYear()}`);
  }
}

describe.skipIf(noBrowser !== undefined)(`npm start, paid in a browser${noBrowser ?? ""}`, () => {
  const { place, start } = useStarter();
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  const at = (name: string) => `http://127.0.0.1:${place.env[`${name}_PORT`]}`;

  /** Errors in the browser's console: a broken page, or something that its policy forbids. */
  const problems: string[] = [];

  async function openPage(): Promise<DemoVisitor> {
    const page = await browser.newPage({ viewport: { width: 1_200, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
    await page.goto(at("API"));
    return new DemoVisitor(page);
  }

  /** A customer with a key, on the page. */
  async function openPageAsCustomer(): Promise<DemoVisitor> {
    const bob = new Person(at("TELEGRAM_EMULATOR"), 5001);
    await bob.send("/start");
    await bob.answerCaptcha();
    await bob.waitForMessage(/Your key for/u);
    const chat = await openPage();
    await chat.switchTo(/Bob/u);
    return chat;
  }

  /**
   * Has CryptoBot's statement read until `isDone`; a signal during a pass starts no further one.
   */
  async function reconcileUntil(isDone: () => Promise<boolean>): Promise<void> {
    const address = `127.0.0.1:${place.env["TEMPORAL_PORT"]}`;
    const connection = await Connection.connect({ address });
    const { workflow } = new Client({ connection });
    const reconciler = workflow.getHandle(workflowIds.gateway(gatewayName("cryptobot")));
    const checkAgain = async () => {
      await reconciler.signal(signals.checkNow);
      return isDone();
    };
    await expect.poll(checkAgain, { interval: 2_000, timeout: 50_000 }).toBe(true);
    await connection.close();
  }

  const books = () =>
    promisify(execFile)(process.execPath, ["tools/tollgate.ts", "books"], {
      cwd: root,
      env: place.env,
    });

  test("Stars and a pay page buy time at once, and the event of a lost webhook is found and fixed", async () => {
    const starter = start([], { AUTO_APPROVE: "true" });
    await starter.waitForOutput(up);
    const chat = await openPageAsCustomer();

    await chat.choose("Month", /Telegram Stars/u);
    await chat.press(/Pay 250 ⭐/u);
    const invoice = chat.page.getByRole("dialog", { name: "Invoice" });
    await invoice.getByRole("button", { name: "Pay" }).click();
    await chat.page.getByText("You paid ⭐ 250 for Month.").waitFor();
    const first = await chat.readAccessEnd(1);

    await chat.choose("Month", /CryptoBot/u);
    await chat.payOnPage("3.5 USDT");
    expect((await chat.readAccessEnd(2)) - first).toBe(30 * dayMs);

    await chat.breakWebhooks("CryptoBot", "are off");
    await chat.choose("Family", /CryptoBot/u);
    await chat.payOnPage("8 USDT");
    await reconcileUntil(async () => (await chat.receipts().count()) === 3);
    expect(await chat.readAccessEnd(3)).toBeGreaterThan(Date.now() + 30 * dayMs);

    await chat.switchTo(/Alice/u);
    await chat.message(/CryptoBot: found and processed 1 missed event/u).waitFor();
    await chat.write("/payment 5001");
    const found = chat.message(/Found 3; newest first:/u);
    await found.getByRole("button", { name: /8 USDT/u }).click();
    const timeline = chat.message(/Price: 8 USDT by CryptoBot/u);
    await timeline.getByText(/State: paid/u).waitFor();
    await timeline.getByText(/paid 8 USDT.*found by reconciliation/u).waitFor();
    await timeline.getByText(/30 days added, access until/u).waitFor();

    expect((await books()).stdout).toContain("the books agree");
    expect(problems).toEqual([]);
    starter.child.kill("SIGTERM");
    expect(await starter.ended).toBe(0);
  }, 240_000);
});
