import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import { unmatchedPaymentId } from "../../../domain/derived-ids.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { dayMs } from "../../../domain/time.ts";
import { openMemory } from "../../../runtime/redis.ts";
import { textsIn } from "../../../texts/index.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { createNamespace } from "../../drivers/namespace.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { askTelegram, BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { gateTo, type IsolatedBot, makePollingBot } from "../isolated-bot.ts";
import { cardOf } from "../people.ts";

const app = useTestApp({ gateways: starsAnd(memoryGateway()) });
const createCustomer = async () => new BotCustomer(app, await app.customer());
const { checkout } = textsIn("en").payments;
const stars = gatewayName("stars");

/** Sends an invoice with any payload and price. */
async function sendInvoice(
  url: string,
  { id }: Person,
  invoice: { payload: string; amount?: number },
) {
  const { payload, amount = 250 } = invoice;
  const said = { title: "x", description: "x", payload, currency: "XTR" };
  const prices = [{ label: "x", amount }];
  const sent = await askTelegram(url, "sendInvoice", { chat_id: id, ...said, prices });
  return (sent as { message_id: number }).message_id;
}

let lastMessage = 500_000;

/** Telegram's service message about paid Stars in this person's chat. */
function starsMessage({ id }: { readonly id: number }, payload: string, charge: string) {
  const from = { id, is_bot: false, first_name: "Bob" };
  const successful_payment = {
    currency: "XTR",
    total_amount: 250,
    invoice_payload: payload,
    telegram_payment_charge_id: charge,
    provider_payment_charge_id: "",
  };
  const message_id = (lastMessage += 1);
  const chat = { id, type: "private", first_name: "Bob" };
  return { message: { message_id, date: 1_800_000_000, from, chat, successful_payment } };
}

const sendToBot = (update: object) =>
  fetch(`${app.emulatorUrl}/control/updates`, { method: "POST", body: JSON.stringify(update) });

test("from /plans to paid, all in the chat: the time is given once", async () => {
  const bob = await createCustomer();
  const before = await bob.paidUntil();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.person.waitForMessage(/🧾[^]*250 ⭐ · Telegram Stars/u);
  const invoice = await bob.waitForStarsInvoice();
  expect(await bob.pay(invoice)).toBeUndefined();
  await bob.person.waitForMessage(/Paid\. Your access/u);
  await bob.person.waitForMessage(/Paid\. Thank you/u);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 30 * dayMs));
  expect(await bob.listOrders()).toEqual([{ id, state: "settled" }]);
  // The link still opens the form, and is declined from now on.
  expect(await bob.pay(invoice)).toContain(checkout.over);
});

test("a forwarded invoice is declined to everybody but its customer, in their language", async () => {
  const bob = await createCustomer();
  const eve = await createCustomer();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.waitForStarsInvoice();
  const forwarded = await sendInvoice(app.emulatorUrl, eve.person, { payload: id });
  expect(await eve.pay(forwarded)).toContain(checkout.notYours);
  const stranger = await app.person().become({ language_code: "ru" });
  await stranger.send("/start");
  const too = await sendInvoice(app.emulatorUrl, stranger, { payload: id });
  const declined = await new BotCustomer(app, stranger).pay(too);
  expect(declined).toContain(textsIn("ru").payments.checkout.notYours);
  await bob.payStarsInvoice();
});

test("another amount, an invoice that nobody made and one that has lapsed are declined", async () => {
  const bob = await createCustomer();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.waitForStarsInvoice();
  const { emulatorUrl } = app;
  const cheap = await sendInvoice(emulatorUrl, bob.person, { payload: id, amount: 1 });
  expect(await bob.pay(cheap)).toContain(checkout.wrongAmount);
  for (const payload of [randomUUID(), "no id at all", `${id} `]) {
    const strange = await sendInvoice(emulatorUrl, bob.person, { payload });
    expect(await bob.pay(strange)).toContain(checkout.over);
  }
  await app.pass(workflowIds.payment(id), dayMs + 1_000);
  await bob.person.waitForMessage(/This invoice has expired/u);
  // The link is gone from the chat; copies may exist anywhere.
  const copy = await sendInvoice(emulatorUrl, bob.person, { payload: id });
  expect(await bob.pay(copy)).toContain(checkout.over);
});

test("while no worker answers a checkout is declined politely within Telegram's ten seconds", async () => {
  const bob = await createCustomer();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.waitForStarsInvoice();
  const unserved = await createNamespace();
  onTestFinished(() => unserved.connection.close());
  const workflowId = workflowIds.messages;
  await unserved.client.workflow.start("messages", { taskQueue: "nobody", workflowId });
  const isolated = await makePollingBot(app, { client: unserved.client });
  const here = isolated.person(bob.person.id);
  await here.send("/start");
  await sendInvoice(isolated.emulatorUrl, here, { payload: id });
  const began = Date.now();
  expect(await payAt(isolated, here)).toContain(checkout.later);
  expect(Date.now() - began).toBeLessThan(9_000);
});

test("a checkout queries no payment workflow", async () => {
  const bob = await createCustomer();
  const id = await bob.buy("month", "stars", "XTR");
  const invoice = await bob.waitForStarsInvoice();
  // A workflow that is queried while a local activity runs may leave a history
  // that cannot be replayed.
  await app.client.workflow
    .getHandle(workflowIds.payment(id))
    .terminate("nobody is there to be asked");
  expect(await bob.pay(invoice)).toBeUndefined();
  await bob.person.waitForMessage(/Paid\. Thank you/u);
});

/** The wait for an unreachable database exceeds Telegram's timeout. */
const waitInVain = async () => {
  await delay(4_000);
  throw new Error("the database did not answer");
};
const silent = { find: waitInVain, findPayable: waitInVain } as never;

test("a checkout is declined in time also while Temporal and the database do not answer", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  gate.shut();
  const isolated = await makePollingBot(app, {
    client: gate.client,
    customers: silent,
    payments: silent,
  });
  const bob = isolated.person(66_001);
  await sendFirstInvoice(isolated, bob);
  expect(await payAt(isolated, bob)).toContain(checkout.later);
});

/** A first message opens the chat, and fails with the database; the invoice follows it. */
async function sendFirstInvoice(isolated: IsolatedBot, person: Person): Promise<void> {
  await person.send("/start");
  await sendInvoice(isolated.emulatorUrl, person, { payload: randomUUID() });
}

async function payAt({ emulatorUrl }: IsolatedBot, person: Person): Promise<string> {
  const invoice = (await person.chat()).findLast(({ invoice }) => invoice);
  const response = await fetch(`${emulatorUrl}/person/${person.id}/pay`, {
    method: "POST",
    body: JSON.stringify({ message_id: invoice!.message_id }),
  });
  return response.text();
}

const booksAway = { find: () => Promise.reject(new Error("the database is away")) };

test("a checkout, and paid Stars, do not wait for their person's earlier updates", async () => {
  const isolated = await makePollingBot(app, { customers: booksAway as never });
  const bob = isolated.person(66_002);
  await sendFirstInvoice(isolated, bob);
  await bob.send("/terms");
  await eventually(() => expect(isolated.lines.join("")).toContain("an update waits"));
  expect(await payAt(isolated, bob)).toContain(checkout.over);
  const id = randomUUID();
  await isolated.inject(starsMessage(bob, id, `quick-${id}`));
  await eventually(() => app.client.workflow.getHandle(`payment:${id}`).describe());
  expect(await isolated.pending()).toBeGreaterThan(0);
});

test("a query of an unknown shape is declined", async () => {
  const isolated = await makePollingBot(app);
  const from = { id: 66_005, is_bot: false, first_name: "Odd" };
  for (const odd of [
    { currency: "XTR", total_amount: 1.5, invoice_payload: randomUUID() },
    { currency: "DOGE", total_amount: 1, invoice_payload: randomUUID() },
    { currency: "XTR", total_amount: 2 ** 60, invoice_payload: "\u0000" },
  ]) {
    await isolated.inject({ pre_checkout_query: { id: "9", from, ...odd } });
  }
  await eventually(async () => {
    const counted = await isolated.metric('bot_messages_total{handler="pre-checkout",status="ok"');
    expect(counted).toEqual([expect.stringMatching(/ 3$/u)]);
  });
});

test("a checkout is never throttled", async () => {
  const slow = { ...openMemory(), increment: async () => 1_000 };
  const isolated = await makePollingBot(app, { store: slow });
  const bob = isolated.person(66_004);
  await sendFirstInvoice(isolated, bob);
  for (let times = 0; times < 6; times += 1) {
    expect(await payAt(isolated, bob)).toContain(checkout.over);
  }
});

test("a checkout that is too old to be answered is not a failure", async () => {
  const from = { id: app.person().id, is_bot: false, first_name: "Late" };
  const query = { id: "77", from, currency: "XTR", total_amount: 1, invoice_payload: "x" };
  const failures = async () => (await app.metrics.errors.get()).values;
  const before = await failures();
  await sendToBot({ pre_checkout_query: query });
  await eventually(async () => {
    const exposed = await app.metrics.registry.metrics();
    expect(exposed).toMatch(/bot_messages_total\{handler="pre-checkout",status="ok"/u);
    const answers = await fetch(`${app.emulatorUrl}/control/calls?method=answerPreCheckoutQuery`);
    expect(await answers.json()).toContainEqual(expect.objectContaining({ error_code: 400 }));
  });
  expect(await failures()).toEqual(before);
});

test("a blocked person cannot pay, and Stars that come anyway go to their balance", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  const id = await bob.buy("month", "stars", "XTR");
  const invoice = await bob.waitForStarsInvoice();
  await admin.press(await cardOf(admin, bob.person), `sure-block:${bob.person.id}`);
  await admin.pressButton(new RegExp(`^act:block:${bob.person.id}$`, "u"));
  await admin.waitForMessage(/✅ .* is blocked/u);
  expect(await bob.pay(invoice)).toContain(checkout.blocked);
  await sendToBot(starsMessage(bob.person, id, `blocked-${id}`));
  await admin.waitForMessage(/A blocked customer paid 250 ⭐/u);
  const charges = await app.rows("select use from charges where payment_id = ?", [id]);
  expect(charges).toEqual([{ use: "credit" }]);
});

test("Stars for an unknown invoice are kept once, under the id that reconciliation derives", async () => {
  const admin = await app.admin();
  const charge = `gift-${randomUUID()}`;
  const update = starsMessage({ id: app.person().id }, "a gift", charge);
  update.message.successful_payment.total_amount = 4_321;
  await sendToBot(update);
  await sendToBot(update);
  await admin.waitForMessage(/Unmatched payment: 4,321 ⭐ by Telegram Stars/u);
  await eventually(async () => {
    const info = await askTelegram(app.emulatorUrl, "getWebhookInfo", {});
    expect(info).toMatchObject({ pending_update_count: 0 });
  });
  const id = unmatchedPaymentId(stars, charge);
  await app.client.workflow.getHandle(workflowIds.payment(id)).result();
  const rows = await app.rows("select payment_id, state from unmatched where reference = ?", [
    charge,
  ]);
  expect(rows).toEqual([{ payment_id: id, state: "open" }]);
  const said = await app.rows<{ body: string }>(
    "select body from gateway_events where payment_id = ?",
    [id],
  );
  expect(said.map(({ body }) => JSON.parse(body) as unknown)).toEqual([update.message]);
  const received = (await admin.listTexts()).filter((words) => words.includes("4,321 ⭐"));
  expect(received).toHaveLength(1);
});

test("Stars are reported when Temporal is back, whatever the throttle says", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const slow = { ...openMemory(), increment: async () => 1_000 };
  const isolated = await makePollingBot(app, { client: gate.client, store: slow });
  gate.shut();
  const id = randomUUID();
  await isolated.inject(starsMessage({ id: 66_003 }, id, `late-${id}`));
  await eventually(() => expect(isolated.lines.join("")).toContain("an update waits"));
  expect(await isolated.pending()).toBe(1);
  const payment = () => app.client.workflow.getHandle(`payment:${id}`).describe();
  await expect(payment()).rejects.toThrow(/not found/u);
  gate.open();
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await payment();
});

test("Stars that Telegram refunds take their time with them", async () => {
  const bob = await createCustomer();
  const before = await bob.paidUntil();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.payStarsInvoice();
  await bob.person.waitForMessage(/Paid\. Your access/u);
  const [charge] = await app.rows<{ reference: string }>(
    "select reference from charges where payment_id = ?",
    [id],
  );
  await askTelegram(app.emulatorUrl, "refundStarPayment", {
    user_id: bob.person.id,
    telegram_payment_charge_id: charge!.reference,
  });
  await bob.person.waitForMessage(/250 ⭐ has been refunded/u);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before));
  expect(await bob.listOrders()).toEqual([{ id, state: "refunded" }]);
});
