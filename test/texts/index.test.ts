import { expect, test } from "vitest";
import type { Language } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import { bytesIn, dayIn, momentIn } from "../../texts/index.ts";

test("bytes are written in a unit that a person would use, as their language does", () => {
  expect(bytesIn("en", 0)).toBe("0 B");
  expect(bytesIn("en", 1_536)).toBe("1.5 KB");
  expect(bytesIn("ru", 1_536)).toBe("1,5 КБ");
  expect(bytesIn("en", 3 * 1024 ** 3)).toBe("3 GB");
  expect(bytesIn("en", 5_000 * 1024 ** 4)).toBe("5,000 TB");
});

test("a moment is written with its year and time zone", () => {
  const at = instant("2031-02-03T04:05:06.000Z");
  const write = (language: Language, zone: string) => momentIn({ language, zone }, at);
  expect(write("en", "UTC")).toBe("3 February 2031, 04:05 UTC");
  expect(write("ru", "UTC")).toMatch(/^3 февраля 2031, 04:05 UTC$/u);
  expect(write("en", "Europe/Moscow")).toBe("3 February 2031, 07:05 GMT+3");
  expect(write("ru", "Europe/Moscow")).toMatch(/^3 февраля 2031, 07:05 GMT\+3$/u);
  expect(write("en", "America/New_York")).toBe("2 February 2031, 23:05 GMT-5");
});

test("a day is that of the shop's zone, and has a time where it is today", () => {
  const now = instant("2031-01-03T22:30:00.000Z");
  const day = (zone: string, at: string) => dayIn({ language: "en", zone }, instant(at), now);
  expect(day("UTC", "2031-01-03T23:30:00.000Z")).toBe("3 January 2031, 23:30 UTC");
  expect(day("UTC", "2031-01-04T00:30:00.000Z")).toBe("4 January");
  // In Moscow it is the fourth already.
  expect(day("Europe/Moscow", "2031-01-04T00:30:00.000Z")).toBe("4 January 2031, 03:30 GMT+3");
  expect(day("Europe/Moscow", "2031-01-04T21:30:00.000Z")).toBe("5 January");
  expect(day("Europe/Moscow", "2031-12-31T21:30:00.000Z")).toBe("1 January 2032");
});
