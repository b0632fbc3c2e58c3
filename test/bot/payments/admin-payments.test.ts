import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { adminSpeaking, asShown, cardOf } from "../people.ts";
import { findPayment } from "./find-payment.ts";

const secondAdminId = 1002;
const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory), adminIds: [adminId, secondAdminId] });
const createCustomer = async () => new BotCustomer(app, await app.customer());

test("a payment is found by whatever is known of it, and its card shows its timeline in plain words, newest first", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  await bob.person.become({ first_name: "Payer", last_name: `Number ${bob.person.id}` });
  await bob.person.send("/start");
  await bob.person.waitForMessage(/Devices: \d/u);
  const { id, reference } = await bob.buyByStars();
  const [{ memo } = { memo: "" }] = await app.rows<{ memo: string }>(
    "select memo from payments where id = ?",
    [id],
  );
  const wanted = [id, id.slice(0, 8).toUpperCase(), memo, reference, `${bob.person.id}`];
  for (const text of [...wanted, `payer number ${bob.person.id}`])
    await findPayment(admin, text, id);
  const { text = "" } = await findPayment(admin, id, id);
  expect(text).toContain(`Customer: \u2068Payer Number ${bob.person.id}\u2069 (${bob.person.id})`);
  expect(text).toMatch(
    new RegExp(
      [
        "Price: 250 ⭐ by Telegram Stars",
        "State: paid",
        `Charge ${reference.slice(0, 20)}[^]*: 250 ⭐`,
        "Timeline",
        "order closed: paid",
        "30 days added, access until",
        "in the books: 250 ⭐ came in, 250 ⭐ earned",
        "decided: 250 ⭐ buys what was ordered",
        "Telegram Stars reports: paid 250 ⭐, stx",
        "and 1 earlier: History",
      ].join("[^]*"),
      "u",
    ),
  );
  await admin.pressButton(new RegExp(`^payment-history:${id}$`, "u"));
  await admin.waitForMessage(
    /History of the payment[^]*order closed[^]*Telegram Stars reports[^]*order created$/u,
  );
  await admin.pressButton(new RegExp(`^payment:${id}:here$`, "u"));
  for (const nothing of ["", "0".repeat(8), randomUUID(), "nobody at all", "'; drop table x; --"]) {
    await admin.send(`/payment ${nothing}`);
    await admin.waitForMessage(nothing === "" ? /Send \/payment and what/u : /No payment found/u);
  }
});

test("many payments are offered as buttons, and the customer's card leads to them", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  const first = await bob.buy("month", "memory", "RUB");
  const second = await bob.buy("family", "memory", "RUB");
  await admin.send(`/payment ${bob.person.id}`);
  await admin.waitForMessage(/Found 2; newest first/u);
  await admin.pressButton(new RegExp(`^payment:${first}$`, "u"));
  await admin.waitForMessage(
    new RegExp(`Payment ${first.slice(0, 8)}[^]*State: waiting for payment`, "u"),
  );
  await cardOf(admin, bob.person);
  const card = await admin.waitForMessage(new RegExp(`👤[^]*${bob.person.id}`, "u"));
  expect(card.text).toMatch(/Balance: empty/u);
  await admin.pressButton(new RegExp(`^payments-of:${bob.person.id}$`, "u"));
  const list = await admin.waitForMessage(/Payments of/u);
  expect(list.text).toMatch(/600 ₽, .*family\u2069\n[^]*300 ₽, .*month\u2069$/u);
  // The list stands in place of the card, and leads back to it.
  expect(list.message_id).toBe(card.message_id);
  const back = list.reply_markup;
  expect(back?.inline_keyboard?.at(-1)?.[0]?.callback_data).toBe(`customer:${bob.person.id}:here`);
  await admin.pressButton(new RegExp(`^payment:${second}$`, "u"));
  await admin.waitForMessage(new RegExp(`Payment ${second.slice(0, 8)}`, "u"));
});

test("the document has every word that the gateway sent", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  const { id, reference } = await bob.buyByStars();
  await findPayment(admin, id, id);
  await admin.pressButton(new RegExp(`^payment-json:${id}$`, "u"));
  const file = await eventually(async () => {
    const { document } = (await admin.chat()).findLast((message) => message.document) ?? {};
    expect(document?.file_name).toBe(`payment-${id.slice(0, 8)}.json`);
    return document!.file_id;
  });
  const timeline = JSON.parse(await admin.downloadText(file)) as { events: { body: string }[] };
  expect(timeline).toMatchObject({
    payment: { id, state: "settled", price: { minor: 250, currency: "XTR" } },
    charges: [{ reference, use: "grant" }],
    decisions: [{ effects: [{ kind: "granted" }] }],
    lots: [{ days: 30 }],
    ledger: [{ entries: [{ amount: { minor: 250 } }, { amount: { minor: -250 } }] }],
  });
  expect(JSON.parse(timeline.events[0]!.body)).toMatchObject({
    successful_payment: { telegram_payment_charge_id: reference },
  });
});

test.each(languages)(
  "the admins' menu shows what came in, by gateway as well (%s)",
  async (language) => {
    const admin = await adminSpeaking(app, language);
    const bob = await createCustomer();
    const customer = new TestCustomer(app, bob.person);
    const order = await customer.waitForInvoice(await bob.buy("month", "memory", "USDT"));
    await customer.report(order.id, memory.settle(order, money(1_500_000, "USDT")));
    await bob.person.waitForMessage(/is missing/u);
    const [{ sum } = { sum: "" }] = await app.rows<{ sum: string }>(
      "select sum(paid_minor) / 1000000 as sum from charges where currency = 'USDT'",
    );
    const { figures } = textsIn(language).operations;
    await admin.send("/admin");
    const answer = await admin.waitForMessage(asShown(figures.title(figures.periods.today)));
    const exact = Number(sum).toLocaleString(textsIn(language).locale);
    const ofMemory = textsIn(language).payments.gateway.name("memory");
    expect(answer.text).toMatch(new RegExp(`: [^\\n]*${exact} USDT\\n•`, "u"));
    expect(answer.text).toContain(figures.ofGateway(ofMemory, `${exact} USDT`));
    expect(answer.text).toContain(figures.unmatched(0));
    await adminSpeaking(app, "en");
  },
);

test("a customer sees nothing of the desk", async () => {
  const bob = await createCustomer();
  for (const command of ["/payment x", "/refund x 1 y", "/unmatched", "/give a b 1"]) {
    await bob.person.send(command);
    await eventually(async () =>
      expect((await bob.person.listTexts()).at(-1)).toBe(
        textsIn("en").messaging.answer.unknownCommand,
      ),
    );
    await bob.person.send("/terms");
    await eventually(async () => expect((await bob.person.listTexts()).at(-1)).toMatch(/^Terms/u));
  }
});
