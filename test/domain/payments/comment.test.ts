import * as fc from "fast-check";
import { expect, test } from "vitest";
import { tidyComment } from "../../../domain/payments/comment.ts";

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
      fc.constantFrom("\u202E", "\u2067", "\u200B", "\n", "\u0000", "\u2028", "a", "🎫", " "),
      fc.constantFrom("x".repeat(400), "<b>", "[link](https://evil.example)"),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\p{Zl}\p{Zp}]/u;

test("a comment is one line of at most 300 characters that can be seen, or undefined", () =>
  fc.assert(
    fc.property(hostile, (text) => {
      const comment = tidyComment(text);
      if (comment === undefined) return;
      expect(comment).not.toMatch(unseen);
      expect(comment.trim()).not.toBe("");
      expect(Array.from(comment).length).toBeLessThanOrEqual(300);
      expect(tidyComment(comment)).toBe(comment);
    }),
  ));

test.each([undefined, "", " \n\u0000\u202E\u200B "])("of %j nothing is left", (text) => {
  expect(tidyComment(text)).toBeUndefined();
});

test("words stay as they are written, markup too", () => {
  const text = "VPN <b>для</b> Анны & 👩‍🚀 [x](https://evil.example)";
  expect(tidyComment(` ${text}\n`)).toBe(text.replace("\u200D", ""));
});
