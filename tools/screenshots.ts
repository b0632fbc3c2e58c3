// `npm run screenshots` plays what customers and admins do, in a browser on a demo that runs
// (`npm start`, with an empty data folder), and takes a picture of each scene, and of the texts'
// catalogue. See docs/screenshots.md.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "./start/product-process.ts";
import { takeCataloguePictures } from "./screenshots/catalogue-pictures.ts";
import { DemoPhone } from "./screenshots/demo-phone.ts";
import { scenes } from "./screenshots/scenes.ts";

const usage = "usage: npm run screenshots -- [--url URL] [--out FOLDER]";

const wideSize = { width: 1_200, height: 1_000 };

/** Takes all pictures, by default into docs/images, and prints the file of each. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: "string" }, out: { type: "string" } } });
  const folder = resolve(projectRoot, values.out ?? "docs/images");
  mkdirSync(join(folder, "scenes"), { recursive: true });
  const phone = await DemoPhone.open(values.url ?? "http://127.0.0.1:8000/");
  try {
    for (const [index, { name, play, wide }] of scenes.entries()) {
      const file = join(folder, "scenes", `${String(index + 1).padStart(2, "0")}-${name}.png`);
      await play(phone).catch(async (error: unknown) => {
        await phone.takePicture(join(folder, "failed.png"));
        throw new Error(`${name}: see failed.png in ${folder}`, { cause: error });
      });
      await phone.takePicture(file);
      if (wide !== undefined) await phone.takePicture(join(folder, wide), wideSize);
      console.log(file);
    }
    console.log((await takeCataloguePictures(phone.browser, folder)).join("\n"));
  } finally {
    await phone.close();
  }
  if (phone.problems.length > 0) throw new Error(phone.problems.join("\n"));
}

try {
  await main();
} catch (error) {
  console.error("screenshots:", error, `\n${usage}`);
  process.exitCode = 1;
}
