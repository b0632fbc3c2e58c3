import { Bot } from "grammy";
import { Telegraf } from "telegraf";
import { expect, onTestFinished, test } from "vitest";
import type { Message, SuccessfulPayment } from "../../emulators/telegram/bot-api.ts";
import type { StarTransaction } from "../../emulators/telegram/stars.ts";
import type { Subscription } from "../../emulators/telegram/subscriptions.ts";
import { eventually } from "./servers.ts";
import { ask, startTelegram, token } from "./telegram-client.ts";

const month = 2_592_000;
const invoice = {
  title: "Every month",
  description: "VPN that renews itself",
  payload: "order:42",
  currency: "XTR",
  prices: [{ label: "A month", amount: 150 }],
};
const subscription = { ...invoice, subscription_period: month };

/** A bot that agrees to what `agrees` says, and keeps what it is told. */
async function startBot(url: string, agrees: () => boolean) {
  const bot = new Bot(token, { client: { apiRoot: url } });
  const paid: SuccessfulPayment[] = [];
  const changes: unknown[] = [];
  bot.on("pre_checkout_query", (context) =>
    agrees() ? context.answerPreCheckoutQuery(true) : context.answerPreCheckoutQuery(false, "No"),
  );
  bot.on("message:successful_payment", ({ message }) => {
    paid.push(message.successful_payment);
  });
  bot.use(({ update }, next) => {
    if (update.subscription !== undefined) changes.push(update.subscription);
    return next();
  });
  await new Promise<void>((onStart) => {
    void bot.start({ onStart: () => onStart() }).catch(() => undefined);
  });
  onTestFinished(() => bot.stop());
  return { api: bot.api, paid, changes };
}

/** Person 1 pays a link to a subscription, sold by a bot that was written with grammY. */
async function startSubscribed(options: { renewalCheckout?: boolean } = {}) {
  const telegram = await startTelegram(options);
  const { person } = telegram;
  await person(1).say("/start");
  let agrees = true;
  const bot = await startBot(telegram.url, () => agrees);
  const { title, description, payload, currency, prices } = invoice;
  const link = await bot.api.createInvoiceLink(title, description, payload, "", currency, prices, {
    subscription_period: month,
  });
  const first = await payLink(person(1).side, link);
  const id = first.successful_payment?.telegram_payment_charge_id ?? "";
  const act = (what: string) =>
    ask<Subscription & { error?: string }>(`${person(1).side}/subscriptions`, "POST", {
      telegram_payment_charge_id: id,
      act: what,
    });
  const refuse = () => {
    agrees = false;
  };
  return { telegram, bot, link, first, id, act, refuse };
}

const payLink = (side: string, link: string) =>
  ask<Message & { error?: string }>(`${side}/pay`, "POST", { link });

test("a link shows its invoice, is paid as often as people like, and needs the bot's yes", async () => {
  const { call, person, url } = await startTelegram();
  await person(1).say("/start");
  let agrees = true;
  const { paid } = await startBot(url, () => agrees);
  const bot = new Telegraf(token, { telegram: { apiRoot: url } });
  const link = await bot.telegram.createInvoiceLink({ ...invoice, provider_token: "" });
  expect(link).toMatch(/^https:\/\/t\.me\/\$[\w-]+$/u);
  const shown = await ask(`${person(1).side}/invoice?link=${encodeURIComponent(link)}`);
  expect(shown).toMatchObject({ title: "Every month", currency: "XTR", total_amount: 150 });
  expect(JSON.stringify(shown)).not.toContain(invoice.payload);
  const { successful_payment: bought } = await payLink(person(1).side, link);
  expect(bought).toMatchObject({ total_amount: 150, invoice_payload: "order:42" });
  expect(bought).not.toHaveProperty("is_recurring");
  await payLink(person(2).side, link);
  await eventually(() => expect(paid).toHaveLength(2));
  expect((await person(1).chat()).at(-1)).toMatchObject({ invoice_name: "Every month" });
  agrees = false;
  expect(await payLink(person(1).side, link)).toEqual({ error: "No" });
  const unknown = { error: "there is no invoice behind this link" };
  expect(await payLink(person(1).side, "https://t.me/$unknown")).toEqual(unknown);
  expect(await call("getMyStarBalance")).toMatchObject({ result: { amount: 300 } });
});

test("a subscription's first payment and its renewals say what they are", async () => {
  const { telegram, bot, first, id, act } = await startSubscribed();
  const begun = first.successful_payment?.subscription_expiration_date ?? 0;
  expect(first.successful_payment).toMatchObject({ is_recurring: true, is_first_recurring: true });
  expect(begun - first.date).toBeGreaterThanOrEqual(month);
  expect(await act("renew")).toMatchObject({ id, state: "active", expires_at: begun + month });
  await eventually(() => expect(bot.paid).toHaveLength(2));
  const renewed = bot.paid[1];
  expect(renewed).toMatchObject({
    is_recurring: true,
    invoice_payload: "order:42",
    subscription_expiration_date: begun + month,
  });
  expect(renewed).not.toHaveProperty("is_first_recurring");
  expect(renewed?.telegram_payment_charge_id).not.toBe(id);
  const { transactions } = await bot.api.getStarTransactions();
  expect(transactions).toMatchObject([
    { id, amount: 150, source: { subscription_period: month, invoice_payload: "order:42" } },
    { id: renewed?.telegram_payment_charge_id, source: { subscription_period: month } },
  ]);
  expect(await ask(`${telegram.person(1).side}/subscriptions`)).toMatchObject([{ id }]);
});

const changedTo = (state: string) => ({ user: { id: 1 }, invoice_payload: "order:42", state });

test("a charge that fails and a person who cancels and resumes come as updates", async () => {
  const { telegram, bot, act } = await startSubscribed();
  expect(await act("fail")).toMatchObject({ state: "failed" });
  expect(await act("renew")).toMatchObject({ state: "active" });
  expect(await act("cancel")).toMatchObject({ state: "canceled" });
  expect(await act("renew")).toEqual({ error: "the subscription is cancelled" });
  expect(await act("resume")).toMatchObject({ state: "active" });
  await eventually(() =>
    expect(bot.changes).toMatchObject(["failed", "canceled", "active"].map(changedTo)),
  );
  expect(bot.paid).toHaveLength(2);
  const stranger = await ask(`${telegram.person(2).side}/subscriptions`, "POST", {
    telegram_payment_charge_id: bot.paid[0]?.telegram_payment_charge_id,
    act: "cancel",
  });
  expect(stranger).toEqual({ error: "there is no such subscription" });
});

test("what the bot cancels is not renewed, and resumed once the bot allows it", async () => {
  const { telegram, bot, id, act } = await startSubscribed();
  await bot.api.editUserStarSubscription(1, id, true);
  expect(await act("renew")).toEqual({ error: "the subscription is cancelled" });
  expect(await act("resume")).toEqual({ error: "the bot cancelled the subscription" });
  await bot.api.editUserStarSubscription(1, id, false);
  expect(await act("renew")).toEqual({ error: "the subscription is cancelled" });
  expect(await act("resume")).toMatchObject({ state: "active" });
  expect(await act("renew")).toMatchObject({ state: "active" });
  const edit = async (user_id: number, telegram_payment_charge_id: string) => {
    const params = { user_id, telegram_payment_charge_id, is_canceled: true };
    return (await telegram.call("editUserStarSubscription", params)).description;
  };
  await telegram.person(2).say("/start");
  expect(await edit(2, id)).toBe("Bad Request: USER_ID_INVALID");
  expect(await edit(1, "other")).toBe("Bad Request: CHARGE_ID_INVALID");
  // A renewal's charge names no subscription.
  const renewal = bot.paid.find((payment) => payment.is_first_recurring === undefined);
  expect(await edit(1, renewal?.telegram_payment_charge_id ?? "")).toBe(
    "Bad Request: CHARGE_ID_INVALID",
  );
});

test("each of a subscription's payments is given back by itself", async () => {
  const { telegram, bot, id, act } = await startSubscribed();
  await act("renew");
  await bot.api.refundStarPayment(1, id);
  const { result } = await telegram.call<{ transactions: StarTransaction[] }>(
    "getStarTransactions",
  );
  expect(result.transactions).toMatchObject([
    { id, source: {} },
    { source: {} },
    { id, receiver: { subscription_period: month } },
  ]);
  const returned = (await telegram.person(1).chat()).at(-1)?.refunded_payment;
  expect(returned).toMatchObject({ telegram_payment_charge_id: id, total_amount: 150 });
  expect(returned).not.toHaveProperty("is_recurring");
});

test("where the bot is asked before a renewal, its no lets the charge fail", async () => {
  const { bot, act, refuse } = await startSubscribed({ renewalCheckout: true });
  expect(await act("renew")).toMatchObject({ state: "active" });
  refuse();
  expect(await act("renew")).toEqual({ error: "No" });
  await eventually(() => expect(bot.changes).toMatchObject([{ state: "failed" }]));
  await eventually(() => expect(bot.paid).toHaveLength(2));
});

test("an update about a subscription can be lost, and a reset forgets subscriptions and links", async () => {
  const { telegram, bot, act, link } = await startSubscribed();
  await telegram.fault({ updates: "drop", about: "subscription", times: 1 });
  await act("cancel");
  await act("resume");
  await eventually(() => expect(bot.changes).toMatchObject([{ state: "active" }]));
  await ask(`${telegram.url}/control/reset`, "POST", {});
  expect(await ask(`${telegram.person(1).side}/subscriptions`)).toEqual([]);
  expect(await act("cancel")).toEqual({ error: "there is no such subscription" });
  expect(await payLink(telegram.person(1).side, link)).toHaveProperty("error");
});

test.for<[object, string]>([
  [{ subscription_period: 86_400 }, "SUBSCRIPTION_PERIOD_INVALID"],
  [{ subscription_period: 3 * month }, "SUBSCRIPTION_PERIOD_INVALID"],
  [{ prices: [{ label: "A month", amount: 10_001 }] }, "SUBSCRIPTION_AMOUNT_INVALID"],
  [{ currency: "RUB" }, "CURRENCY_INVALID"],
  [{ prices: [...invoice.prices, ...invoice.prices] }, "STARS_INVOICE_INVALID"],
  [{ title: "" }, "INVOICE_TITLE_INVALID"],
])("a subscription with %j is refused: %s", async ([change, words]) => {
  const { call } = await startTelegram();
  expect(await call("createInvoiceLink", { ...subscription, ...change })).toMatchObject({
    error_code: 400,
    description: `Bad Request: ${words}`,
  });
});

const of = (amount: number) => ({ prices: [{ label: "A month", amount }] });

test("a subscription may cost ten thousand Stars, and a single invoice more", async () => {
  const { call } = await startTelegram();
  const dear = { ...subscription, ...of(10_000) };
  expect(await call("createInvoiceLink", dear)).toMatchObject({ ok: true });
  const once = { ...invoice, ...of(100_000) };
  expect(await call("createInvoiceLink", once)).toMatchObject({ ok: true });
});
