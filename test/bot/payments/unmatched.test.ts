import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { reportEvents } from "../../../client/payments.ts";
import { money } from "../../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../../domain/payments/payment.ts";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import type { Message } from "../../../emulators/telegram/bot-api.ts";
import { moneyIn } from "../../../texts/money.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { adminSpeaking, asShown, forgePress } from "../people.ts";

const secondAdminId = 1002;
const app = useTestApp({ adminIds: [adminId, secondAdminId] });
const texts = textsIn("en");
const textOf = (minor: number, language: Language) => moneyIn(language, money(minor, "RUB"));

/** Makes an unmatched payment; resolves with its reference once it is kept. */
async function makeUnmatched(minor: number, reference = `<b>&${randomUUID()}`): Promise<string> {
  const report = {
    kind: "paid",
    reference,
    paid: money(minor, "RUB"),
    at: instant(new Date()),
  } as const;
  const gateway = gatewayName("memory");
  const event = { gateway, report, evidence: "word for word", source: "gateway" } as const;
  await reportEvents(new DurableClient(app.client), randomUUID() as PaymentId, [event]);
  await eventually(async () => expect(await stateOf(reference)).toMatchObject({ state: "open" }));
  return reference;
}

const dataOf = ({ reply_markup: keys }: Message) =>
  (keys?.inline_keyboard ?? []).flat().map((key) => key.callback_data);

interface UnmatchedRow {
  readonly state: string;
  readonly reason: string | null;
  readonly resolved_by: number | null;
}

async function stateOf(reference: string): Promise<UnmatchedRow | undefined> {
  const [row] = await app.rows<UnmatchedRow>(
    "select state, reason, resolved_by from unmatched where reference = ?",
    [reference],
  );
  return row;
}

/** Opens /unmatched; resolves with the list. */
async function list(admin: Person, words = texts.payments.unmatched) {
  const before = (await admin.chat()).length;
  await admin.send("/unmatched");
  return eventually(async () => {
    const page = (await admin.chat())
      .slice(before + 1)
      .find(({ text }) => asShown(words.listTitle(1)).test(text ?? "") || text === words.none);
    if (page === undefined) throw new Error("no list yet");
    return page;
  });
}

const sendAndExpect = async (one: Person, text: string, answer: RegExp | string) => {
  const received = (await one.listTexts()).length;
  await one.send(text);
  await eventually(async () => {
    const fresh = (await one.listTexts()).slice(received);
    const isThere = fresh.some((words) =>
      typeof answer === "string" ? words === answer : answer.test(words),
    );
    expect(isThere, `${text}: ${fresh.join(" | ")}`).toBe(true);
  });
};

test("an unmatched payment is listed verbatim, given to a customer once, and is then their balance", async () => {
  const admin = await app.admin();
  const bob = new TestCustomer(app, await app.customer());
  await sendAndExpect(admin, "/unmatched", texts.payments.unmatched.none);
  const reference = await makeUnmatched(12_345);
  await admin.waitForMessage(/Unmatched payment: 123\.45 ₽ by memory/u);
  expect((await list(admin)).text).toMatch(/: 1\n[^]*123\.45 ₽[^]*memory <b>&/u);
  const given = /✅ 123\.45 ₽ is now on the balance of .*Person \d+.*, which is 123\.45 ₽\./u;
  await sendAndExpect(admin, `/give memory ${reference} ${bob.person.id}`, given);
  await bob.person.waitForMessage(/123\.45 ₽ is now on your balance/u);
  expect(await bob.balance()).toEqual({ RUB: 12_345 });
  await sendAndExpect(
    admin,
    `/give memory ${reference} ${bob.person.id}`,
    texts.payments.unmatchedResolved.notOpen,
  );
  expect(await bob.balance()).toEqual({ RUB: 12_345 });
  const acts = await app.rows("select actor, act from audit_log where act like 'unmatched-%'");
  expect(acts).toEqual([{ actor: adminId, act: "unmatched-give" }]);
  await sendAndExpect(admin, "/unmatched", texts.payments.unmatched.none);
});

test.each(languages)(
  "an unmatched payment is given by name: asked, chosen, confirmed, booked (%s)",
  async (language) => {
    const { unmatched, unmatchedResolved } = textsIn(language).payments;
    const admin = await adminSpeaking(app, language);
    const bob = new TestCustomer(app, await app.customer());
    await bob.person.become({ first_name: `Owner ${language}`, username: `owner_${language}` });
    await bob.person.send("/start");
    const reference = await makeUnmatched(4_321);
    await list(admin, unmatched);
    await admin.pressButton(/^give:[0-9a-f]{32}$/u);
    await admin.waitForMessage(asShown(unmatched.askWhom(textOf(4_321, language))));
    await sendAndExpect(admin, "nobody at all", textsIn(language).people.customer.notFound);
    await admin.send(`@owner_${language}`);
    await admin.pressButton(new RegExp(`^give-sure:[0-9a-f]{32}:${bob.person.id}$`, "u"));
    const sure = await admin.waitForMessage(
      new RegExp(`Owner ${language}[^]*${bob.person.id}`, "u"),
    );
    expect(sure.text).toContain(textOf(4_321, language));
    expect(await stateOf(reference)).toMatchObject({ state: "open" });
    const yes = await admin.button(/^give-yes:/u);
    await admin.press(yes.messageId, yes.data);
    await eventually(async () =>
      expect(await stateOf(reference)).toMatchObject({ state: "given", resolved_by: adminId }),
    );
    const amount = textOf(4_321, language);
    const answer = await admin.waitForMessage(
      asShown(unmatchedResolved.given(amount, `Owner ${language}`, amount)),
    );
    // The question has become its answer, with ways on and without its Yes.
    expect(answer.message_id).toBe(yes.messageId);
    expect(dataOf(answer)).toEqual([`customer:${bob.person.id}`, "unmatched:1:new"]);
    expect(await bob.balance()).toEqual({ RUB: 4_321 });
    const late = await admin.forgePress(yes.messageId, yes.data);
    expect(late.answer?.text).toBe(unmatchedResolved.notOpen);
    const forged = await forgePress(app, bob.person, {
      messageId: (await bob.person.chat()).findLast(({ from }) => from?.is_bot)!.message_id,
      data: yes.data,
    });
    expect(forged).toMatchObject({ text: texts.messaging.answer.notYours });
    await adminSpeaking(app, "en");
  },
);

test("an ignored payment has a reason, which its button asks for", async () => {
  const admin = await app.admin();
  const reference = await makeUnmatched(100);
  const { message_id: messageId, reply_markup: keys } = await list(admin);
  const data = keys?.inline_keyboard?.[1]?.[0]?.callback_data ?? "";
  expect(data).toMatch(/^ignore:[0-9a-f]{32}$/u);
  await admin.press(messageId, data);
  await admin.waitForMessage(/Why can 1 ₽ be ignored/u);
  // A command leaves the question: what follows it is not a reason.
  await sendAndExpect(admin, "/terms", /^Terms/u);
  await sendAndExpect(admin, "not a reason", texts.messaging.answer.unknownToStaff);
  await admin.press(messageId, data);
  await sendAndExpect(admin, "too long ".repeat(20), /at most 128 fit/u);
  expect(await stateOf(reference)).toMatchObject({ state: "open" });
  await sendAndExpect(
    admin,
    "my own <test>",
    /🙈 1 ₽ by memory is ignored\.\nReason: .*my own <test>/u,
  );
  expect(await stateOf(reference)).toEqual({
    state: "ignored",
    reason: "my own <test>",
    resolved_by: adminId,
  });
  await sendAndExpect(admin, "and one more word", texts.messaging.answer.unknownToStaff);
  expect((await admin.press(messageId, data)).answer?.text).toBe(
    texts.payments.unmatchedResolved.notOpen,
  );
});

test("an unmatched payment goes back to its payer, after a second press, once", async () => {
  const admin = await app.admin();
  const reference = await makeUnmatched(4_200);
  const { message_id: messageId, reply_markup: keys } = await list(admin);
  const [, back] = keys?.inline_keyboard?.at(-2) ?? [];
  expect(back?.text).toMatch(/^↩️ Return/u);
  await admin.press(messageId, back?.callback_data ?? "");
  const asked = await admin.waitForMessage(/Return 42 ₽ to the payer by memory/u);
  expect(app.memory.returnedOf(reference)).toBe(0);
  const yes = asked.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? "";
  await admin.press(asked.message_id, yes);
  const answer = await admin.waitForMessage(/✅ 42 ₽ was returned to the payer by memory/u);
  expect(answer.message_id).toBe(asked.message_id);
  expect(dataOf(answer)).toEqual(["unmatched:1:new"]);
  expect(app.memory.returnedOf(reference)).toBe(4_200);
  expect(await stateOf(reference)).toMatchObject({
    state: "returned",
    resolved_by: adminId,
  });
  const late = await admin.forgePress(asked.message_id, yes);
  expect(late.answer?.text).toBe(texts.payments.unmatchedResolved.notOpen);
  const [sum] = await app.rows<{ minor: string }>(
    "select sum(minor) as minor from ledger_entries where fact like ? and account = 'gateway:memory'",
    [`memory/${reference}/%`],
  );
  expect(Number(sum?.minor)).toBe(0);
});

test("when two admins decide at once, one does, and the other is told", async () => {
  const admin = await app.admin();
  const deputy = await app.admin(secondAdminId);
  const bob = new TestCustomer(app, await app.customer());
  const eve = new TestCustomer(app, await app.customer());
  const reference = await makeUnmatched(700);
  await Promise.all([
    admin.send(`/give memory ${reference} ${bob.person.id}`),
    deputy.send(`/give memory ${reference} ${eve.person.id}`),
  ]);
  await eventually(async () => {
    const mine = (await admin.listTexts()).at(-1);
    const theirs = (await deputy.listTexts()).at(-1);
    const { notOpen } = texts.payments.unmatchedResolved;
    const [lost, won] = mine === notOpen ? [mine, theirs] : [theirs, mine];
    expect(lost).toBe(notOpen);
    expect(won).toMatch(/✅ 7 ₽ is now on the balance/u);
  });
  const balances = [await bob.balance(), await eve.balance()];
  expect(balances.map(({ RUB = 0 }) => RUB).toSorted((a, b) => a - b)).toEqual([0, 700]);
});

test("what cannot be given is refused, and stays open", async () => {
  const admin = await app.admin();
  const reference = await makeUnmatched(900);
  for (const wrong of ["", "memory", `memory ${reference}`, `memory ${reference} bob`, "a b -1"]) {
    await sendAndExpect(admin, `/give ${wrong}`, /credit a payment to a customer's balance/u);
  }
  const { noCustomer, notOpen } = texts.payments.unmatchedResolved;
  await sendAndExpect(admin, `/give memory ${reference} 0`, noCustomer);
  await sendAndExpect(admin, `/give memory ${reference} 777777`, noCustomer);
  await sendAndExpect(admin, `/give tbank ${reference} 777777`, notOpen);
  expect(await stateOf(reference)).toMatchObject({ state: "open" });
  const { message_id: messageId } = await list(admin);
  const forged = await forgePress(app, admin, { messageId, data: `ignore:${"0".repeat(32)}` });
  expect(forged).toMatchObject({ text: notOpen });
  const customer = await app.customer();
  await customer.send("/plans");
  const { message_id: own } = await customer.waitForMessage(/Plans/u);
  const answer = await forgePress(app, customer, {
    messageId: own,
    data: `ignore:${"0".repeat(32)}`,
  });
  expect(answer).toMatchObject({ text: texts.messaging.answer.notYours });
});
