import { expect, test } from "vitest";
import { instant } from "../../domain/time.ts";
import { bytesIn, momentIn } from "../../texts/index.ts";

test("bytes are written in a unit that a person would use, as their language does", () => {
  expect(bytesIn("en", 0)).toBe("0 B");
  expect(bytesIn("en", 1_536)).toBe("1.5 KB");
  expect(bytesIn("ru", 1_536)).toBe("1,5 КБ");
  expect(bytesIn("en", 3 * 1024 ** 3)).toBe("3 GB");
  expect(bytesIn("en", 5_000 * 1024 ** 4)).toBe("5,000 TB");
});

test("a moment is written with its year and time zone", () => {
  const at = instant("2031-02-03T04:05:06.000Z");
  expect(momentIn("en", at)).toBe("3 Feb 2031, 04:05 UTC");
  expect(momentIn("ru", at)).toMatch(/^3 февр\. 2031 г\., 04:05 UTC$/u);
});
