// `npm run texts` writes every message, page and button of the product, in every language, into
// one page for the browser. See docs/texts.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { instant } from "../domain/time.ts";
import { projectRoot } from "./start/product-process.ts";
import { createCatalogue } from "./texts/catalogue.ts";
import { catalogueHtml } from "./texts/catalogue-page.ts";

const usage = "usage: npm run texts -- [--out FILE]";

/** Writes the page, by default to .tollgate/texts.html, and prints where it is. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const out = resolve(projectRoot, values.out ?? ".tollgate/texts.html");
  const entries = await createCatalogue(instant(new Date()));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, catalogueHtml(entries));
  console.log(`${entries.length} texts: ${out}`);
}

try {
  await main();
} catch (error) {
  console.error(`texts: ${(error as Error).message}\n${usage}`);
  process.exitCode = 1;
}
