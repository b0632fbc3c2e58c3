import * as fc from "fast-check";
import { expect, test } from "vitest";
import { eventually } from "../../drivers/eventually.ts";
import { wordsOf } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";

const app = useTestApp();

const referrerOf = async (id: number) => {
  const [row] = await app.rows<{ referrer: string | null }>(
    `select r.telegram_id as referrer from customers c left join customers r on r.id = c.referrer_id
      where c.telegram_id = ?`,
    [id],
  );
  return row && (row.referrer === null ? null : Number(row.referrer));
};

test("the inviter is kept from the first Start on, and the admin sees it", async () => {
  const admin = await app.admin();
  const alice = await app.customer();
  const other = await app.customer();
  const bob = app.person();
  await bob.send(`/start ref_${alice.id}`);
  await bob.button(/^captcha:1:/u);
  await bob.send(`/start ref_${other.id}`);
  await eventually(async () => {
    const asked = (await bob.listTexts()).filter((text) => text.includes("Press the"));
    expect(asked).toHaveLength(2);
  });
  await bob.answerCaptcha();
  const asked = await admin.waitForMessage(new RegExp(`${bob.id}[^]*Invited by`, "u"));
  expect(wordsOf(asked)).toMatch(new RegExp(`Invited by: \u2068.+\u2069 \\(${alice.id}\\)`, "u"));
  expect(await referrerOf(bob.id)).toBe(alice.id);
});

test("nobody invites themselves, and only customers invite", async () => {
  const bob = app.person();
  await bob.send(`/start ref_${bob.id}`);
  await eventually(async () => expect(await referrerOf(bob.id)).toBeNull());
  const eve = app.person();
  await eve.send("/start ref_999999999");
  await eventually(async () => expect(await referrerOf(eve.id)).toBeNull());
});

const rubbish = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 200 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
  fc.constantFrom(
    "ref_",
    "ref_-1",
    "ref_0",
    "ref_99999999999999999999",
    "ref_1e3",
    "\u0000",
    "'; drop table customers; --",
    "<b>",
    "😀".repeat(40),
    "a".repeat(4_000),
  ),
);

test("a link's payload may be anything: the question still comes, and nobody has invited", () =>
  fc.assert(
    fc.asyncProperty(rubbish, async (payload) => {
      const eve = app.person();
      await eve.send(`/start ${payload}`);
      await eve.button(/^captcha:1:/u);
      await eventually(async () => expect(await referrerOf(eve.id)).toBeNull());
    }),
    { numRuns: 25 },
  ));

const part = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    "<b>Bob</b>",
    "&amp;",
    "</code><a href='tg://user?id=1'>x</a>",
    "\u202Eevil",
    "مرحبا",
    "שלום\u2067",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u0000\u0007",
    "*_~`[x](y)",
    "\u200B",
  ),
);

test("a name may be anything: it is shown as written, and does not reorder the text around it", () =>
  fc.assert(
    fc.asyncProperty(part, fc.option(part), async (first, last) => {
      const admin = await app.admin();
      const eve = app.person();
      const name = { first_name: first, ...(last === null ? {} : { last_name: last }) };
      await eve.become({ ...name });
      await eve.askForAccess();
      const asked = await admin.waitForMessage(new RegExp(`Number: ${eve.id}\\n`, "u"));
      const words = wordsOf(asked);
      expect(words).toMatch(/^🙋 New request\n\u2068/u);
      expect(words.slice(0, words.indexOf("\u2069"))).not.toMatch(/[\u202A-\u202E\u2066\u2067]/u);
      const kinds = asked.entities?.map(({ type }) => type);
      expect(kinds?.filter((kind) => kind === "text_link" || kind === "text_mention")).toEqual([]);
      await admin.send(`/find ${eve.id}`);
      await admin.waitForMessage(new RegExp(`Number: ${eve.id}\\nStatus: waiting`, "u"));
    }),
    { numRuns: 15 },
  ));
