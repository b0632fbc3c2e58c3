import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutants } from "./mutants.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

test("there are at least 25 deliberate bugs, each another one", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(25);
  const changes = mutants.map(({ file, find, replace }) => JSON.stringify([file, find, replace]));
  expect(new Set(changes).size).toBe(mutants.length);
});

test.each(mutants)(
  "the bug can be put in, and its test exists: $what",
  ({ file, find, test: by }) => {
    expect(read(file).split(find)).toHaveLength(2);
    // A test that runs for several inputs has the input in its name.
    const [name = ""] = by.name.split(": an order's id");
    expect(read(by.file)).toContain(name);
  },
);
