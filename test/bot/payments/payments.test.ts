import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { dayMs } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, buyDataIn, memoryGateway, starsAnd } from "../bot-customer.ts";
import { customerSpeaking, forgePress } from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory) });
const createCustomer = async () => new BotCustomer(app, await app.customer());
const { order, purchase } = textsIn("en").payments;

test.each(languages)(
  "/payments, /balance and /paysupport say what is there (%s)",
  async (language) => {
    const texts = textsIn(language);
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    for (const [command, wanted] of [
      ["/payments", texts.payments.order.none],
      ["/balance", texts.payments.balance.none],
      [
        "/paysupport",
        `${texts.messaging.support.payment("@help")}\n${texts.messaging.support.yourNumber(bob.person.id)}`,
      ],
    ] as const) {
      await bob.person.send(command);
      const shown = wanted.replaceAll(/<[^>]+>/gu, "");
      await eventually(async () => expect((await bob.person.listTexts()).at(-1)).toBe(shown));
    }
    const first = await bob.buy("month", "memory", "RUB");
    const second = await bob.buy("family", "stars", "XTR");
    await bob.settle(memory, first);
    await eventually(async () => {
      await bob.person.send("/payments");
      const lines = ((await bob.person.listTexts()).at(-1) ?? "").split("\n").slice(1);
      expect(lines).toEqual([
        expect.stringMatching(new RegExp(`500 ⭐.*${second.slice(0, 8)}`, "u")),
        expect.stringMatching(new RegExp(`300 ₽.*${first.slice(0, 8)}`, "u")),
      ]);
      expect(lines[1]).toContain(language === "en" ? "paid" : "оплачено");
    });
  },
);

test("an open order is shown again where the list was pressed, and each copy shows its end", async () => {
  const bob = await createCustomer();
  const id = await bob.buy("month", "memory", "RUB");
  await bob.person.waitForMessage(/Waiting for your payment/u);
  await bob.person.send("/payments");
  const invoices = async () =>
    (await bob.person.listTexts()).filter((words) => words.startsWith("🧾 month"));
  const { messageId } = await bob.person.button(new RegExp(`^show-payment:${id}$`, "u"));
  await bob.person.press(messageId, `show-payment:${id}`);
  await eventually(async () => expect(await invoices()).toHaveLength(2));
  await bob.settle(memory, id);
  const paid = expect.stringMatching(/Paid\. Thank you/u);
  await eventually(async () => expect(await invoices()).toEqual([paid, paid]));
  expect(await bob.listOrders()).toEqual([{ id, state: "settled" }]);
  const late = await forgePress(app, bob.person, { messageId, data: `show-payment:${id}` });
  expect(late?.text).toBe(order.closed);
  expect(await invoices()).toHaveLength(2);
});

test("an open order is cancelled by its invoice's button and from the list, once", async () => {
  const bob = await createCustomer();
  const id = await bob.buy("month", "memory", "RUB");
  const cancel = new RegExp(`^cancel-payment:${id}$`, "u");
  const { messageId } = await bob.person.button(cancel);
  const pressed = await bob.person.press(messageId, `cancel-payment:${id}`);
  expect(pressed.answer?.text).toBe(order.cancelled);
  await bob.person.waitForMessage(/✖️ Cancelled/u);
  const again = await forgePress(app, bob.person, { messageId, data: `cancel-payment:${id}` });
  expect(again).toMatchObject({ text: order.closed });
  const other = await bob.buy("month", "memory", "RUB");
  await bob.person.send("/payments");
  await bob.person.waitForMessage(/Your payments/u);
  const listed = await bob.person.button(new RegExp(`^cancel-payment:${other}:1$`, "u"));
  await bob.person.press(listed.messageId, listed.data);
  await eventually(async () => {
    const states = (await bob.listOrders()).map(({ state }) => state);
    expect(states).toEqual(["cancelled", "cancelled"]);
  });
});

test.each(languages)(
  "the list of payments is shown anew when an order on it is cancelled, and when it is pressed again (%s)",
  async (language) => {
    const texts = textsIn(language).payments.order;
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const id = await bob.buy("month", "memory", "RUB");
    await bob.person.send("/payments");
    const { messageId, data } = await bob.person.button(
      new RegExp(`^cancel-payment:${id}:1$`, "u"),
    );
    const expectCancelled = () =>
      eventually(async () => {
        const page = (await bob.person.chat()).find(({ message_id: one }) => one === messageId);
        const keys = (page?.reply_markup?.inline_keyboard ?? []).flat();
        expect(page?.text).toMatch(language === "en" ? /cancelled/u : /отменён|отменен/u);
        expect(keys.map((key) => key.callback_data)).not.toContain(data);
      });
    const pressed = await bob.person.press(messageId, data);
    expect(pressed.answer?.text).toBe(texts.cancelled);
    await expectCancelled();
    await eventually(async () =>
      expect(await bob.listOrders()).toEqual([{ id, state: "cancelled" }]),
    );
    const again = await forgePress(app, bob.person, { messageId, data });
    expect(again?.text ?? "").toBe("");
    await expectCancelled();
  },
);

test("nobody cancels or sees another person's order", async () => {
  const bob = await createCustomer();
  const eve = await createCustomer();
  const id = await bob.buy("month", "memory", "RUB");
  await eve.person.send("/plans");
  const { message_id: messageId } = await eve.person.waitForMessage(/Plans/u);
  const received = (await eve.person.listTexts()).length;
  for (const what of ["cancel-payment", "show-payment"]) {
    for (const which of [id, randomUUID(), "0".repeat(36)]) {
      const answer = await forgePress(app, eve.person, { messageId, data: `${what}:${which}` });
      expect(answer).toMatchObject({ text: order.closed });
    }
  }
  for (const data of [`payment:${id}`, `payment-json:${id}`, `sure-refund:${id}`]) {
    const answer = await forgePress(app, eve.person, { messageId, data });
    expect(answer).toMatchObject({ text: textsIn("en").messaging.answer.notYours });
  }
  expect(await bob.listOrders()).toEqual([{ id, state: "open" }]);
  expect(await eve.listOrders()).toEqual([]);
  expect(await eve.person.listTexts()).toHaveLength(received);
});

test("a balance pays where it covers the price, once, and then no more", async () => {
  const bob = await createCustomer();
  const id = await bob.buy("month", "memory", "RUB");
  await bob.settle(memory, id);
  await bob.person.waitForMessage(/Paid\. Your access/u);
  // Paid again: this gateway makes no refunds, so the money goes to the balance.
  Object.assign(memory.capabilities, { refunds: "none" });
  await bob.settle(memory, id);
  await bob.person.waitForMessage(/300 ₽ is now on your balance/u);
  Object.assign(memory.capabilities, { refunds: "partial" });
  await bob.person.send("/balance");
  await bob.person.waitForMessage(/Your balance: 300 ₽/u);
  const before = await bob.paidUntil();
  const page = await bob.pickPlan("month");
  const data = buyDataIn(page, "month", "balance:RUB");
  const press = () => forgePress(app, bob.person, { messageId: page.message_id, data });
  const taps = await Promise.all([press(), press()]);
  expect(taps.map((answer) => answer?.text)).toContain(purchase.alreadyOrdered);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 30 * dayMs));
  await eventually(async () => {
    const receipt = (await bob.person.chat()).find((one) => one.message_id === page.message_id);
    expect(receipt?.text).toMatch(/300 ₽ · Balance\n✅ Paid/u);
  });
  const { message_id: anew, reply_markup: keys } = await bob.pickPlan("month");
  expect(JSON.stringify(keys)).not.toContain("balance");
  const forged = await forgePress(app, bob.person, { messageId: anew, data });
  expect(forged).toMatchObject({ text: purchase.balanceTooSmall });
  await bob.person.send("/balance");
  await bob.person.waitForMessage(/balance is empty/u);
  expect((await bob.listOrders()).map(({ state }) => state)).toEqual(["settled", "settled"]);
});
