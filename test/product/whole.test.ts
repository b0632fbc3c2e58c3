import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../tools/servers/chromium.ts";
import { noBrowser } from "../drivers/demo-fixture.ts";
import { Person } from "../drivers/person.ts";
import { up, useStarter } from "../drivers/starter.ts";

/** Long enough to try a key twice, short enough for a test to wait. */
const trialSeconds = 40;

async function switchTo(page: Page, person: RegExp): Promise<void> {
  await page.getByRole("button", { name: person }).first().click();
}

describe.skipIf(noBrowser !== undefined)(`npm start, used in a browser${noBrowser ?? ""}`, () => {
  const { place, start, processes } = useStarter();
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  const at = (name: string) => `http://127.0.0.1:${place.env[`${name}_PORT`]}`;

  test("a person becomes a customer, connects, and is off when the trial is over, over a restart of everything", async () => {
    const trial = { TRIAL_DAYS: String(trialSeconds / 86_400) };
    const first = start([], trial);
    await first.waitForOutput(up);
    const page = await browser.newPage({ viewport: { width: 1_200, height: 900 } });
    page.setDefaultTimeout(60_000);
    await page.goto(at("API"));
    const bob = new Person(at("TELEGRAM_EMULATOR"), 5001);
    await page.getByText("Press Start").first().waitFor();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const question = page.getByText(/Press the (\w+)\./u).last();
    await question.waitFor();
    await bob.answerCaptcha();
    await page.getByText(/(?:have|looking at) your request/u).waitFor();

    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    expect(processes()).toEqual([]);
    const second = start([], trial);
    await second.waitForOutput(up);

    await page.goto(at("API"));
    await switchTo(page, /Alice/u);
    await page.getByRole("button", { name: /Approve/u }).click();
    await page.getByText(/Approved by/u).waitFor();
    await switchTo(page, /Bob/u);
    await page.getByText(/Your key for/u).waitFor();
    await page.getByRole("button", { name: /Try this key/u }).click();
    await page.getByText(/Your address inside the tunnel is 10\.8\./u).waitFor();
    await page
      .frameLocator("iframe")
      .getByText(/You are connected/u)
      .waitFor();
    await page.keyboard.press("Escape");

    await page.getByText(/Your access has ended/u).waitFor();
    await page.getByRole("button", { name: /Try this key/u }).click();
    await page
      .getByText(/no handshake|did not answer|revoked/iu)
      .first()
      .waitFor();

    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    expect(processes()).toEqual([]);
  }, 240_000);
});
