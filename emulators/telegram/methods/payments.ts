import * as z from "zod";
import { flag, json, read, whole, words } from "../params.ts";
import { userOf } from "../people.ts";
import { badRequest } from "../refusal.ts";
import type { Methods } from "./method.ts";
import { send } from "./send.ts";

const price = z.object({ label: words, amount: whole });
const invoice = z.object({
  title: words.default(""),
  description: words.default(""),
  payload: words.default(""),
  currency: words.default(""),
  start_parameter: words.default(""),
  prices: json(z.array(price), "can't parse prices JSON object").default([]),
});
const checkout = z.object({
  pre_checkout_query_id: words.default(""),
  ok: flag.default(false),
  error_message: words.optional(),
});
const charge = z.object({
  user_id: whole.optional(),
  telegram_payment_charge_id: words.optional(),
});
const page = z.object({ offset: whole.default(0), limit: whole.default(100) });

/** Telegram Stars (`XTR`) only: digital goods in Telegram are sold for nothing else. */
export const payments: Methods = {
  sendInvoice: (state, call) => {
    const given = read(invoice, call);
    const total_amount = checkInvoice(given);
    const { title, description, start_parameter, currency } = given;
    const shown = { title, description, start_parameter, currency, total_amount };
    const button = { text: `Pay ⭐️${total_amount}`, pay: true };
    const reply_markup = call.params["reply_markup"] ?? { inline_keyboard: [[button]] };
    const withButton = { ...call, params: { ...call.params, reply_markup } };
    const message = send(state, withButton, { invoice: shown });
    state.stars.keepPayload(message.chat.id, message.message_id, given.payload);
    return message;
  },

  answerPreCheckoutQuery: (state, call) => {
    const { pre_checkout_query_id, ok, error_message } = read(checkout, call);
    if (!ok && error_message === undefined) throw badRequest("error message is not specified");
    state.stars.answerCheckout(pre_checkout_query_id, { ok, error_message });
    return true;
  },

  refundStarPayment: (state, call) => {
    const { user_id = 0, telegram_payment_charge_id } = read(charge, call);
    if (telegram_payment_charge_id === undefined) throw badRequest("CHARGE_ID_EMPTY");
    const person = state.people.find(user_id);
    if (person === undefined) throw badRequest("USER_ID_INVALID");
    const user = userOf(person);
    const refunded_payment = state.stars.refund(user, telegram_payment_charge_id);
    const message = state.chats.add(person, { from: state.bot, refunded_payment });
    state.queueForBot({ message }, person.id);
    return true;
  },

  getStarTransactions: (state, call) => {
    const { offset, limit } = read(page, call);
    if (offset < 0 || limit < 1 || limit > 100) throw badRequest("LIMIT_INVALID");
    return { transactions: state.stars.transactions().slice(offset, offset + limit) };
  },

  getMyStarBalance: (state) => ({ amount: state.stars.balance() }),
};

/** Lengths as the Bot API's reference gives them; Stars come in whole numbers and in one price. */
function checkInvoice({ title, description, payload, currency, prices }: z.infer<typeof invoice>) {
  if (title.length < 1 || title.length > 32) throw badRequest("INVOICE_TITLE_INVALID");
  if (description.length < 1 || description.length > 255) {
    throw badRequest("INVOICE_DESCRIPTION_INVALID");
  }
  const bytes = Buffer.byteLength(payload);
  if (bytes < 1 || bytes > 128) throw badRequest("INVOICE_PAYLOAD_INVALID");
  if (currency !== "XTR") throw badRequest("CURRENCY_INVALID");
  const [only, ...more] = prices;
  if (only === undefined) throw badRequest("there must be at least one price");
  if (only.label === "") throw badRequest("LabeledPrice label must be non-empty");
  if (more.length > 0 || only.amount < 1) throw badRequest("STARS_INVOICE_INVALID");
  return only.amount;
}
