import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { openBrowser } from "../../tools/servers/chromium.ts";
import { buildPage, startDemoFixture } from "./demo-fixture.ts";
import type { KeyTest } from "./demo-server.ts";

/**
 * Opens the demo page in a browser before each test, with a new fixture, in which nobody has
 * pressed Start, and acts as a person there. After each test it checks that the browser's console
 * has no errors.
 */
export class DemoApp {
  page!: Page;
  fixture!: Awaited<ReturnType<typeof startDemoFixture>>;
  /** The keys that were tried. */
  readonly tried: string[] = [];
  /** The result of each try. */
  answer: KeyTest = {};
  /** Errors in the console; a test removes those that it expects. */
  readonly problems: string[] = [];
  readonly #withGateways: boolean;

  constructor({ withGateways = false } = {}) {
    this.#withGateways = withGateways;
    let browser: Browser | undefined;
    let dist: string | undefined;
    beforeAll(async () => {
      browser = await openBrowser();
      dist = await buildPage();
    });
    afterAll(async () => {
      await browser?.close();
      if (dist !== undefined) await rm(dist, { recursive: true });
    });
    beforeEach(async () => {
      if (browser && dist) await this.#open(browser, dist);
    });
    afterEach(() => this.#close());
  }

  async #open(browser: Browser, dist: string): Promise<void> {
    this.tried.length = 0;
    this.problems.length = 0;
    this.answer = { connected: false, reason: "No handshake: the key was revoked." };
    const tryKey = (conf: string) => {
      this.tried.push(conf);
      return this.answer;
    };
    this.fixture = await startDemoFixture({ dist, tryKey, withGateways: this.#withGateways });
    this.page = await browser.newPage();
    this.page.setDefaultTimeout(15_000);
    this.page.on("pageerror", ({ message }) => this.problems.push(message));
    this.page.on("console", (line) => line.type() === "error" && this.problems.push(line.text()));
    await this.page.goto(this.fixture.url);
  }

  async #close(): Promise<void> {
    await this.page.close();
    await this.fixture.close();
    // The browser logs requests that fail, which a test may want.
    const own = this.problems.filter((text) => !text.startsWith("Failed to load resource"));
    expect(own).toEqual([]);
  }

  /** A button of the page; a string must be its whole name. */
  button(name: string | RegExp) {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** The input for messages. */
  input() {
    return this.page.getByRole("textbox", { name: "Message to the bot" });
  }

  /** Text in the chat. */
  said(text: string | RegExp) {
    return this.page.getByRole("log").getByText(text);
  }

  /** Clicks buttons, one after the other. */
  async press(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.button(name).click();
  }

  /** Sends a message. */
  async write(text: string): Promise<void> {
    await this.input().fill(text);
    await this.input().press("Enter");
  }

  /** Switches to another person. */
  async be(name: RegExp): Promise<void> {
    const people = this.page.getByRole("navigation");
    await people.getByRole("button", { name }).click();
    // What is written before the page shows this person's chat is written in the last one's.
    await people.locator('[aria-current="true"]', { hasText: name }).waitFor();
  }

  /** Presses Start and waits for the bot's question. */
  async begin(): Promise<void> {
    await this.press("Start");
    await this.said("Which one is the lemon?").waitFor();
  }
}
