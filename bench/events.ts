// Counts the events of each recorded history: npm run bench:events
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../test/histories");
const newest = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
  .at(-1);
if (newest === undefined) throw new Error("there are no recorded histories");
for (const file of readdirSync(join(folder, newest))) {
  const { events } = JSON.parse(readFileSync(join(folder, newest, file), "utf8")) as {
    events: unknown[];
  };
  console.log(
    `${file.replace(/\.json$/u, "").padEnd(22)} ${String(events.length).padStart(4)} events`,
  );
}
