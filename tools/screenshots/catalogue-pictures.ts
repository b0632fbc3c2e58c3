import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { createCatalogue } from "../texts/catalogue.ts";
import { catalogueHtml } from "../texts/catalogue-page.ts";

/** The parts of the catalogue that customers read, as its page links to them. */
const parts = ["start", "home", "access", "payments", "support"];

/** A phone's width, and as much of a part as one looks at. */
const size = { width: 390, height: 2_600 };

/**
 * Takes a picture of the beginning of each part in each language into `folder`.
 * @throws Error when the catalogue has no such part.
 */
export async function takeCataloguePictures(browser: Browser, folder: string): Promise<string[]> {
  const place = mkdtempSync(join(tmpdir(), "tollgate-texts-"));
  const file = join(place, "texts.html");
  writeFileSync(file, catalogueHtml(await createCatalogue(instant(new Date()))));
  const page = await browser.newPage({ viewport: size });
  const taken: string[] = [];
  for (const part of parts) {
    for (const language of languages) {
      await page.goto(`${pathToFileURL(file).href}?language=${language}`);
      const target = page.locator(`section#${part}`);
      const box = await target.boundingBox();
      if (box === null) throw new Error(`the catalogue has no part ${part}`);
      const clip = { x: 0, y: box.y, width: size.width, height: Math.min(size.height, box.height) };
      const picture = join(folder, `texts-${part}-${language}.png`);
      await page.screenshot({ path: picture, clip, fullPage: true });
      taken.push(picture);
    }
  }
  await page.close();
  rmSync(place, { recursive: true });
  return taken;
}
