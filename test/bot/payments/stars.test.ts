import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import { poll } from "../../../bot/updates/poll.ts";
import { paymentOfNobody } from "../../../domain/derived-ids.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import { dayMs } from "../../../domain/time.ts";
import { openMemory } from "../../../runtime/redis.ts";
import { textsIn } from "../../../texts/index.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { createNamespace } from "../../drivers/namespace.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { askTelegram, BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { gateTo, type IsolatedBot, type IsolatedBotOptions, makeBot } from "../isolated-bot.ts";
import { cardOf } from "../people.ts";

const app = useTestApp({ gateways: starsAnd(memoryGateway()) });
const shopper = async () => new BotCustomer(app, await app.customer());
const { checkout } = textsIn("en").payments;
const stars = "stars" as GatewayName;

async function polling(options: IsolatedBotOptions = {}): Promise<IsolatedBot> {
  const lone = await makeBot(app, options);
  const intake = poll(lone.bot, lone.log);
  onTestFinished(() => intake.stop());
  return lone;
}

/** A bill for somebody, with whatever payload and price. */
async function billTo(url: string, { id }: Person, bill: { payload: string; amount?: number }) {
  const { payload, amount = 250 } = bill;
  const said = { title: "x", description: "x", payload, currency: "XTR" };
  const prices = [{ label: "x", amount }];
  const sent = await askTelegram(url, "sendInvoice", { chat_id: id, ...said, prices });
  return (sent as { message_id: number }).message_id;
}

let lastMessage = 500_000;

/** What Telegram says of Stars that have moved, in this person's chat. */
function moved({ id }: { readonly id: number }, payload: string, charge: string) {
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

const tellsBot = (update: object) =>
  fetch(`${app.emulatorUrl}/control/updates`, { method: "POST", body: JSON.stringify(update) });

test("from /plans to paid, all in the chat: the time is there once", async () => {
  const bob = await shopper();
  const before = await bob.paidUntil();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.person.waitForMessage(/🧾[^]*Price: 250 ⭐ by Telegram Stars/u);
  const bill = await bob.waitForStarsInvoice();
  expect(await bob.pay(bill)).toBeUndefined();
  await bob.person.waitForMessage(/Payment received/u);
  await bob.person.waitForMessage(/Paid\. Thank you/u);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 30 * dayMs));
  expect(await bob.listOrders()).toEqual([{ id, state: "settled" }]);
  // A bill keeps its button: it is declined from now on.
  expect(await bob.pay(bill)).toContain(checkout.over);
});

test("a forwarded invoice is declined to whoever is not its customer, in their language", async () => {
  const [bob, eve] = [await shopper(), await shopper()];
  const id = await bob.buy("month", "stars", "XTR");
  await bob.waitForStarsInvoice();
  const forwarded = await billTo(app.emulatorUrl, eve.person, { payload: id });
  expect(await eve.pay(forwarded)).toContain(checkout.notYours);
  const stranger = await app.person().become({ language_code: "ru" });
  await stranger.send("/start");
  const too = await billTo(app.emulatorUrl, stranger, { payload: id });
  const declined = await new BotCustomer(app, stranger).pay(too);
  expect(declined).toContain(textsIn("ru").payments.checkout.notYours);
  await bob.payStarsInvoice();
});

test("another amount, an invoice that nobody made and one that has lapsed are declined", async () => {
  const bob = await shopper();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.waitForStarsInvoice();
  const { emulatorUrl } = app;
  const cheap = await billTo(emulatorUrl, bob.person, { payload: id, amount: 1 });
  expect(await bob.pay(cheap)).toContain(checkout.wrongAmount);
  for (const payload of [randomUUID(), "no id at all", `${id} `]) {
    const strange = await billTo(emulatorUrl, bob.person, { payload });
    expect(await bob.pay(strange)).toContain(checkout.over);
  }
  await app.pass(workflowIds.payment(id), dayMs + 1_000);
  await bob.person.waitForMessage(/This invoice has expired/u);
  // The bill was taken out of the chat; a copy of it may be anywhere.
  const copy = await billTo(emulatorUrl, bob.person, { payload: id });
  expect(await bob.pay(copy)).toContain(checkout.over);
});

test("while no worker answers a checkout is declined politely within Telegram's ten seconds", async () => {
  const bob = await shopper();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.waitForStarsInvoice();
  const unserved = await createNamespace();
  onTestFinished(() => unserved.connection.close());
  const workflowId = workflowIds.messages;
  await unserved.client.workflow.start("messages", { taskQueue: "nobody", workflowId });
  const lone = await polling({ client: unserved.client });
  const here = lone.person(bob.person.id);
  await here.send("/start");
  await billTo(lone.emulatorUrl, here, { payload: id });
  const began = Date.now();
  expect(await payAt(lone, here)).toContain(checkout.later);
  expect(Date.now() - began).toBeLessThan(9_000);
});

test("no payment is asked anything while its money is about to move", async () => {
  const bob = await shopper();
  const id = await bob.buy("month", "stars", "XTR");
  const bill = await bob.waitForStarsInvoice();
  // A workflow that is asked while a local activity runs may leave a history that cannot be replayed.
  await app.client.workflow
    .getHandle(workflowIds.payment(id))
    .terminate("nobody is there to be asked");
  expect(await bob.pay(bill)).toBeUndefined();
  await bob.person.waitForMessage(/Paid\. Thank you/u);
});

/** A database that is away is waited for longer than Telegram waits. */
const waitInVain = async () => {
  await delay(4_000);
  throw new Error("the database did not answer");
};
const silent = { find: waitInVain, payable: waitInVain } as never;

test("a checkout is declined in time also while Temporal is away and the books do not answer", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  gate.shut();
  const lone = await polling({ client: gate.client, customers: silent, payments: silent });
  const bob = lone.person(66_001);
  await billToLone(lone, bob);
  expect(await payAt(lone, bob)).toContain(checkout.later);
});

/** A first message opens the chat, and fails with the books: the bill comes after it. */
async function billToLone(lone: IsolatedBot, person: Person): Promise<void> {
  await person.send("/start");
  await billTo(lone.emulatorUrl, person, { payload: randomUUID() });
}

async function payAt({ emulatorUrl }: IsolatedBot, person: Person): Promise<string> {
  const bill = (await person.chat()).findLast(({ invoice }) => invoice);
  const response = await fetch(`${emulatorUrl}/person/${person.id}/pay`, {
    method: "POST",
    body: JSON.stringify({ message_id: bill!.message_id }),
  });
  return response.text();
}

const booksAway = { find: () => Promise.reject(new Error("the database is away")) };

test("a checkout, and Stars that came, wait for nothing that their person did before", async () => {
  const lone = await polling({ customers: booksAway as never });
  const bob = lone.person(66_002);
  await billToLone(lone, bob);
  await bob.send("/terms");
  await eventually(() => expect(lone.lines.join("")).toContain("an update waits"));
  expect(await payAt(lone, bob)).toContain(checkout.over);
  const id = randomUUID();
  await lone.inject(moved(bob, id, `quick-${id}`));
  await eventually(() => app.client.workflow.getHandle(`payment:${id}`).describe());
  expect(await lone.pending()).toBeGreaterThan(0);
});

test("a query of a shape that nobody knows is declined all the same", async () => {
  const lone = await polling();
  const from = { id: 66_005, is_bot: false, first_name: "Odd" };
  for (const odd of [
    { currency: "XTR", total_amount: 1.5, invoice_payload: randomUUID() },
    { currency: "DOGE", total_amount: 1, invoice_payload: randomUUID() },
    { currency: "XTR", total_amount: 2 ** 60, invoice_payload: "\u0000" },
  ]) {
    await lone.inject({ pre_checkout_query: { id: "9", from, ...odd } });
  }
  await eventually(async () => {
    const told = await lone.metric('bot_messages_total{handler="pre-checkout",status="ok"');
    expect(told).toEqual([expect.stringMatching(/ 3$/u)]);
  });
});

test("whoever pays often is never too fast for a checkout", async () => {
  const slow = { ...openMemory(), increment: async () => 1_000 };
  const lone = await polling({ store: slow });
  const bob = lone.person(66_004);
  await billToLone(lone, bob);
  for (let times = 0; times < 6; times += 1) {
    expect(await payAt(lone, bob)).toContain(checkout.over);
  }
});

test("a checkout that Telegram no longer wants answered is no failure", async () => {
  const from = { id: app.person().id, is_bot: false, first_name: "Late" };
  const query = { id: "77", from, currency: "XTR", total_amount: 1, invoice_payload: "x" };
  const failures = async () => (await app.numbers.errors.get()).values;
  const before = await failures();
  await tellsBot({ pre_checkout_query: query });
  await eventually(async () => {
    const told = await app.numbers.registry.metrics();
    expect(told).toMatch(/bot_messages_total\{handler="pre-checkout",status="ok"/u);
    const answers = await fetch(`${app.emulatorUrl}/control/calls?method=answerPreCheckoutQuery`);
    expect(await answers.json()).toContainEqual(expect.objectContaining({ error_code: 400 }));
  });
  expect(await failures()).toEqual(before);
});

test("who is blocked is not let pay, and Stars that come all the same are their balance", async () => {
  const admin = await app.admin();
  const bob = await shopper();
  const id = await bob.buy("month", "stars", "XTR");
  const bill = await bob.waitForStarsInvoice();
  await admin.press(await cardOf(admin, bob.person), `sure-block:${bob.person.id}`);
  await admin.pressButton(new RegExp(`^act:block:${bob.person.id}$`, "u"));
  await admin.waitForMessage(/Done:[^]*blocked/u);
  expect(await bob.pay(bill)).toContain(checkout.blocked);
  await tellsBot(moved(bob.person, id, `blocked-${id}`));
  await admin.waitForMessage(/A blocked customer paid 250 ⭐/u);
  const charges = await app.rows("select use from charges where payment_id = ?", [id]);
  expect(charges).toEqual([{ use: "credit" }]);
});

test("Stars for an invoice that nobody made are kept once, under the name that reconciliation gives", async () => {
  const admin = await app.admin();
  const charge = `gift-${randomUUID()}`;
  const update = moved({ id: app.person().id }, "a gift", charge);
  update.message.successful_payment.total_amount = 4_321;
  await tellsBot(update);
  await tellsBot(update);
  await admin.waitForMessage(/Unmatched payment: 4,321 ⭐ by Telegram Stars/u);
  await eventually(async () => {
    const info = await askTelegram(app.emulatorUrl, "getWebhookInfo", {});
    expect(info).toMatchObject({ pending_update_count: 0 });
  });
  const id = paymentOfNobody(stars, charge);
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
  const told = (await admin.listTexts()).filter((words) => words.includes("4,321 ⭐"));
  expect(told).toHaveLength(1);
});

test("Stars are told when Temporal is back, whatever the throttle says", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const slow = { ...openMemory(), increment: async () => 1_000 };
  const lone = await polling({ client: gate.client, store: slow });
  gate.shut();
  const id = randomUUID();
  await lone.inject(moved({ id: 66_003 }, id, `late-${id}`));
  await eventually(() => expect(lone.lines.join("")).toContain("an update waits"));
  expect(await lone.pending()).toBe(1);
  const payment = () => app.client.workflow.getHandle(`payment:${id}`).describe();
  await expect(payment()).rejects.toThrow(/not found/u);
  gate.open();
  await eventually(async () => expect(await lone.pending()).toBe(0));
  await payment();
});

test("Stars that Telegram gives back take their time with them", async () => {
  const bob = await shopper();
  const before = await bob.paidUntil();
  const id = await bob.buy("month", "stars", "XTR");
  await bob.payStarsInvoice();
  await bob.person.waitForMessage(/Payment received/u);
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
