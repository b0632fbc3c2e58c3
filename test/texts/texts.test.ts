import { expect, test } from "vitest";
import { pictureNames } from "../../domain/captcha.ts";
import { languages } from "../../domain/customer.ts";
import { instant } from "../../domain/time.ts";
import { bytesIn, momentIn, textsIn } from "../../texts/index.ts";

const isBranch = (node: unknown): node is object =>
  typeof node === "object" && node !== null && !Array.isArray(node);

/** Each key with what kind of text stands there, at any depth. */
function shapeOf(node: object, path = ""): string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (isBranch(value)) return shapeOf(value, `${path}${key}.`);
    const kind = Array.isArray(value) ? `list of ${value.length}` : typeof value;
    const takes = typeof value === "function" ? ` of ${value.length}` : "";
    return [`${path}${key}: ${kind}${takes}`];
  });
}

test("every language has every text, of the same kind", () => {
  const [first, ...others] = languages.map((language) => shapeOf(textsIn(language)).toSorted());
  for (const other of others) expect(other).toEqual(first);
});

test("no text stands in another language unchanged, but for names", () => {
  const flat = (node: object, path = ""): [string, string][] =>
    Object.entries(node).flatMap(([key, value]: [string, unknown]): [string, string][] => {
      if (isBranch(value)) return flat(value, `${path}${key}.`);
      return typeof value === "string" ? [[`${path}${key}`, value]] : [];
    });
  const russian = new Map(flat(textsIn("ru")));
  const same = flat(textsIn("en")).filter(([key, text]) => russian.get(key) === text);
  expect(same).toEqual([]);
});

test("every picture has a name in every language, and no two the same", () => {
  for (const language of languages) {
    const names = pictureNames.map((picture) => textsIn(language).people.pictures[picture]);
    expect(new Set(names).size).toBe(pictureNames.length);
  }
});

test.each([
  [1, "день"],
  [2, "дня"],
  [4, "дня"],
  [5, "дней"],
  [11, "дней"],
  [12, "дней"],
  [14, "дней"],
  [20, "дней"],
  [21, "день"],
  [22, "дня"],
  [25, "дней"],
  [100, "дней"],
  [101, "день"],
  [111, "дней"],
  [112, "дней"],
  [121, "день"],
  [0.5, "дня"],
])("%s in Russian is %s", (n, word) => {
  expect(textsIn("ru").people.act.extendBy(n)).toBe(`➕ ${n.toLocaleString("ru")} ${word}`);
});

test("English says one of one thing and many of more", () => {
  const { access, people } = textsIn("en");
  expect(people.act.extendBy(1)).toBe("➕ 1 day");
  expect(people.act.extendBy(30)).toBe("➕ 30 days");
  expect(people.captcha.failed(1)).toMatch(/in 1 minute\.$/u);
  expect(people.captcha.failed(15)).toMatch(/in 15 minutes\.$/u);
  expect(access.device.limit(1)).toMatch(/have 1 device,/u);
  expect(people.approval.reminder("x", 1)).toMatch(/for 1 hour\.$/u);
});

test("bytes are told in a unit a person would use, in their own way of writing", () => {
  expect(bytesIn("en", 0)).toBe("0 B");
  expect(bytesIn("en", 1_536)).toBe("1.5 KB");
  expect(bytesIn("ru", 1_536)).toBe("1,5 КБ");
  expect(bytesIn("en", 3 * 1024 ** 3)).toBe("3 GB");
  expect(bytesIn("en", 5_000 * 1024 ** 4)).toBe("5,000 TB");
});

test("a moment is told with its year and its zone", () => {
  const at = instant("2031-02-03T04:05:06.000Z");
  expect(momentIn("en", at)).toBe("3 Feb 2031, 04:05 UTC");
  expect(momentIn("ru", at)).toMatch(/^3 февр\. 2031 г\., 04:05 UTC$/u);
});

test("what a button's answer says fits the 200 characters that Telegram allows it", () => {
  for (const language of languages) {
    const { access, messaging, people } = textsIn(language);
    const { working, pressStart, notYours, tooFast, failed, delayed } = messaging.answer;
    const { taken, alreadyDecided } = people.approval;
    const { alreadyDone, onAdmin, noCustomer } = people.act;
    const answers = [
      ...[working, pressStart, notYours, tooFast, failed, delayed],
      ...[taken, alreadyDecided, alreadyDone, onAdmin, noCustomer],
      ...[access.subscription.notActive, access.device.unknown, people.captcha.over],
    ];
    for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(200);
  }
});
