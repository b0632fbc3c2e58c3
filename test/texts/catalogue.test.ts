import { beforeAll, expect, test } from "vitest";
import * as botButtons from "../../bot/buttons.ts";
import * as hostButtons from "../../bot/host-buttons.ts";
import * as shopButtons from "../../bot/shop-buttons.ts";
import { adminCommands, customerCommands } from "../../bot/bot.ts";
import * as sentButtons from "../../domain/messaging/buttons.ts";
import { languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { textsIn } from "../../texts/index.ts";
import { createCatalogue } from "../../tools/texts/catalogue.ts";
import {
  type CatalogueEntry,
  isForAdmins,
  longestButton,
  mostCharactersOf,
  type ShownMessage,
  visibleText,
} from "../../tools/texts/catalogue-entry.ts";
import { catalogueHtml } from "../../tools/texts/catalogue-page.ts";
import { retiredInTexts } from "../retired-words.ts";

const now = instant("2026-11-28T10:00:00Z");
let entries: readonly CatalogueEntry[] = [];
let done: readonly string[] = [];

beforeAll(async () => {
  const all = new Set<string>();
  entries = await createCatalogue(now, (data) => void all.add(data));
  done = [...all];
});

const shownOf = (entry: CatalogueEntry): readonly ShownMessage[] =>
  languages.flatMap((language) => entry.shown[language]);

const problemsIn = (find: (entry: CatalogueEntry, shown: ShownMessage) => readonly string[]) =>
  entries.flatMap((entry) =>
    shownOf(entry).flatMap((shown) => find(entry, shown).map((what) => `${entry.name}: ${what}`)),
  );

/** Every kind of button, by its name in the code. */
const kinds = Object.entries({
  ...botButtons,
  ...hostButtons,
  ...shopButtons,
  ...sentButtons,
}).flatMap(([name, value]) => {
  const all: object[] = "pattern" in value ? [value] : Object.values(value as object);
  return all.flatMap((one) =>
    "pattern" in one && "data" in one ? [{ name, pattern: one.pattern as RegExp }] : [],
  );
});

test("every button of the bot is pressed for the catalogue", () => {
  expect(kinds.length).toBeGreaterThan(50);
  const missing = kinds.filter(({ pattern }) => !done.some((data) => pattern.test(data)));
  expect(missing).toEqual([]);
});

test("every command has its entry", () => {
  const menu = entries.find(({ name }) => name === "menu of commands");
  for (const command of [...customerCommands, ...adminCommands]) {
    expect(menu?.shown.en[0]?.html).toContain(`/${command}: `);
  }
  const written = done.map((one) => one.split(" ")[0]);
  for (const command of adminCommands) expect(written).toContain(`/${command}`);
});

test("a button has at most thirty characters, in each language", () => {
  expect(
    problemsIn((_, { buttons }) =>
      buttons
        .flat()
        .map(({ text }) => text)
        .filter((text) => Array.from(text).length > longestButton),
    ),
  ).toEqual([]);
});

test("no text is longer than Telegram takes", () => {
  expect(
    problemsIn((_, shown) =>
      visibleText(shown.html).length > mostCharactersOf(shown) ? [shown.html] : [],
    ),
  ).toEqual([]);
});

test("no text has a retired phrase, a word of programs, or a value that is missing", () => {
  const broken = /undefined|NaN|\[object|\bnull\b/u;
  expect(
    problemsIn((_, { html }) =>
      [broken, ...retiredInTexts].filter((one) => one.test(html)).map(String),
    ),
  ).toEqual([]);
});

/** The text without the commands that help shows the shop's people. */
const forCustomers = (html: string): string =>
  languages
    .map((one) => textsIn(one).messaging.help)
    .flatMap(({ admin, staff }) => [admin, staff])
    .reduce((rest, commands) => rest.replace(commands, ""), html);

/** What the code calls things, and no customer does. */
const wordsOfAdmins =
  /\b(?:workflow|gateway|reference|payload|peer|host|signup|operator|ADMIN_IDS)s?\b|шлюз|пир(?:ов|ы)?\b|оператор(?!а связи)/iu;

test("no customer reads a word of administrators", () => {
  expect(
    problemsIn(({ section }, { html }) => {
      const found = isForAdmins(section)
        ? undefined
        : wordsOfAdmins.exec(visibleText(forCustomers(html)))?.[0];
      return found === undefined ? [] : [found];
    }),
  ).toEqual([]);
});

test("no sentence to customers has a command: buttons have names", () => {
  const command = new RegExp(
    `(?<![\\w/.:])/(?:${[...customerCommands, ...adminCommands].join("|")})\\b`,
    "u",
  );
  expect(
    problemsIn(({ section, name }, { html, manner }) => {
      if (isForAdmins(section) || name === "menu of commands" || manner === "field") return [];
      return command.exec(forCustomers(html)) ?? [];
    }),
  ).toEqual([]);
});

/** Refusals that must be read: nothing else opens a window that has to be closed. */
const alerts = languages.flatMap((language) => {
  const { access, messaging, payments, people } = textsIn(language);
  return [
    access.device.unknown,
    messaging.answer.notYours,
    messaging.answer.notYourRole,
    messaging.answer.pressStart,
    messaging.answer.delayed,
    messaging.answer.failed,
    messaging.tickets.notFound,
    people.act.noCustomer,
    people.act.onAdmin,
    people.act.undone,
    people.act.tooLate,
    people.approval.listGone,
    payments.payment.none,
    payments.refundNotOpened.nothingLeft,
    payments.refundNotOpened.noPayment,
    payments.refundNotOpened.underWay,
    payments.unmatchedResolved.notOpen,
    ...Object.values(payments.checkout),
  ];
});

test("only a refusal that must be read is an alert", () => {
  const shown = problemsIn((_, { manner, html }) => (manner === "alert" ? [html] : []));
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.filter((one) => !alerts.some((text) => one.endsWith(text)))).toEqual([]);
});

test("the page shows each entry in each language, and marks what is too long", () => {
  const html = catalogueHtml(entries);
  expect(html.match(/<article>/gu)).toHaveLength(entries.length);
  expect(html.match(/data-language="ru"/gu)?.length).toBeGreaterThanOrEqual(entries.length);
  expect(html.includes('class="button long')).toBe(false);
  const [first] = entries;
  const long = {
    manner: "message",
    html: "x",
    buttons: [[{ text: "y".repeat(31), isLink: false }]],
  };
  const shown = { en: [long], ru: [long] } as unknown as CatalogueEntry["shown"];
  expect(catalogueHtml([{ ...first!, shown }]).includes('class="button long')).toBe(true);
});
