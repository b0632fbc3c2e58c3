import { expect, test } from "vitest";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { customerSpeaking, shown } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory) });

const month = 30 * 24 * 60 * 60 * 1_000;

/** What the person's phone does with their subscription in Stars. */
async function act(person: Person, what: "renew" | "fail" | "cancel" | "resume") {
  const url = `${app.emulatorUrl}/person/${person.id}/subscriptions`;
  const [first] = await app.rows<{ reference: string }>(
    `select s.reference from star_subscriptions s join payments p on p.id = s.order_id
       join customers c on c.id = p.customer_id where c.telegram_id = ? order by s.since desc`,
    [person.id],
  );
  const body = JSON.stringify({ telegram_payment_charge_id: first?.reference, act: what });
  const answer = await fetch(url, { method: "POST", body });
  return { ok: answer.ok, text: await answer.text() };
}

/** The state of the person's subscription at Telegram. */
async function stateOf(person: Person): Promise<{ state: string; canceled_by_bot: boolean }> {
  const answer = await fetch(`${app.emulatorUrl}/person/${person.id}/subscriptions`);
  const [last] = ((await answer.json()) as { state: string; canceled_by_bot: boolean }[]).slice(-1);
  return last!;
}

const listPayments = (person: Person) =>
  app.rows<{ state: string; recurs: string | null; charges: number }>(
    `select p.state, p.recurs, (select count(*)::int from charges where payment_id = p.id) as charges
       from payments p join customers c on c.id = p.customer_id
      where c.telegram_id = ? order by p.recurs, p.opened_at`,
    [person.id],
  );

/** A person who pays for the month in Stars every month. */
async function subscribed(language: Language = "en") {
  const person = await customerSpeaking(app, language);
  const bob = new BotCustomer(app, person);
  const before = await bob.paidUntil();
  const page = await bob.choosePlan("month");
  await person.press(page.message_id, "begin-by:month:stars:XTR");
  const { renewal } = textsIn(language).payments;
  await person.pressButton(new RegExp(`^${renewal.agree}$`, "u"));
  await bob.payStarsInvoice();
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + month));
  return { bob, person, before };
}

test.each(languages)(
  "a subscription in Stars begins after a consent, and each charge is a payment that counts once (%s)",
  async (language) => {
    const { bob, person, before } = await subscribed(language);
    const { renewal } = textsIn(language).payments;
    const consent = (await person.listTexts()).join("\n");
    expect(consent).not.toContain("undefined");
    for (const round of [2, 3]) {
      expect(await act(person, "renew")).toMatchObject({ ok: true });
      await eventually(async () => expect(await bob.paidUntil()).toBe(before + round * month));
    }
    expect(await listPayments(person)).toEqual([
      { state: "settled", recurs: "begins", charges: 1 },
      { state: "settled", recurs: "renews", charges: 1 },
      { state: "settled", recurs: "renews", charges: 1 },
    ]);
    const start = shown(renewal.renewed("", "", "")).slice(0, 8);
    await eventually(async () => {
      const texts = await person.listTexts();
      expect(texts.filter((text) => text.startsWith(start))).toHaveLength(2);
    });
    await person.send("/renewal");
    await person.waitForMessage(
      new RegExp(shown(renewal.state.stars("month", "")).slice(0, 9), "u"),
    );
    await person.button(new RegExp(`^${renewal.stop}$`, "u"));
  },
);

test("who switches it off on our page is not charged any more, and may take it up again", async () => {
  const { person } = await subscribed();
  await person.send("/renewal");
  await person.pressButton(/^renewal-end:stop:/u);
  await person.waitForMessage(/Auto-renewal is off/u);
  await eventually(async () => {
    expect(await stateOf(person)).toMatchObject({ state: "canceled", canceled_by_bot: true });
  });
  expect((await act(person, "resume")).ok).toBe(false);
  await person.send("/renewal");
  await person.waitForMessage(/Your Stars subscription is cancelled/u);
  await person.pressButton(/^renewal-end:resume:/u);
  await person.waitForMessage(/You can resume it now/u);
  await eventually(async () => expect((await stateOf(person)).canceled_by_bot).toBe(false));
  expect((await act(person, "resume")).ok).toBe(true);
  await person.waitForMessage(/Auto-renewal is on: 250 ⭐ in Telegram Stars/u);
  expect((await act(person, "renew")).ok).toBe(true);
});

test("what the person does in Telegram is seen on our page, and a charge that fails is told", async () => {
  const { person } = await subscribed();
  await act(person, "fail");
  await person.waitForMessage(/Auto-renewal: 250 ⭐ could not be charged/u);
  await act(person, "cancel");
  await person.waitForMessage(/Auto-renewal is off/u);
  await act(person, "resume");
  await person.waitForMessage(/Auto-renewal is on: 250 ⭐/u);
  await person.send("/renewal");
  await person.waitForMessage(/✅ On: month, 250 ⭐ every 30 days/u);
});

test("a block ends the subscription at Telegram", async () => {
  const admin = await app.admin();
  const { person } = await subscribed();
  await admin.send(`/find ${person.id}`);
  await admin.pressButton(new RegExp(`^sure-block:${person.id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:block:${person.id}$`, "u"));
  await eventually(async () => expect((await stateOf(person)).state).toBe("canceled"));
});

test("a refund of a later charge takes its time alone, and ends the subscription", async () => {
  const admin = await app.admin();
  const { bob, person, before } = await subscribed();
  await act(person, "renew");
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 2 * month));
  const [later] = await app.rows<{ id: string }>(
    `select p.id from payments p join customers c on c.id = p.customer_id
      where c.telegram_id = ? and p.recurs = 'renews'`,
    [person.id],
  );
  await admin.send(`/refund ${later!.id} 250 test`);
  await person.waitForMessage(/250 ⭐/u);
  await eventually(async () => {
    expect((await listPayments(person)).map(({ state }) => state)).toEqual(["settled", "refunded"]);
  });
  expect(await bob.paidUntil()).toBe(before + month);
  await eventually(async () => expect((await stateOf(person)).state).toBe("canceled"));
});

test("another way to renew ends the subscription in Stars", async () => {
  const { person } = await subscribed();
  await person.send("/renewal");
  await person.pressButton(/^renew-by:balance:/u);
  await person.pressButton(/^renew-agree:balance:/u);
  await person.waitForMessage(/Auto-renewal is on: .* from your balance/u);
  await eventually(async () => expect((await stateOf(person)).state).toBe("canceled"));
});
