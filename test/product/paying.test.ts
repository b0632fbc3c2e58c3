import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, Connection } from "@temporalio/client";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GatewayName } from "../../domain/payments/payment.ts";
import { dayMs } from "../../domain/time.ts";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { noBrowser, openBrowser } from "../drivers/demo-world.ts";
import { Person } from "../drivers/person.ts";
import { up, useStarter } from "../drivers/starter.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A customer, or an admin, at the demo's page. */
class AtThePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async is(person: RegExp): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name: person }).click();
    await this.page.getByRole("heading", { name: "Tollgate", level: 2 }).waitFor();
  }

  async writes(text: string): Promise<void> {
    const input = this.page.getByRole("textbox", { name: "Message to the bot" });
    await input.fill(text);
    await input.press("Enter");
  }

  /** The newest message that has this in it. */
  message(words: RegExp): Locator {
    return this.page.getByRole("article").filter({ hasText: words }).last();
  }

  async presses(button: RegExp): Promise<void> {
    await this.page.getByRole("log").getByRole("button", { name: button }).last().click();
  }

  /** /plans, the plan, the way to pay; each page of the bot takes the place of the one before. */
  async chooses(plan: string, way: RegExp): Promise<void> {
    await this.writes("/plans");
    const last = this.page.getByRole("article").last();
    await last.getByRole("button", { name: plan }).click();
    await last.getByRole("button", { name: way }).click();
  }

  /** Opens the newest invoice's own page, which comes in a new tab, and pays there. */
  async paysOnPage(price: string): Promise<void> {
    const invoice = this.message(new RegExp(`${price.replace(".", "\\.")} by `, "u"));
    const link = invoice.getByRole("link", { name: /Pay/u });
    const [opened] = await Promise.all([this.page.waitForEvent("popup"), link.click()]);
    await opened.getByRole("button", { name: "Pay" }).click();
    await opened.getByText(`Paid: ${price}`).waitFor();
    await opened.close();
  }

  async makesTrouble(gateway: string, webhooks: string): Promise<void> {
    await this.page.getByRole("button", { name: /^Misbehave/u }).click();
    const card = this.page.getByRole("region", { name: gateway });
    await card.getByLabel("Webhooks").selectOption({ label: webhooks });
    await this.page.getByText(`${gateway}: webhooks ${webhooks}`).waitFor();
    await this.page.keyboard.press("Escape");
  }

  receipts(): Locator {
    return this.page.getByRole("article").filter({ hasText: /Payment received/u });
  }

  /** As the last of so many payments has told. */
  async hasAccessUntil(payments: number): Promise<number> {
    await this.receipts()
      .nth(payments - 1)
      .waitFor();
    const words = (await this.receipts().last().textContent()) ?? "";
    return Date.parse(/runs until (.+?)\. Your keys/u.exec(words)?.[1] ?? "");
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

  /** What the browser complains of: a broken page, or something that its policy forbids. */
  const problems: string[] = [];

  async function atThePage(): Promise<AtThePage> {
    const page = await browser.newPage({ viewport: { width: 1_200, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
    await page.goto(at("API"));
    return new AtThePage(page);
  }

  /** Somebody who has been let in and has a key, with the page before them. */
  async function aCustomer(): Promise<AtThePage> {
    const bob = new Person(at("TELEGRAM_EMULATOR"), 5001);
    await bob.send("/start");
    await bob.answerCaptcha();
    await bob.waitForMessage(/How to connect/u);
    const chat = await atThePage();
    await chat.is(/Bob/u);
    return chat;
  }

  /** Has CryptoBot's statement read until this is so; a pass that is under way counts as asked for. */
  async function reconciled(isSo: () => Promise<boolean>): Promise<void> {
    const address = `127.0.0.1:${place.env["TEMPORAL_PORT"]}`;
    const connection = await Connection.connect({ address });
    const { workflow } = new Client({ connection });
    const reconciler = workflow.getHandle(workflowIds.gateway("cryptobot" as GatewayName));
    const asked = async () => {
      await reconciler.signal(signals.checkNow);
      return isSo();
    };
    await expect.poll(asked, { interval: 2_000, timeout: 50_000 }).toBe(true);
    await connection.close();
  }

  const books = () =>
    promisify(execFile)(process.execPath, ["tools/books.ts"], { cwd: root, env: place.env });

  test("Stars and a pay page buy time at once, and what a lost webhook told is found and fixed", async () => {
    const starter = start([], { AUTO_APPROVE: "true" });
    await starter.waitForOutput(up);
    const chat = await aCustomer();

    await chat.chooses("Month", /Telegram Stars/u);
    await chat.presses(/^Pay ⭐/u);
    await chat.page.getByText("You paid ⭐ 250 for Month.").waitFor();
    const first = await chat.hasAccessUntil(1);

    await chat.chooses("Month", /CryptoBot/u);
    await chat.paysOnPage("3.5 USDT");
    expect((await chat.hasAccessUntil(2)) - first).toBe(30 * dayMs);

    await chat.makesTrouble("CryptoBot", "are off");
    await chat.chooses("Family", /CryptoBot/u);
    await chat.paysOnPage("8 USDT");
    await reconciled(async () => (await chat.receipts().count()) === 3);
    expect(await chat.hasAccessUntil(3)).toBeGreaterThan(Date.now() + 30 * dayMs);

    await chat.is(/Alice/u);
    await chat.message(/CryptoBot: found and processed 1 missed event/u).waitFor();
    await chat.writes("/payment 5001");
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
