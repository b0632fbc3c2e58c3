import type { Browser, Locator, Page } from "playwright-core";
import { chromiumPath, hasChromium, openBrowser } from "../servers/chromium.ts";
import { UserError } from "../servers/process.ts";

const phoneSize = { width: 390, height: 844 };

/** How long the demo may take to show something. */
const timeoutMs = 30_000;

/** The demo's page in a browser of a phone's size, on which one is one person after another. */
export class DemoPhone {
  readonly browser: Browser;
  readonly #page: Page;
  /** Errors of the page. */
  readonly problems: string[] = [];

  private constructor(browser: Browser, page: Page) {
    this.browser = browser;
    this.#page = page;
    page.setDefaultTimeout(timeoutMs);
    page.on("pageerror", ({ message }) => this.problems.push(message));
  }

  /** @throws UserError without a browser, or where no demo answers. */
  static async open(url: string): Promise<DemoPhone> {
    if (!hasChromium()) {
      throw new UserError(`there is no Chromium at ${chromiumPath}: set CHROMIUM_PATH`);
    }
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: phoneSize, locale: "en-GB" });
    const phone = new DemoPhone(browser, page);
    await page.goto(url).catch(async () => {
      await browser.close();
      throw new UserError(`no demo answers at ${url}: run npm start first`);
    });
    return phone;
  }

  /** Ends the browser. */
  close(): Promise<void> {
    return this.browser.close();
  }

  /**
   * Takes a picture of what the phone shows, or of the page on a desk, with the newest message in
   * view.
   */
  async takePicture(file: string, size = phoneSize): Promise<void> {
    await this.#page.setViewportSize(size);
    const newest = this.#page.getByRole("button", { name: /newest message/u });
    if (await newest.isVisible()) await newest.click();
    // Toasts and animations end before the picture is taken.
    await this.#page.waitForTimeout(2_500);
    await this.#page.screenshot({ path: file });
    await this.#page.setViewportSize(phoneSize);
  }

  /** Becomes another person of the demo. */
  async be(name: RegExp, theme: "light" | "dark" = "light"): Promise<void> {
    await this.#page.emulateMedia({ colorScheme: theme });
    const people = this.#page.getByRole("navigation");
    await people.getByRole("button", { name }).click();
    // What is written before the page shows this person's chat is written in the last one's.
    await people.locator('[aria-current="true"]', { hasText: name }).waitFor();
  }

  /** The chat's messages. */
  get chat(): Locator {
    return this.#page.getByRole("log");
  }

  /** Sends a message to the bot. */
  async write(text: string): Promise<void> {
    const input = this.#page.getByRole("textbox").last();
    await input.fill(text);
    await input.press("Enter");
  }

  /** Presses Start in an empty chat. */
  async start(): Promise<void> {
    await this.#page.getByRole("button", { name: "Start", exact: true }).click();
  }

  /** Presses the newest buttons with these labels, one after the other. */
  async press(...labels: readonly (string | RegExp)[]): Promise<void> {
    for (const label of labels) {
      await this.chat.getByRole("button", { name: label }).last().click();
    }
  }

  /** Waits until the bot has said this. */
  async read(words: RegExp): Promise<string> {
    const found = this.chat.getByText(words).last();
    await found.waitFor();
    return found.innerText();
  }

  /** Pays the newest invoice on its gateway's page. */
  async payOnPage(): Promise<void> {
    const link = this.chat.getByRole("link", { name: /(?:Pay|Оплатить)/u }).last();
    const [opened] = await Promise.all([this.#page.waitForEvent("popup"), link.click()]);
    await opened.getByRole("button", { name: /^(?:Pay|Оплатить)/u }).click();
    await opened
      .getByText(/(?:Paid|Оплачено)/u)
      .first()
      .waitFor();
    await opened.close();
  }
}
