import * as fc from "fast-check";
import { expect, test } from "vitest";
import { languages } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";

const en = textsIn("en").payments.purchase;
const ru = textsIn("ru").payments.purchase;
const second = 1 / 86_400;
const conversion = (left: number, becomes: number) => ({ left, from: "A", becomes, to: "B" });

test("days are whole where a person reads them, and nobody is promised more than they get", () =>
  fc.assert(
    fc.property(fc.double({ min: 1, max: 4_000, noNaN: true }), (days) => {
      for (const language of languages) {
        const { given, taken } = textsIn(language).payments.moment;
        for (const text of [given(days, "X"), taken(days, "X")]) {
          const number = /[\d\s,.]*\d/u.exec(text)?.[0].replaceAll(/[\s,]/gu, "") ?? "";
          expect(number).toMatch(/^\d+$/u);
          // A day that lacks up to an hour is written as a day.
          expect(Number(number)).toBeLessThanOrEqual(days + 1 / 24);
          expect(Number(number)).toBeGreaterThan(days - 1);
        }
      }
    }),
  ));

test("fractional days are written as about a number, below one as less than a day", () => {
  expect(en.timeConverted(conversion(30 - 20 * second, 7.5))).toBe(
    "Your remaining time on A (30 days) becomes about 7 days on B.",
  );
  expect(en.timeConverted(conversion(1.2, 0.6))).toBe(
    "Your remaining time on A (about 1 day) becomes less than a day on B.",
  );
  expect(en.timeConverted(conversion(0.3, 1))).toBe(
    "Your remaining time on A (less than a day) becomes 1 day on B.",
  );
});

const converted = (left: number, becomes: number) => ru.timeConverted(conversion(left, becomes));

test("Russian days have the form that belongs to their number", () => {
  expect(converted(21, 7.5)).toBe(
    "Остаток тарифа «A», 21 день, превратится примерно в 7 дней тарифа «B».",
  );
  expect(converted(22.4, 1.5)).toBe(
    "Остаток тарифа «A», примерно 22 дня, превратится примерно в 1 день тарифа «B».",
  );
  expect(converted(11, 0.5)).toBe(
    "Остаток тарифа «A», 11 дней, превратится меньше чем в день тарифа «B».",
  );
  expect(converted(0.5, 3)).toBe("Остаток тарифа «A», меньше дня, превратится в 3 дня тарифа «B».");
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

test("English has the singular for one thing and the plural for more", () => {
  const { access, people } = textsIn("en");
  expect(people.act.extendBy(1)).toBe("➕ 1 day");
  expect(people.act.extendBy(30)).toBe("➕ 30 days");
  expect(people.captcha.failed(1)).toMatch(/in 1 minute\.$/u);
  expect(people.captcha.failed(15)).toMatch(/in 15 minutes\.$/u);
  expect(access.device.limit(1)).toMatch(/can have 1 device:/u);
  expect(people.approval.reminder("x", 1)).toMatch(/for 1 hour\.$/u);
});
