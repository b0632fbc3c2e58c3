import * as fc from "fast-check";
import { expect, test } from "vitest";
import { format } from "../../emulators/telegram/formatting.ts";
import { isolated } from "../../texts/index.ts";

const links = [
  "https://evil.example/x?y=1",
  "http://1.2.3.4/login",
  "evil.com",
  "support.evil.com/help",
  "Алиса.рф",
  "公司.中国",
  "@admin_support",
  "write@evil.com",
  "tg://resolve?domain=evil",
  "t.me/evil",
  "/admin",
  "/start@another_bot",
];
const around = fc.constantFrom("", " ", "Bob ", " (", "👩", "<b>", "&", ".", "_", "\u00B7");
const name = fc
  .array(fc.tuple(around, fc.constantFrom(...links), around), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.flat().join(""));

const pressable = ["url", "email", "mention", "text_link", "text_mention", "bot_command"];

test("nothing in a person's name can be pressed, whatever link it holds", () =>
  fc.assert(
    fc.property(name, (text) => {
      const { entities } = format({ text: `Request of ${isolated(text)}`, parseMode: "HTML" });
      expect(entities.filter(({ type }) => pressable.includes(type))).toEqual([]);
    }),
  ));

test("each of these links can be pressed when it is not isolated", () => {
  const plain = links.filter((link) => {
    const { entities } = format({ text: link });
    return !entities.some(({ type }) => pressable.includes(type));
  });
  // Telegram finds more links than its emulator does.
  expect(plain).toEqual(["Алиса.рф", "公司.中国", "tg://resolve?domain=evil"]);
  for (const link of plain) expect(isolated(link)).toContain("\u2060");
});

test("a name is shown as written: only invisible characters are added", () =>
  fc.assert(
    fc.property(fc.oneof(name, fc.string({ unit: "grapheme" })), (text) => {
      const { text: shown } = format({ text: `x${isolated(text)}x`, parseMode: "HTML" });
      expect(shown.replaceAll("\u2060", "")).toBe(`x\u2068${text.replaceAll("\u2060", "")}\u2069x`);
    }),
  ));

test.each(["J.R.R. Tolkien", "O'Neil-Smith", "Anna, 3.", "24/7", "C#", "#1", "Dr.No?"])(
  "%s stays as it is",
  (text) => {
    const changed = isolated(text).includes("\u2060");
    expect(changed).toBe(text === "Dr.No?");
  },
);
