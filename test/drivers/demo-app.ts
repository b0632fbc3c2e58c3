import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { KeyTest } from "./demo-server.ts";
import { buildPage, openBrowser, startDemoWorld } from "./demo-world.ts";

/**
 * Opens the demo page in a browser before each test, on a world of its own where nobody has pressed
 * Start, and what a person does there. Every test ends with a look at the browser's console for
 * errors.
 */
export class DemoApp {
  page!: Page;
  world!: Awaited<ReturnType<typeof startDemoWorld>>;
  /** The keys that were tried, and what a try comes to. */
  readonly tried: string[] = [];
  answer: KeyTest = {};
  /** What the console says; a test takes out what it expects. */
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
    this.world = await startDemoWorld({ dist, tryKey, withGateways: this.#withGateways });
    this.page = await browser.newPage();
    this.page.setDefaultTimeout(15_000);
    this.page.on("pageerror", ({ message }) => this.problems.push(message));
    this.page.on("console", (line) => line.type() === "error" && this.problems.push(line.text()));
    await this.page.goto(this.world.url);
  }

  async #close(): Promise<void> {
    await this.page.close();
    await this.world.close();
    // Requests that a test lets fail are told on the console by the browser itself.
    const own = this.problems.filter((text) => !text.startsWith("Failed to load resource"));
    expect(own).toEqual([]);
  }

  button(name: string | RegExp) {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  input() {
    return this.page.getByRole("textbox", { name: "Message to the bot" });
  }

  said(text: string | RegExp) {
    return this.page.getByRole("log").getByText(text);
  }

  async press(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.button(name).click();
  }

  async write(text: string): Promise<void> {
    await this.input().fill(text);
    await this.input().press("Enter");
  }

  /** Becomes somebody else. */
  async be(name: RegExp): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name }).click();
  }

  /** Presses Start and waits for the bot's question. */
  async begin(): Promise<void> {
    await this.press("Start");
    await this.said("Which one is the lemon?").waitFor();
  }
}
