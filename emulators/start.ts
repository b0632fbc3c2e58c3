// `npm start -w emulators -- telegram [--data <file>]`: one emulator alone, until Ctrl-C. Several
// with commas between their names share one process, for the memory of one.
import { globSync } from "node:fs";

const known = globSync("*/main.ts", { cwd: import.meta.dirname })
  .map((file) => file.replaceAll("\\", "/").replace("/main.ts", ""))
  .toSorted();

const [list = ""] = process.argv.splice(2, 1);
const names = list.split(",");
if (names.every((name) => known.includes(name))) {
  for (const name of names) await import(`./${name}/main.ts`);
} else {
  process.stderr.write(`Which emulator? One of ${known.join(", ")}; docs/emulators.md.\n`);
  process.exitCode = 1;
}
