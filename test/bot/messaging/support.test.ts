import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import {
  adminSpeaking,
  asShown,
  cardOf,
  customerSpeaking,
  rejectSignup,
  shown,
} from "../people.ts";

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
  await rejectSignup(admin, one);
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

/** A customer whose question both admins have got; their copies, in the admins' order. */
async function askedBoth(words: string) {
  const first = await (await app.admin()).become({ first_name: "Ann" });
  const second = await (await app.admin(other)).become({ first_name: "Ben" });
  const one = await customerSpeaking(app, "en");
  await openSupport(one, "support", "en");
  await one.send(words);
  const copies = [await relayed(first, one, words), await relayed(second, one, words)] as const;
  return { first, second, one, copies };
}

const current = async (person: Person, messageId: number) =>
  (await person.chat()).find(({ message_id: id }) => id === messageId)!;

test("the first answer is named in every admin's copy, and a later one goes to the customer too", async () => {
  const { first, second, one, copies } = await askedBoth("which app?");
  await second.pressButton(new RegExp(`^ticket-answer:${one.id}$`, "u"));
  await second.send("AmneziaWG");
  await one.waitForMessage(/AmneziaWG$/u);
  await first.send("and the guide is in Help", copies[0].message_id);
  await one.waitForMessage(/guide is in Help/u);
  for (const [admin, { message_id: id }] of [
    [first, copies[0]],
    [second, copies[1]],
  ] as const) {
    await eventually(async () =>
      expect(wordsOf(await current(admin, id))).toMatch(/Answered by \u2068Ben/u),
    );
  }
  await second.send("typed without Answer");
  await second.waitForMessage(/did not understand/u);
});

test("a message that Telegram delivers twice is taken once", async () => {
  const { first, one } = await askedBoth("one question");
  await fetch(`${app.emulatorUrl}/control/faults`, {
    method: "POST",
    body: JSON.stringify({ updates: "duplicate", chat_id: one.id, times: 1 }),
  });
  await one.send("once more");
  await relayed(first, one, "once more");
  await one.send("the last one");
  await relayed(first, one, "the last one");
  const texts = (await first.listTexts()).filter((text) => text.includes(String(one.id)));
  expect(texts.filter((text) => text.includes("once more"))).toHaveLength(1);
});

test.each(["photo", "document", "voice", "video"] as const)(
  "a %s is passed on with its words, and the copy says who answered",
  async (kind) => {
    const admin = await (await app.admin()).become({ first_name: "Ann" });
    const one = await customerSpeaking(app, "en");
    await openSupport(one, "support", "en");
    await one.sendFile(kind, "see <b>this</b>");
    const copy = await relayed(admin, one, "see <b>this</b>");
    expect(copy[kind]).toBeDefined();
    await admin.send("seen", copy.message_id);
    await one.waitForMessage(/seen$/u);
    await eventually(async () =>
      expect((await current(admin, copy.message_id)).caption).toMatch(/Answered by/u),
    );
    expect((await current(admin, copy.message_id)).reply_markup?.inline_keyboard).toHaveLength(2);
  },
);

test("a long message arrives whole, in pieces", async () => {
  const admin = await app.admin();
  const one = await customerSpeaking(app, "en");
  await openSupport(one, "support", "en");
  const long = "<&>".repeat(1_300);
  await one.send(long);
  const { message_id: first } = await relayed(admin, one, long.slice(0, 3_000));
  await eventually(async () => {
    const pieces = (await admin.chat()).filter(({ message_id: id }) => id >= first);
    const written = pieces.map((piece) => wordsOf(piece).replaceAll(/^[^<]*\n\n/gu, "")).join("");
    expect(written).toContain(long);
  });
});

test("what is typed after the page was left is not passed on, and the button leads back", async () => {
  const one = await customerSpeaking(app, "en");
  await openSupport(one, "support", "en");
  await one.send("/balance");
  await one.send("not for support");
  await one.waitForMessage(/did not understand/u);
  await one.button(/^support$/u);
  const kept = await app.rows("select 1 from tickets where telegram_id = ?", [one.id]);
  expect(kept).toEqual([]);
});

test("a sticker cannot be passed on, and its sender learns what can", async () => {
  const one = await customerSpeaking(app, "en");
  await openSupport(one, "support", "en");
  const from = { id: one.id, is_bot: false, first_name: "Eve" };
  const chat = { id: one.id, type: "private", first_name: "Eve" };
  const message = { message_id: 900, date: 1, from, chat, sticker: { emoji: "👋" } };
  await fetch(`${app.emulatorUrl}/control/updates`, {
    method: "POST",
    body: JSON.stringify({ message }),
  });
  await one.waitForMessage(/can pass on only text, photos/u);
});

const hasButton = async (person: Person, messageId: number, data: string) =>
  JSON.stringify((await current(person, messageId)).reply_markup ?? {}).includes(`"${data}"`);

test("an admin finds who waits in the menu, reads what was written, and closes it", async () => {
  const { first, one } = await askedBoth("is anybody there?");
  await first.send("/admin");
  await first.pressButton(/^tickets:1$/u);
  const { messageId } = await first.button(/^ticket:\d+$/u);
  // Those who have waited longer come first: the newest is on the last page.
  for (let page = 2; !(await hasButton(first, messageId, `ticket:${one.id}`)); page += 1) {
    await first.press(messageId, `tickets:${page}`);
  }
  await first.press(messageId, `ticket:${one.id}`);
  const page = await first.waitForMessage(/waits for an answer[^]*is anybody there\?/u);
  await first.press(page.message_id, `customer:${one.id}`);
  await first.waitForMessage(new RegExp(`👤[^]*${one.id}[^]*Devices`, "u"));
  const { answer } = await first.press(page.message_id, `ticket-close:${one.id}:page`);
  expect(answer?.text).toBe(textsOf("en").closing);
  // The page says so, and there is nothing left to close.
  await first.waitForMessage(/, closed[^]*is anybody there\?/u);
  expect(await hasButton(first, page.message_id, `ticket-close:${one.id}:page`)).toBe(false);
  await one.waitForMessage(/have closed your question/u);
  await one.send("one more thing");
  await relayed(first, one, "one more thing");
  const acts = await app.rows("select act from audit_log where request_id like ?", [
    `ticket/press-${first.id}-${page.message_id}-%`,
  ]);
  expect(acts).toEqual([{ act: "closeTicket" }]);
});

test.each(languages)(
  "an earlier message of a closed conversation says so when it is pressed, and its button goes (%s)",
  async (language) => {
    const tickets = textsOf(language);
    const admin = await adminSpeaking(app, language);
    const one = await customerSpeaking(app, "en");
    await openSupport(one, "support", "en");
    await one.send("my first question");
    const copy = await relayed(admin, one, "my first question");
    await admin.send("my first answer", copy.message_id);
    await one.waitForMessage(/my first answer/u);
    await one.send("my second question");
    const second = await relayed(admin, one, "my second question");
    await admin.press(second.message_id, `ticket-close:${one.id}`);
    await one.waitForMessage(/have closed your question/u);
    await eventually(async () =>
      expect(await hasButton(admin, second.message_id, `ticket-close:${one.id}`)).toBe(false),
    );
    const late = await admin.press(copy.message_id, `ticket-close:${one.id}`);
    expect(late.answer?.text).toBe(tickets.closedBefore);
    await eventually(async () =>
      expect(await hasButton(admin, copy.message_id, `ticket-close:${one.id}`)).toBe(false),
    );
    expect(wordsOf(await current(admin, copy.message_id))).toContain("my first question");
    await admin.press(copy.message_id, `ticket-answer:${one.id}`);
    await admin.waitForMessage(asShown(tickets.answerReopens));
    await admin.send("one more word");
    await one.waitForMessage(/one more word/u);
    const state = "select state from tickets where telegram_id = ?";
    expect(await app.rows(state, [one.id])).toEqual([{ state: "answered" }]);
    await adminSpeaking(app, "en");
  },
);

test("a customer's invisible characters and markup reach no admin as such", async () => {
  const admin = await app.admin();
  const one = await customerSpeaking(app, "en");
  await one.become({ first_name: "Adm\u202Ein\u200B<b>", username: `bob_${one.id}` });
  await openSupport(one, "support", "en");
  await one.send("hi");
  const copy = await relayed(admin, one, "hi");
  expect(wordsOf(copy)).toMatch(/Admin<b>\u2069 @bob_/u);
  expect(wordsOf(copy)).not.toMatch(/[\u202E\u200B]/u);
});
