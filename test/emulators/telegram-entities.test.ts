import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { format } from "../../emulators/telegram/formatting.ts";

const html = (text: string) => format({ text, parseMode: "HTML" });
const markdown = (text: string) => format({ text, parseMode: "MarkdownV2" });
const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const escapedMarkdown = (text: string) =>
  text.replaceAll(/[_*[\]()~`>#+\-=|{}.!\\]/gu, String.raw`\$&`);

describe("HTML", () => {
  test("escaped text comes out as it was written, without the space around it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(html(escapeHtml(text)).text).toBe(text.trim());
      }),
    );
  });

  test("each tag marks exactly the text inside it, counted in UTF-16 units", () => {
    const word = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => text.trim() === text);
    const tag = fc.constantFrom("b", "i", "u", "s", "code");
    const types = { b: "bold", i: "italic", u: "underline", s: "strikethrough", code: "code" };
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, word), { minLength: 1, maxLength: 5 }), (parts) => {
        const source = parts
          .map(([name, text]) => `<${name}>${escapeHtml(text)}</${name}>`)
          .join("|");
        const { text, entities } = html(source);
        const marked = entities.filter(({ type }) => Object.values(types).includes(type));
        expect(
          marked.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]),
        ).toEqual(parts.map(([name, words]) => [types[name], words]));
      }),
    );
  });

  test.for([
    ["<b>x", `Can't find end tag corresponding to start tag "b"`],
    ["<x>y</x>", 'Unsupported start tag "x" at byte offset 0'],
    ["é<b>x</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'],
    ["</b>", "Unexpected end tag at byte offset 0"],
    ["a < b", 'Unsupported start tag "" at byte offset 2'],
    ["a <b", "Unclosed start tag at byte offset 2"],
    [
      "<a href>x</a>",
      'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
    ],
    ['<a href="x>', "Unclosed start tag at byte offset 0"],
    ["<b>x</b", "Unclosed end tag at byte offset 4"],
    ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])("%s is refused as Telegram words it", ([source = "", words]) => {
    expect(() => html(source)).toThrow(`Bad Request: can't parse entities: ${words}`);
  });

  test("links, mentions, code blocks, quotes and spoilers become their entities", () => {
    const source =
      '<a href="https://example.org/?a=1&amp;b=2">l</a> <a href="tg://user?id=7">m</a> ' +
      '<pre><code class="language-ini">c</code></pre> <blockquote expandable>q</blockquote> ' +
      '<tg-spoiler>s</tg-spoiler> <a href="nowhere">n</a>';
    expect(html(source)).toEqual({
      text: "l m c q s n",
      entities: [
        { type: "text_link", offset: 0, length: 1, url: "https://example.org/?a=1&b=2" },
        {
          type: "text_mention",
          offset: 2,
          length: 1,
          user: { id: 7, is_bot: false, first_name: "" },
        },
        { type: "pre", offset: 4, length: 1, language: "ini" },
        { type: "expandable_blockquote", offset: 6, length: 1 },
        { type: "spoiler", offset: 8, length: 1 },
      ],
    });
  });
});

describe("MarkdownV2", () => {
  test("text with every reserved character escaped comes out as it was written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(markdown(escapedMarkdown(text)).text).toBe(text.trim());
      }),
    );
  });

  test.for([
    ["1.5", String.raw`Character '.' is reserved and must be escaped with the preceding '\'`],
    ["🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"],
    ["🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"],
    ["🏟 🏟`", "Can't find end of Code entity at byte offset 9"],
    ["🏟 🏟```a ", "Can't find end of PreCode entity at byte offset 9"],
  ])("%s is refused as Telegram words it", ([source = "", words]) => {
    expect(() => markdown(source)).toThrow(`Bad Request: can't parse entities: ${words}`);
  });

  test("styles nest, quotes span lines, links and code keep their arguments", () => {
    expect(markdown("*a _b_* ||c||\n>q\n>r\n[x](http://example.org/a\\)) ```js\ny```")).toEqual({
      text: "a b c\nq\nr\nx y",
      entities: [
        { type: "bold", offset: 0, length: 3 },
        { type: "italic", offset: 2, length: 1 },
        { type: "spoiler", offset: 4, length: 1 },
        { type: "blockquote", offset: 6, length: 4 },
        { type: "text_link", offset: 10, length: 1, url: "http://example.org/a)" },
        { type: "pre", offset: 12, length: 1, language: "js" },
      ],
    });
  });
});

describe("plain text", () => {
  test.for([
    ["/start@tollgate_demo_bot ref", "bot_command", "/start@tollgate_demo_bot"],
    ["see https://example.org/a?b=c.", "url", "https://example.org/a?b=c"],
    ["ask @somebody now", "mention", "@somebody"],
    ["write to a.b@example.org", "email", "a.b@example.org"],
    ["it is #news", "hashtag", "#news"],
  ])("in “%s” the %s is found", ([text = "", type, found]) => {
    const { entities } = format({ text });
    const parts = entities.map((one) => [
      one.type,
      text.slice(one.offset, one.offset + one.length),
    ]);
    expect(parts).toEqual([[type, found]]);
  });

  test("nothing is looked for inside code and links", () => {
    expect(html("<code>/start</code>").entities).toEqual([{ type: "code", offset: 0, length: 6 }]);
  });

  test("an unknown mode of markup is refused", () => {
    expect(() => format({ text: "x", parseMode: "XML" })).toThrow(
      "Bad Request: unsupported parse_mode",
    );
  });
});

const kept = (source: string) =>
  html(source).entities.map((one) => {
    const text = html(source).text.slice(one.offset, one.offset + one.length);
    return `${one.type}: ${text}`;
  });

describe("nesting", () => {
  test.for<[string, string[]]>([
    ["<b>a <code>b</code> c</b>", ["bold: a ", "code: b", "bold:  c"]],
    ["<code>a <b>b</b></code>", ["code: a b"]],
    ["<pre>a <i>b</i></pre>", ["pre: a b"]],
    ['<code><a href="https://a.example">b</a></code>', ["code: b"]],
    ["<blockquote>a <code>b</code></blockquote>", ["blockquote: a b", "code: b"]],
    ["<blockquote>a <blockquote>b</blockquote></blockquote>", ["blockquote: a b"]],
    ["<b>a <i>b</i></b>", ["bold: a b", "italic: b"]],
    ['<b>a <a href="https://a.example">b</a></b>', ["bold: a b", "text_link: b"]],
  ])("%s keeps what may stand in what", ([source, entities]) => {
    expect(kept(source)).toEqual(entities);
  });

  test("a style that crosses the end of a link is cut there", () => {
    const entities = [
      { type: "bold", offset: 0, length: 3 },
      { type: "text_link", offset: 2, length: 3, url: "https://a.example/" },
    ];
    expect(format({ text: "abcde", entities }).entities).toEqual([
      { type: "bold", offset: 0, length: 2 },
      { type: "text_link", offset: 2, length: 3, url: "https://a.example/" },
      { type: "bold", offset: 2, length: 1 },
    ]);
  });
});
