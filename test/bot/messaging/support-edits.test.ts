import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { asShown, cardOf, customerSpeaking, shown } from "../people.ts";

const app = useTestApp({ support: {} });

/** A customer whose question the admin has got. */
async function askedIn(language: Language, question: string) {
  const admin = await app.admin();
  const one = await customerSpeaking(app, language);
  await one.send("/support");
  await one.waitForMessage(asShown(textsIn(language).messaging.tickets.write));
  const sent = await one.send(question);
  const copy = await admin.waitForMessage(new RegExp(`${one.id}[^]*${question}`, "u"));
  return { admin, one, sent, copy };
}

const countWith = async (person: Person, words: string) =>
  (await person.chat()).filter((one) => one.from.is_bot && wordsOf(one).endsWith(words)).length;

const reactionTo = async (person: Person, { message_id: id }: { readonly message_id: number }) =>
  (await person.listReactions())[id];

test.each(languages)(
  "a changed message is passed on with its new words, once for each change (%s)",
  async (language) => {
    const { admin, one, sent, copy } = await askedIn(language, "it wroks?");
    await one.edit(sent.message_id, "it works?");
    const fresh = await admin.waitForMessage(/it works\?$/u);
    expect(fresh.text).toContain(`\n${textsIn("en").messaging.tickets.edited}\n\nit works?`);
    await eventually(async () => expect(await reactionTo(one, sent)).toBe("👌"));
    // Words that stay the same are passed over, and the next change is one more.
    await one.edit(sent.message_id, "it works?");
    await one.edit(sent.message_id, "it works now");
    await admin.waitForMessage(/it works now$/u);
    expect(await countWith(admin, "it works?")).toBe(1);
    const answer = await admin.send("Well done, taht", copy.message_id);
    await one.waitForMessage(/done, taht$/u);
    await admin.edit(answer.message_id, "Well done, that");
    const { tickets } = textsIn(language).messaging;
    await one.waitForMessage(
      asShown(`${tickets.fromSupport}\n${tickets.edited}\n\nWell done, that`),
    );
    await eventually(async () => expect(await reactionTo(admin, answer)).toBe("👌"));
  },
);

test("a blocked person's change comes to support, too", async () => {
  const { admin, one, sent } = await askedIn("en", "let me in");
  await admin.press(await cardOf(admin, one), `sure-block:${one.id}`);
  await admin.pressButton(new RegExp(`^act:block:${one.id}$`, "u"));
  await eventually(async () => {
    const rows = await app.rows("select status from customers where telegram_id = ?", [one.id]);
    expect(rows).toEqual([{ status: "blocked" }]);
  });
  await one.edit(sent.message_id, "let me in again");
  await admin.waitForMessage(/let me in again$/u);
});

test.each(languages)(
  "who changes an answer to a question of the bot reads that it is not read; other edits pass in silence (%s)",
  async (language) => {
    const { answer } = textsIn(language).messaging;
    const one = await customerSpeaking(app, language);
    const command = await one.send("/balance");
    await one.waitForMessage(asShown(textsIn(language).payments.balance.none));
    await one.edit(command.message_id, "/devices");
    await one.send("/balance");
    const { messageId } = await one.button(/^top-up$/u);
    await one.forgePress(messageId, "top-up-ask:RUB");
    await one.waitForMessage(/50/u);
    const amount = await one.send("ten");
    const { notAmount } = textsIn(language).payments.topUp;
    await one.waitForMessage(new RegExp(shown(notAmount("§", "")).split("§")[0]!, "u"));
    await one.edit(amount.message_id, "100");
    await one.waitForMessage(asShown(answer.editNotRead));
    expect(await countWith(one, shown(answer.editNotRead))).toBe(1);
    await one.send("100");
    await one.button(/^top-up-pay:memory:RUB:10000:/u);
  },
);
