import * as fc from "fast-check";
import { expect, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import {
  type Customer,
  displayName,
  isKnownAs,
  namesOf,
  tidyName,
} from "../../../domain/people/customer.ts";

const hidden = ["\u200B", "\u200D", "\u2060", "\u202E", "\u2067", "\u061C", "\u00AD", "\uFEFF"];
const blanks = ["\u3164", "\u115F", "\u2800", "\uFE0F", "\u034F", "\u{E0041}", "\u{1D173}"];
const character = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
  fc.constantFrom(...hidden, ...blanks, "\n", "\u0000", "\u2028", "a", "é", "👩‍🚀", " "),
);
const words = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(""));

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\p{Zl}\p{Zp}]/u;

test("a name has no invisible characters and none that change the text's direction", () =>
  fc.assert(
    fc.property(words, words, (firstName, lastName) => {
      const name = displayName({ firstName, lastName });
      expect(name).not.toMatch(unseen);
      expect(name.trim()).not.toBe("");
      expect(Array.from(name).length).toBeLessThanOrEqual(128);
    }),
  ));

test("a name of invisible characters only is not empty", () => {
  for (const nothing of [...hidden, ...blanks, "", " \n\u0000"]) {
    expect(tidyName(nothing.repeat(3), "—")).toBe("—");
  }
});

test("a tidy name stays as it is", () =>
  fc.assert(
    fc.property(words, (text) => {
      const tidy = tidyName(text, "—");
      expect(tidyName(tidy, "—")).toBe(tidy);
    }),
  ));

const profile = fc.record({
  telegramId: fc.constant(telegramId(5)),
  firstName: words,
  lastName: fc.option(words, { nil: undefined }),
  username: fc.option(fc.oneof(words, fc.constantFrom("bob_1", "Bob_1")), { nil: undefined }),
});

test("a customer stored with a profile's names is known by them, and by no others", () =>
  fc.assert(
    fc.property(profile, profile, (one, other) => {
      const { firstName, lastName, username } = namesOf(one as never);
      const kept = { firstName, lastName: lastName ?? undefined, username: username ?? undefined };
      expect(isKnownAs(kept as Customer, one as never)).toBe(true);
      const isSame =
        JSON.stringify(namesOf(one as never)) === JSON.stringify(namesOf(other as never));
      expect(isKnownAs(kept as Customer, other as never)).toBe(isSame);
    }),
  ));
