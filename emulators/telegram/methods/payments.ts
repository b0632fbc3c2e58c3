import * as z from "zod";
import { readInvoice, readLinkInvoice } from "../invoices.ts";
import { type Call, flag, read, whole, words } from "../params.ts";
import { type Person, userOf } from "../people.ts";
import { badRequest } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Methods } from "./method.ts";
import { send } from "./send.ts";

const checkout = z.object({
  pre_checkout_query_id: words.default(""),
  ok: flag.default(false),
  error_message: words.optional(),
});
const charge = z.object({
  user_id: whole.optional(),
  telegram_payment_charge_id: words.optional(),
});
const change = z.object({ is_canceled: flag.default(false) });
const page = z.object({ offset: whole.default(0), limit: whole.default(100) });

/** Payments and subscriptions in Telegram Stars. */
export const payments: Methods = {
  sendInvoice: (state, call) => {
    const { invoice, payload } = readInvoice(call);
    const button = { text: `Pay ⭐️${invoice.total_amount}`, pay: true };
    const reply_markup = call.params["reply_markup"] ?? { inline_keyboard: [[button]] };
    const withButton = { ...call, params: { ...call.params, reply_markup } };
    const message = send(state, withButton, { invoice });
    state.bills.keepPayload(message.chat.id, message.message_id, payload);
    return message;
  },

  createInvoiceLink: (state, call) => state.bills.createLink(readLinkInvoice(call)),

  answerPreCheckoutQuery: (state, call) => {
    const { pre_checkout_query_id, ok, error_message } = read(checkout, call);
    if (!ok && error_message === undefined) throw badRequest("error message is not specified");
    state.checkouts.answer(pre_checkout_query_id, { ok, error_message });
    return true;
  },

  refundStarPayment: (state, call) => {
    const { person, chargeId } = requireCharge(state, call);
    const refunded_payment = state.stars.refund(userOf(person), chargeId);
    const message = state.chats.add(person, { from: state.bot, refunded_payment });
    state.queueForBot({ message }, person.id);
    return true;
  },

  editUserStarSubscription: (state, call) => {
    const { person, chargeId } = requireCharge(state, call);
    state.subscriptions.editByBot(person.id, chargeId, read(change, call).is_canceled);
    return true;
  },

  getStarTransactions: (state, call) => {
    const { offset, limit } = read(page, call);
    if (offset < 0 || limit < 1 || limit > 100) throw badRequest("LIMIT_INVALID");
    return { transactions: state.stars.transactions().slice(offset, offset + limit) };
  },

  getMyStarBalance: (state) => ({ amount: state.stars.balance() }),
};

/** The charge that a call names, and who paid it. @throws Refusal 400 as Telegram words it. */
function requireCharge(state: State, call: Call): { person: Person; chargeId: string } {
  const { user_id = 0, telegram_payment_charge_id } = read(charge, call);
  if (telegram_payment_charge_id === undefined) throw badRequest("CHARGE_ID_EMPTY");
  const person = state.people.find(user_id);
  if (person === undefined) throw badRequest("USER_ID_INVALID");
  return { person, chargeId: telegram_payment_charge_id };
}
