import { beforeAll, expect, test } from "vitest";
import { languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { createCatalogue } from "../../tools/texts/catalogue.ts";
import {
  type CatalogueEntry,
  type ShownMessage,
  visibleText,
} from "../../tools/texts/catalogue-entry.ts";

/** What a phone of 390 pixels shows at once: characters in a line, lines, rows of buttons. */
const screen = { characters: 40, lines: 23, rows: 12 } as const;

let entries: readonly CatalogueEntry[] = [];

beforeAll(async () => {
  entries = await createCatalogue(instant("2026-11-28T10:00:00Z"), () => undefined);
});

const linesOf = (text: string): number =>
  text
    .split("\n")
    .map((line) => Math.max(1, Math.ceil(Array.from(line).length / screen.characters)))
    .reduce((sum, count) => sum + count, 0);

const ofAdmins = () => entries.filter(({ section }) => section.startsWith("admin"));

const problemsIn = (find: (shown: ShownMessage) => number, most: number): readonly string[] =>
  ofAdmins().flatMap(({ name, shown }) =>
    languages.flatMap((language) =>
      shown[language]
        .map((one) => find(one))
        .filter((count) => count > most)
        .map((count) => `${name} (${language}): ${count}`),
    ),
  );

test("whatever an admin reads fits the screen of a phone", () => {
  expect(ofAdmins().length).toBeGreaterThan(100);
  expect(problemsIn(({ html }) => linesOf(visibleText(html)), screen.lines)).toEqual([]);
});

test("the buttons of an admin's page fit the screen of a phone", () => {
  expect(problemsIn(({ buttons }) => buttons.length, screen.rows)).toEqual([]);
});
