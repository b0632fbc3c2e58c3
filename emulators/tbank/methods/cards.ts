import * as z from "zod";
import { paymentIdIn, read } from "../params.ts";
import type { Payment } from "../payments.ts";
import { Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import { answerOn, type Method, requirePayment } from "./method.ts";

const customer = z.object({ CustomerKey: z.string().max(36) });
const ofCustomer = { CustomerKey: "216" } as const;

/**
 * All cards of a customer, deleted ones among them: a list, without `Success` and the like. What the
 * bank says of a customer it does not know is unverified (here 7, "wrong status of the customer").
 */
export const getCardList: Method = (state, params) => {
  const { CustomerKey } = read(customer, params, ofCustomer);
  const cards = state.cards.list(CustomerKey);
  if (cards === undefined) throw new Refusal("7", "the customer was not found");
  return cards.map(({ cardId, pan, status, rebillId, expDate }) => ({
    CardId: String(cardId),
    Pan: pan,
    Status: status,
    RebillId: String(rebillId),
    CardType: 0,
    ExpDate: expDate,
  }));
};

const cardOfCustomer = customer.extend({ CardId: z.string().max(40) });

/** Deletes a card: nothing can be charged to it from then on. */
export const removeCard: Method = (state, params) => {
  const given = read(cardOfCustomer, params, ofCustomer);
  const { CustomerKey, CardId } = given;
  const removed = state.cards.change(CustomerKey, CardId, { status: "D" });
  if (removed === undefined) throw new Refusal("6", "this customer has no such card");
  return { Status: "D", CustomerKey, CardId, CardType: 0 };
};

const rebill = z.object({ RebillId: z.string() });

/**
 * Charges a saved card without its owner. The terminal must be let do so; the payment must be new,
 * and its `Init` must say that the shop begins it. What the bank answers to an id for charges that
 * it does not know is unverified: here the payment is rejected with 104.
 */
export const charge: Method = (state, params) => {
  const payment = requirePayment(state, paymentIdIn(params));
  const { RebillId } = read(rebill, params);
  if (!/^\d{1,20}$/u.test(RebillId)) throw new Refusal("223");
  if (!state.options.recurring) throw new Refusal("10");
  checkInitiator(payment);
  if (payment.status !== "NEW") throw new Refusal("8", `it is ${payment.status}`);
  return answerOnCharge(chargeSaved(state, payment, RebillId));
};

function checkInitiator({ recurrent, data }: Payment): void {
  const initiator = data?.["OperationInitiatorType"];
  const fits = initiator === undefined || initiator === "2" || initiator === "R";
  if (recurrent === true || !fits) throw new Refusal("1126");
}

function chargeSaved({ cards, form }: State, payment: Payment, rebillId: string): Payment {
  const card = cards.findByRebill(rebillId);
  const code = card === undefined ? "104" : "1051";
  const refused = { kind: "refused", status: "REJECTED", code } as const;
  return form.charge(payment, card, card === undefined || card.isPoor ? refused : undefined);
}

const answerOnCharge = (payment: Payment) => {
  const { errorCode } = payment;
  if (errorCode === undefined) return answerOn(payment);
  const failed = { Success: false, ErrorCode: errorCode, Message: "The bank has rejected it" };
  return { ...answerOn(payment), ...failed };
};
