import * as fc from "fast-check";
import { currencies, money } from "../../domain/money.ts";
import { languages, tidyName } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";

/** A name that a person may have: markup, right-to-left text, emoji, anything. */
export const anyName = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 130 }),
    fc.string({ unit: "binary", maxLength: 130 }),
    fc.constantFrom(
      "</b><script>",
      "&&&amp;<",
      "\u202E\u2067مرحبا",
      "👩‍👩‍👧‍👦".repeat(30),
      "<".repeat(130),
      "{{x}}${y}",
    ),
  )
  .map((name) => tidyName(name, "—"));

/** Such a name, cut to a form's limit. */
export const nameOf = (mostCharacters: number): fc.Arbitrary<string> =>
  anyName.map((name) => Array.from(name).slice(0, mostCharacters).join(""));

/** Any moment of this product's lifetime. */
export const anyMoment = fc
  .date({ min: new Date(0), max: new Date("2099-01-01"), noInvalidDate: true })
  .map((date) => instant(date));

/** Any amount that can be counted, in any currency. */
export const anyAmount = fc
  .tuple(fc.nat(Number.MAX_SAFE_INTEGER), fc.constantFrom(...currencies))
  .map(([minor, currency]) => money(minor, currency));

/** A gateway with a name in the texts, or one without. */
export const anyGateway = fc.constantFrom("stars", "tbank", "anything-else");

export const anyLanguage = fc.constantFrom(...languages);
