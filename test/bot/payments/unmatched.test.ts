import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { reportEvents } from "../../../client/payments.ts";
import { money } from "../../../domain/money.ts";
import type { GatewayName, PaymentId } from "../../../domain/payments/payment.ts";
import { instant } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import { Buyer } from "../../support/buyer.ts";
import { eventually } from "../../support/eventually.ts";
import type { Person } from "../../support/person.ts";
import { adminId, useStage } from "../../support/stage.ts";
import { forges } from "../people.ts";

const secondAdminId = 1002;
const stage = useStage({ adminIds: [adminId, secondAdminId] });
const texts = textsIn("en");

/** Money that no invoice asked for; answers its reference once it is kept. */
async function comes(minor: number, reference = `<b>&${randomUUID()}`): Promise<string> {
  const report = {
    kind: "paid",
    reference,
    paid: money(minor, "RUB"),
    at: instant(new Date()),
  } as const;
  const gateway = "memory" as GatewayName;
  const event = { gateway, report, evidence: "word for word", source: "gateway" } as const;
  await reportEvents(new DurableClient(stage.client), randomUUID() as PaymentId, [event]);
  await eventually(async () => expect(await stateOf(reference)).toMatchObject({ state: "open" }));
  return reference;
}

interface Kept {
  readonly state: string;
  readonly reason: string | null;
  readonly resolved_by: string | null;
}

async function stateOf(reference: string): Promise<Kept | undefined> {
  const [row] = await stage.rows<Kept>(
    "select state, reason, resolved_by from unmatched where reference = ?",
    [reference],
  );
  return row;
}

/** Opens /unmatched and answers the list as it is now. */
async function list(boss: Person) {
  const before = (await boss.chat()).length;
  await boss.say("/unmatched");
  return eventually(async () => {
    const page = (await boss.chat())
      .slice(before + 1)
      .find(({ text }) => /^❓ Unmatched payments|no unmatched payments/u.test(text ?? ""));
    if (page === undefined) throw new Error("no list yet");
    return page;
  });
}

const says = async (one: Person, text: string, answer: RegExp | string) => {
  const heard = (await one.heard()).length;
  await one.say(text);
  await eventually(async () => {
    const fresh = (await one.heard()).slice(heard);
    const isThere = fresh.some((words) =>
      typeof answer === "string" ? words === answer : answer.test(words),
    );
    expect(isThere, `${text}: ${fresh.join(" | ")}`).toBe(true);
  });
};

test("money of nobody is listed word for word, given to a customer once, and is then their balance", async () => {
  const boss = await stage.admin();
  const bob = new Buyer(stage, await stage.customer());
  await says(boss, "/unmatched", texts.payments.unmatched.none);
  const reference = await comes(12_345);
  await boss.hears(/Unmatched payment: 123\.45 ₽ by memory/u);
  expect((await list(boss)).text).toMatch(/: 1\n[^]*123\.45 ₽[^]*memory <b>&/u);
  await says(boss, `/give memory ${reference} ${bob.person.id}`, /✅ Booked/u);
  await bob.person.hears(/123\.45 ₽ is now on your \/balance/u);
  expect(await bob.balance()).toEqual({ RUB: 12_345 });
  await says(
    boss,
    `/give memory ${reference} ${bob.person.id}`,
    texts.payments.unmatchedResolved.notOpen,
  );
  expect(await bob.balance()).toEqual({ RUB: 12_345 });
  const acts = await stage.rows("select actor, act from audit_log where act like 'unmatched-%'");
  expect(acts).toEqual([{ actor: String(adminId), act: "unmatched-give" }]);
  await says(boss, "/unmatched", texts.payments.unmatched.none);
});

test("money that is left alone has a reason, asked for by its button", async () => {
  const boss = await stage.admin();
  const reference = await comes(100);
  const { message_id: messageId, reply_markup: keys } = await list(boss);
  const data = keys?.inline_keyboard?.[0]?.[0]?.callback_data ?? "";
  expect(data).toMatch(/^ignore:[0-9a-f]{32}$/u);
  await boss.press(messageId, data);
  await boss.hears(/Why can 1 ₽ be ignored/u);
  await says(boss, "/terms", /^Terms/u);
  await says(boss, "my own <test>", /✅ Booked/u);
  expect(await stateOf(reference)).toEqual({
    state: "ignored",
    reason: "my own <test>",
    resolved_by: String(adminId),
  });
  await says(boss, "and one more word", texts.messaging.answer.unknownCommand);
  expect((await boss.press(messageId, data)).answer?.text).toBe(
    texts.payments.unmatchedResolved.notOpen,
  );
});

test("money of nobody goes back to whoever paid it, after a second press, once", async () => {
  const boss = await stage.admin();
  const reference = await comes(4_200);
  const { message_id: messageId, reply_markup: keys } = await list(boss);
  const [, back] = keys?.inline_keyboard?.at(-1) ?? [];
  expect(back?.text).toMatch(/^↩️ Return/u);
  await boss.press(messageId, back?.callback_data ?? "");
  const asked = await boss.hears(/Return 42 ₽ to the payer by memory/u);
  expect(stage.memory.returnedOf(reference)).toBe(0);
  const yes = asked.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? "";
  await boss.press(asked.message_id, yes);
  await boss.hears(/✅ Returned to the payer/u);
  expect(stage.memory.returnedOf(reference)).toBe(4_200);
  expect(await stateOf(reference)).toMatchObject({
    state: "returned",
    resolved_by: String(adminId),
  });
  const late = await boss.press(asked.message_id, yes);
  expect(late.answer?.text).toBe(texts.payments.unmatchedResolved.notOpen);
  const [sum] = await stage.rows<{ minor: string }>(
    "select sum(minor) as minor from ledger_entries where fact like ? and account = 'gateway:memory'",
    [`memory/${reference}/%`],
  );
  expect(Number(sum?.minor)).toBe(0);
});

test("of two admins who decide at once one does, and the other is told", async () => {
  const [boss, deputy] = [await stage.admin(), await stage.admin(secondAdminId)];
  const [bob, eve] = [
    new Buyer(stage, await stage.customer()),
    new Buyer(stage, await stage.customer()),
  ];
  const reference = await comes(700);
  await Promise.all([
    boss.say(`/give memory ${reference} ${bob.person.id}`),
    deputy.say(`/give memory ${reference} ${eve.person.id}`),
  ]);
  await eventually(async () => {
    const [mine, theirs] = [(await boss.heard()).at(-1), (await deputy.heard()).at(-1)];
    const { done, notOpen } = texts.payments.unmatchedResolved;
    expect(new Set([mine, theirs])).toEqual(new Set([done, notOpen]));
  });
  const balances = [await bob.balance(), await eve.balance()];
  expect(balances.map(({ RUB = 0 }) => RUB).toSorted((a, b) => a - b)).toEqual([0, 700]);
});

test("what cannot be given is refused in words, and stays open", async () => {
  const boss = await stage.admin();
  const reference = await comes(900);
  for (const wrong of ["", "memory", `memory ${reference}`, `memory ${reference} bob`, "a b -1"]) {
    await says(boss, `/give ${wrong}`, /credit a payment to a customer's balance/u);
  }
  const { noCustomer, notOpen } = texts.payments.unmatchedResolved;
  await says(boss, `/give memory ${reference} 0`, noCustomer);
  await says(boss, `/give memory ${reference} 777777`, noCustomer);
  await says(boss, `/give tbank ${reference} 777777`, notOpen);
  expect(await stateOf(reference)).toMatchObject({ state: "open" });
  const { message_id: messageId } = await list(boss);
  const forged = await forges(stage, boss, { messageId, data: `ignore:${"0".repeat(32)}` });
  expect(forged).toMatchObject({ text: notOpen });
  const customer = await stage.customer();
  await customer.say("/plans");
  const { message_id: own } = await customer.hears(/Plans/u);
  const answer = await forges(stage, customer, {
    messageId: own,
    data: `ignore:${"0".repeat(32)}`,
  });
  expect(answer).toMatchObject({ text: texts.messaging.answer.notYours });
});
