import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Piece, pieces, safeHref, webHref } from "../../web/demo/entities.ts";

const bounds = { min: -3, max: 40 };
const entity = fc.record({
  type: fc.constantFrom("bold", "italic", "code", "new_kind"),
  offset: fc.integer(bounds),
  length: fc.integer(bounds),
});

const joined = (list: readonly Piece[]): string =>
  list.map((piece) => (piece.kind === "plain" ? piece.text : joined(piece.inside))).join("");

test("whatever the entities say, the pieces of a text are that text", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.array(entity, { maxLength: 8 }), (text, list) => {
      expect(joined(pieces(text, list))).toBe(text);
    }),
  );
});

test("an entity inside another is inside it on the screen, and one that starts with it too", () => {
  const bold = { type: "bold", offset: 0, length: 9 };
  const italic = { type: "italic", offset: 5, length: 4 };
  const [outer] = pieces("bold both!", [italic, bold]);
  expect(outer).toMatchObject({ entity: bold, text: "bold both" });
  expect(outer).toMatchObject({ inside: [{ text: "bold " }, { entity: italic, text: "both" }] });
  const [same] = pieces("bold both!", [bold, { ...italic, offset: 0, length: 9 }]);
  expect(same).toMatchObject({ entity: bold, inside: [{ text: "bold both", kind: "marked" }] });
});

const over = (type: string) => ({ type, offset: 0, length: 3 });

test("of entities over the same text the quote is outermost and code innermost", () => {
  const kinds = ["code", "bold", "expandable_blockquote"];
  fc.assert(
    fc.property(fc.shuffledSubarray(kinds, { minLength: 3 }), (order) => {
      expect(pieces("key", order.map(over))).toMatchObject([
        {
          entity: over("expandable_blockquote"),
          inside: [{ entity: over("bold"), inside: [{ entity: over("code") }] }],
        },
      ]);
    }),
  );
});

test("a link leads only where no code of its own can run in the page", () => {
  for (const link of [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,x",
    "vbscript:x",
  ]) {
    expect(safeHref(link)).toBeUndefined();
  }
  expect(safeHref("example.org/a")).toBe("https://example.org/a");
  expect(safeHref("tg://resolve?domain=x")).toBe("tg://resolve?domain=x");
  expect(safeHref("http://127.0.0.1:8000/")).toBe("http://127.0.0.1:8000/");
});

test("a button leads to a page of the web or nowhere", () => {
  expect(webHref("http://127.0.0.1:8082/pay/abc")).toBe("http://127.0.0.1:8082/pay/abc");
  expect(webHref("https://pay.example/1")).toBe("https://pay.example/1");
  for (const link of ["javascript:alert(1)", "data:text/html,x", "tg://user", "mailto:a@b.c", ""]) {
    expect(webHref(link)).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.string(), (link) => {
      expect(webHref(link) ?? "https:").toMatch(/^https?:/u);
    }),
  );
});
