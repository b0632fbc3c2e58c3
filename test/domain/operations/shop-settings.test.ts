import * as fc from "fast-check";
import { expect, test } from "vitest";
import { currencies, money } from "../../../domain/money.ts";
import {
  builtInValue,
  byCurrency,
  longestPage,
  longestShopName,
  parseSetting,
  settingKeys,
  shopSettingsFrom,
  textFor,
  trialOfDays,
  usualShopSettings,
} from "../../../domain/operations/shop-settings.ts";
import { dayMs, hourMs } from "../../../domain/time.ts";
import { anyName } from "../../texts/drawn-words.ts";

const anyKey = fc.constantFrom(...settingKeys);
const anyText = fc.oneof(
  anyName,
  fc.string({ unit: "binary" }),
  fc.constantFrom("off", "ON", "-", "", "7", "3 days", "12 часов", "rub, xtr", "europe/moscow"),
);

test("a value that is accepted is accepted again as it was stored", () =>
  fc.assert(
    fc.property(anyKey, anyText, (key, text) => {
      const stored = parseSetting(key, text);
      const again = stored === undefined ? undefined : parseSetting(key, stored);
      expect(again).toBe(stored);
    }),
    { numRuns: 1_000 },
  ));

test("whatever is stored, the settings are usable, and nonsense counts as absent", () =>
  fc.assert(
    fc.property(fc.dictionary(anyKey, anyText), (layer) => {
      const shop = shopSettingsFrom([layer]);
      expect(shop.name).not.toBe("");
      expect(() => new Intl.DateTimeFormat("en", { timeZone: shop.zone })).not.toThrow();
      expect(shop.trial.ms).toBeGreaterThanOrEqual(0);
      for (const key of settingKeys) {
        if (parseSetting(key, layer[key] ?? "\u0000") !== undefined) continue;
        const { [key]: _left, ...others } = layer;
        expect(shopSettingsFrom([others])).toEqual(shop);
      }
    }),
  ));

test("what is built in is valid", () => {
  for (const key of settingKeys)
    expect(parseSetting(key, builtInValue(key))).toBe(builtInValue(key));
});

test("an earlier layer goes before a later one, and both before what is built in", () => {
  const byAdmin = { name: "Fast VPN", trial: "off" };
  const byEnvironment = { name: "Other", support: "@help" };
  expect(shopSettingsFrom([byAdmin, byEnvironment])).toEqual({
    ...usualShopSettings,
    name: "Fast VPN",
    support: "@help",
    trial: { ms: 0, deviceLimit: undefined },
  });
});

test.each([
  ["trial", "3 days", "3d"],
  ["trial", "5", "5d"],
  ["trial", "12 часов", "12h"],
  ["trial", "1 день", "1d"],
  ["trial", "0", "off"],
  ["zone", "europe/moscow", "Europe/Moscow"],
  ["zone", "+03:00", "+03:00"],
  ["currencies", "rub, xtr usdt", "RUB,XTR,USDT"],
  ["currencies", "off", ""],
  ["summary-hour", "09:00", "9"],
  ["summary-hour", "off", "off"],
  ["support", "off", ""],
  ["support", "no", ""],
  ["support", "0", "0"],
  ["summary-hour", "0", "0"],
  ["trial", "0", "off"],
  ["terms-en", "None", ""],
  ["maintenance", "ON", "on"],
  ["trial-devices", "plan", "plan"],
  ["channels", "off", ""],
  ["channels", "@my_news, https://t.me/my_club", "@my_news\n@my_club"],
  ["name", "  Fast\n VPN ", "Fast VPN"],
  ["terms-en", "One.\r\nTwo.", "One.\nTwo."],
] as const)("%s takes %j as %j", (key, text, stored) => {
  expect(parseSetting(key, text)).toBe(stored);
});

test.each([
  ["trial", "1 month"],
  ["trial", "1 месяц"],
  ["trial", "99999"],
  ["trial", "-1"],
  ["zone", "Moscow time"],
  ["currencies", "RUB RUB"],
  ["currencies", "BTC"],
  ["summary-hour", "24"],
  ["maintenance", "perhaps"],
  ["sale-notices", "weekly"],
  ["trial-devices", "0"],
  ["trial-devices", "101"],
  ["channels", "my news"],
  ["name", ""],
  ["name", "x".repeat(longestShopName + 1)],
  ["terms-ru", "x".repeat(longestPage + 1)],
] as const)("%s does not take %j", (key, text) => {
  expect(parseSetting(key, text)).toBeUndefined();
});

test("a trial of days that need not be whole lasts as long", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_660 * 24 }), (hours) => {
      const { trial } = shopSettingsFrom([{ trial: trialOfDays(hours / 24) }]);
      expect(trial.ms).toBe(hours * hourMs);
    }),
  ));

test("a trial of a moment is not none", () => {
  expect(shopSettingsFrom([{ trial: trialOfDays(1 / dayMs) }]).trial.ms).toBeGreaterThan(0);
});

test("prices keep their order but for the currencies that the shop puts first", () =>
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...currencies)),
      fc.array(fc.constantFrom(...currencies)),
      (order, drawn) => {
        const prices = drawn.map((currency, place) => money(place, currency));
        const sorted = byCurrency(prices, order, ({ currency }) => currency);
        expect(sorted.toSorted((a, b) => a.minor - b.minor)).toEqual(prices);
        const places = sorted.map(({ currency }) => order.indexOf(currency));
        const known = places.filter((place) => place >= 0);
        expect(places.slice(0, known.length)).toEqual(known.toSorted((a, b) => a - b));
        const others = sorted.slice(known.length).map(({ minor }) => minor);
        expect(others).toEqual(others.toSorted((a, b) => a - b));
      },
    ),
  ));

test("a text that is there in one language only is shown in the other, too", () => {
  expect(textFor({ en: "Hello", ru: "" }, "ru")).toBe("Hello");
  expect(textFor({ en: "Hello", ru: "Привет" }, "ru")).toBe("Привет");
  expect(textFor({ en: "", ru: "" }, "en")).toBeUndefined();
});
