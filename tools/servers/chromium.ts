import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Chromium is expected: `CHROMIUM_PATH`, or where systems install it. */
export const chromiumPath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Whether there is a Chromium. */
export const hasChromium = (): boolean => existsSync(chromiumPath);

const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"];

/** Launches a headless Chromium. */
export function openBrowser(): Promise<Browser> {
  const args = ["--headless", "--no-sandbox", "--no-first-run"];
  return chromium.launch({
    executablePath: chromiumPath,
    args: [...args, ...quiet.map((n) => `--disable-${n}`)],
  });
}
