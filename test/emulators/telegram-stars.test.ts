import { Bot } from "grammy";
import { expect, onTestFinished, test } from "vitest";
import type { Message, SuccessfulPayment } from "../../emulators/telegram/bot-api.ts";
import type { StarTransaction } from "../../emulators/telegram/stars.ts";
import { eventually } from "./servers.ts";
import { ask, startTelegram, token } from "./telegram-client.ts";

type Telegram = Awaited<ReturnType<typeof startTelegram>>;
type Paid = Message & { error?: string };

const invoice = {
  title: "A month",
  description: "Thirty days of VPN",
  payload: "payment:42",
  currency: "XTR",
  prices: [{ label: "A month", amount: 150 }],
};

/** An emulator whose person 1 has an invoice as message 2. */
async function startWithInvoice() {
  const telegram = await startTelegram();
  await telegram.person(1).say("/start");
  await telegram.updates({ offset: -1 });
  const { result } = await telegram.call<Message>("sendInvoice", { chat_id: 1, ...invoice });
  return { telegram, bill: result };
}

const pay = ({ person }: Telegram, message_id = 2) =>
  ask<Paid>(`${person(1).side}/pay`, "POST", { message_id });

const transactions = async ({ call }: Telegram, params: object = {}) =>
  (await call<{ transactions: StarTransaction[] }>("getStarTransactions", params)).result
    .transactions;

/** A bot that lets every payment pass, or none. */
async function startBot({ url }: Telegram, ok: boolean): Promise<SuccessfulPayment[]> {
  const bot = new Bot(token, { client: { apiRoot: url } });
  const received: SuccessfulPayment[] = [];
  bot.on("pre_checkout_query", (context) =>
    ok ? context.answerPreCheckoutQuery(true) : context.answerPreCheckoutQuery(false, "Sold out"),
  );
  bot.on("message:successful_payment", ({ message }) => {
    received.push(message.successful_payment);
  });
  await new Promise<void>((onStart) => {
    void bot.start({ onStart: () => onStart() }).catch(() => undefined);
  });
  onTestFinished(() => bot.stop());
  return received;
}

test("an invoice is paid once the bot agrees, and the account shows it", async () => {
  const { telegram, bill } = await startWithInvoice();
  expect(bill).toMatchObject({
    invoice: { title: "A month", currency: "XTR", total_amount: 150 },
    reply_markup: { inline_keyboard: [[{ pay: true }]] },
  });
  expect(JSON.stringify(bill)).not.toContain(invoice.payload);
  const received = await startBot(telegram, true);
  const { successful_payment, reply_to_message } = await pay(telegram);
  expect(reply_to_message).toEqual(bill);
  expect(successful_payment).toMatchObject({
    currency: "XTR",
    total_amount: 150,
    invoice_payload: "payment:42",
  });
  await eventually(() => expect(received).toEqual([successful_payment]));
  const id = successful_payment?.telegram_payment_charge_id;
  const source = {
    type: "user",
    transaction_type: "invoice_payment",
    invoice_payload: "payment:42",
  };
  expect(await transactions(telegram)).toMatchObject([{ id, amount: 150, source }]);
});

test("a payment that the bot declines costs nothing", async () => {
  const { telegram } = await startWithInvoice();
  await startBot(telegram, false);
  expect(await pay(telegram)).toEqual({ error: "Sold out" });
  expect(await transactions(telegram)).toEqual([]);
  expect(await pay(telegram, 1)).toEqual({ error: "message 1 is not an invoice" });
});

test("a checkout that no longer waits cannot be answered", async () => {
  const { telegram } = await startWithInvoice();
  const answer = { pre_checkout_query_id: "7", ok: true };
  expect(await telegram.call("answerPreCheckoutQuery", answer)).toMatchObject({
    description:
      "Bad Request: query is too old and response timeout expired or query ID is invalid",
  });
});

test("a charge is given back once, to its payer alone, as a second line under its id", async () => {
  const { telegram } = await startWithInvoice();
  await telegram.person(2).say("/start");
  await startBot(telegram, true);
  const { successful_payment } = await pay(telegram);
  const { telegram_payment_charge_id = "" } = successful_payment ?? {};
  const refund = async (user_id: number, charge = telegram_payment_charge_id) =>
    (await telegram.call("refundStarPayment", { user_id, telegram_payment_charge_id: charge }))
      .description;
  expect(await refund(2)).toBe("Bad Request: USER_ID_INVALID");
  expect(await refund(1, "")).toBe("Bad Request: CHARGE_ID_EMPTY");
  expect(await refund(1, "other")).toBe("Bad Request: CHARGE_ID_INVALID");
  expect(await refund(1)).toBeUndefined();
  expect(await refund(1)).toBe("Bad Request: CHARGE_ALREADY_REFUNDED");
  const id = telegram_payment_charge_id;
  const [incoming, outgoing, ...more] = await transactions(telegram);
  expect([incoming, outgoing]).toMatchObject([
    { id, amount: 150, source: {} },
    { id, receiver: {} },
  ]);
  expect(more).toEqual([]);
  expect(await transactions(telegram, { offset: 1, limit: 1 })).toEqual([outgoing]);
  expect(await telegram.call("getMyStarBalance")).toMatchObject({ result: { amount: 0 } });
  const refunded_payment = { telegram_payment_charge_id: id };
  expect((await telegram.person(1).chat()).at(-1)).toMatchObject({ refunded_payment });
});

test.for<[object, string]>([
  [{ title: "x".repeat(33) }, "INVOICE_TITLE_INVALID"],
  [{ payload: "é".repeat(65) }, "INVOICE_PAYLOAD_INVALID"],
  [{ currency: "RUB" }, "CURRENCY_INVALID"],
  [{ prices: [] }, "there must be at least one price"],
  [{ prices: [...invoice.prices, ...invoice.prices] }, "STARS_INVOICE_INVALID"],
  [{ prices: [{ label: "A month", amount: 100_001 }] }, "CURRENCY_TOTAL_AMOUNT_INVALID"],
])("an invoice with %j is refused: %s", async ([change, words]) => {
  const { telegram } = await startWithInvoice();
  expect(await telegram.call("sendInvoice", { chat_id: 1, ...invoice, ...change })).toMatchObject({
    error_code: 400,
    description: `Bad Request: ${words}`,
  });
});

test("each payment has charge ids of its own, also the provider's", async () => {
  const { telegram } = await startWithInvoice();
  await startBot(telegram, true);
  const paid = [await pay(telegram), await pay(telegram), await pay(telegram)];
  for (const id of ["telegram_payment_charge_id", "provider_payment_charge_id"] as const) {
    const ids = paid.map(({ successful_payment }) => successful_payment?.[id]);
    expect(new Set(ids.filter(Boolean)).size).toBe(3);
  }
});

test("a dropped payment message leaves the payment in the account alone", async () => {
  const { telegram } = await startWithInvoice();
  const received = await startBot(telegram, true);
  await telegram.fault({ updates: "drop", about: "successful_payment", times: 1 });
  await pay(telegram);
  await pay(telegram);
  await eventually(() => expect(received).toHaveLength(1));
  expect(await transactions(telegram)).toHaveLength(2);
});
