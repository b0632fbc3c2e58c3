import { expect, test } from "vitest";
import { money } from "../../domain/money.ts";
import { moneyIn } from "../../texts/money.ts";

test.each([
  [29_950, "RUB", "299.50 ₽", "299,50 ₽"],
  [30_000, "RUB", "300 ₽", "300 ₽"],
  [1, "RUB", "0.01 ₽", "0,01 ₽"],
  [450, "USD", "$4.50", "4,50 $"],
  [500, "EUR", "€5", "5 €"],
  [-450, "USD", "−$4.50", "−4,50 $"],
  [1_500_000, "USDT", "1.5 USDT", "1,5 USDT"],
  [250, "XTR", "250 ⭐", "250 ⭐"],
] as const)("%d of %s is written %s, in Russian %s", (minor, currency, english, russian) => {
  const of = money(minor, currency);
  expect([moneyIn("en", of), moneyIn("ru", of)]).toEqual([english, russian]);
});
