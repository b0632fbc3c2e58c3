import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { cardOf, customerSpeaking, shown } from "../people.ts";

const other = 1_002;
const app = useTestApp({ adminIds: [1_001, other], support: {} });

const textsOf = (language: Language) => textsIn(language).messaging.tickets;

/** Somebody whose request waits for an admin. */
async function waitingPerson(language: Language): Promise<Person> {
  const one = await app.person().become({ language_code: language });
  await one.askForAccess();
  return one;
}

async function rejectedPerson(language: Language): Promise<Person> {
  const one = await waitingPerson(language);
  const admin = await app.admin();
  await admin.pressButton(new RegExp(`^decide:signup:${one.id}:\\w+:reject$`, "u"));
  await waitForStatus(one, "rejected");
  return one;
}

async function blockedPerson(language: Language): Promise<Person> {
  const one = await customerSpeaking(app, language);
  const admin = await app.admin();
  const card = await cardOf(admin, one);
  await admin.press(card, `sure-block:${one.id}`);
  await admin.pressButton(new RegExp(`^act:block:${one.id}$`, "u"));
  await waitForStatus(one, "blocked");
  return one;
}

const waitForStatus = ({ id }: Person, status: string) =>
  eventually(async () => {
    const rows = await app.rows("select status from customers where telegram_id = ?", [id]);
    expect(rows).toEqual([{ status }]);
  });

const kinds = {
  waiting: waitingPerson,
  rejected: rejectedPerson,
  blocked: blockedPerson,
  paying: (language: Language) => customerSpeaking(app, language),
};

/** Opens the page of support and waits until the bot shows it. */
async function openSupport(person: Person, command: "support" | "paysupport", language: Language) {
  const { write, writePayment } = textsOf(language);
  const before = (await person.listTexts()).length;
  await person.send(`/${command}`);
  await eventually(async () => {
    const fresh = (await person.listTexts()).slice(before);
    expect(fresh).toContain(shown(command === "support" ? write : writePayment));
  });
}

/** Waits until the admin has got these words of this person; returns the message's number. */
const relayed = (admin: Person, from: Person, words: string) =>
  eventually(async () => {
    const copy = (await admin.chat()).findLast((message) => {
      const text = wordsOf(message);
      return message.from.is_bot && text.includes(String(from.id)) && text.includes(words);
    });
    if (copy === undefined) throw new Error(`no copy of ${words}`);
    return copy;
  });

const cases = Object.keys(kinds).flatMap((kind) =>
  languages.map((language) => [kind as keyof typeof kinds, language] as const),
);

test.each(cases)("a %s person is answered by a person (%s)", async (kind, language) => {
  const tickets = textsOf(language);
  const admin = await app.admin();
  const one = await kinds[kind](language);
  const command = kind === "paying" ? "paysupport" : "support";
  await openSupport(one, command, language);
  await one.send("it does not connect");
  await one.waitForMessage(new RegExp(shown(tickets.sent), "u"));
  const copy = await relayed(admin, one, "it does not connect");
  const labels = copy.reply_markup?.inline_keyboard?.flat().map(({ callback_data: data }) => data);
  expect(labels).toEqual([
    `ticket-answer:${one.id}`,
    `customer:${one.id}`,
    `ticket-close:${one.id}`,
  ]);
  await admin.send("try again now", copy.message_id);
  const answer = await one.waitForMessage(/try again now/u);
  expect(wordsOf(answer)).toContain(shown(tickets.fromSupport));
  await one.pressButton(/^support-reply$/u);
  const second = await one.send("thank you");
  await relayed(admin, one, "thank you");
  await eventually(async () =>
    expect(await one.listReactions()).toMatchObject({ [second.message_id]: "👍" }),
  );
});
