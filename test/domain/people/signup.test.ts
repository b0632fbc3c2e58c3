import * as fc from "fast-check";
import { expect, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import {
  captchaRules,
  drawChallenge,
  firstChallenge,
  judge,
  pictureNames,
} from "../../../domain/people/captcha.ts";
import { languageOf, referrerOf, tidyName } from "../../../domain/people/customer.ts";

/** Numbers in [0, 1), like a workflow's `Math.random`. */
const random = fc.infiniteStream(fc.double({ min: 0, max: 0.999_999_999, noNaN: true }));

test("a challenge has six different pictures, and the wanted one is among them", () =>
  fc.assert(
    fc.property(random, fc.integer({ min: 1, max: 3 }), (numbers, round) => {
      const draw = () => numbers.next().value ?? 0;
      const { options, wanted } = drawChallenge(round, draw);
      expect(new Set(options).size).toBe(captchaRules.options);
      expect(options).toContain(wanted);
    }),
  ));

test("a person's first question is always the same, and over many persons each picture is wanted", () => {
  const ids = Array.from({ length: 500 }, (_, index) => telegramId(1 + index * 7_919));
  for (const id of ids) expect(firstChallenge(id)).toEqual(firstChallenge(id));
  const drawn = ids.map(firstChallenge);
  for (const { options } of drawn) expect(new Set(options).size).toBe(captchaRules.options);
  expect(new Set(drawn.map(({ wanted }) => wanted))).toEqual(new Set(pictureNames));
  expect(new Set(drawn.map(({ options }) => options.join())).size).toBeGreaterThan(450);
});

test("only an answer to this round counts; a wrong one costs a try and a longer pause", () =>
  fc.assert(
    fc.property(random, fc.integer({ min: 1, max: 3 }), fc.string(), (numbers, round, choice) => {
      const challenge = drawChallenge(round, () => numbers.next().value ?? 0);
      expect(judge(challenge, round + 1, challenge.wanted)).toBeUndefined();
      expect(judge(challenge, round, challenge.wanted)).toEqual({ kind: "right" });
      const wrong = choice === challenge.wanted ? `${choice}!` : choice;
      const expected =
        round === captchaRules.tries
          ? { kind: "failed" }
          : { kind: "wrong", pauseMs: captchaRules.pausesMs[round - 1] };
      expect(judge(challenge, round, wrong)).toEqual(expected);
    }),
  ));

test("pauses grow", () => {
  const pauses: number[] = [...captchaRules.pausesMs, captchaRules.cooldownMs];
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(captchaRules.pausesMs).toHaveLength(captchaRules.tries - 1);
});

test("a tidied name is one line, never empty, at most 128 characters, and tidy already", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const tidy = tidyName(name, "x");
      expect(tidy.length).toBeGreaterThan(0);
      expect(Array.from(tidy).length).toBeLessThanOrEqual(128);
      expect(tidy).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      expect(tidyName(tidy, "x")).toBe(tidy);
    }),
  ));

test("only ref_<id> of somebody else names an inviter; other texts do not", () => {
  const self = telegramId(5001);
  expect(referrerOf("ref_77", self)).toBe(77);
  expect(referrerOf("ref77", self)).toBe(77);
  expect(referrerOf("ref_5001", self)).toBeUndefined();
  expect(referrerOf("ref_0", self)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (rubbish) => {
      fc.pre(!/^ref_?\d{1,15}$/u.test(rubbish));
      expect(referrerOf(rubbish, self)).toBeUndefined();
    }),
  );
});

test("a language is recognised by the first part of its tag; other languages become English", () => {
  expect(["ru", "ru-RU", "RU", "en-US", "uk", "", undefined].map(languageOf)).toEqual([
    "ru",
    "ru",
    "ru",
    "en",
    "en",
    "en",
    "en",
  ]);
});
