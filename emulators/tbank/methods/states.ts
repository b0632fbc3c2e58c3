import * as z from "zod";
import { paymentIdIn, read } from "../params.ts";
import { currentAmount } from "../payments.ts";
import { Refusal } from "../refusal.ts";
import { answerOn, type Method, requirePayment } from "./method.ts";

/** `GetState`: the payment's current status. */
export const getState: Method = (state, params) =>
  answerOn(requirePayment(state, paymentIdIn(params)));

const orderParams = z.object({ OrderId: z.string() });

/**
 * All payments of an order, oldest first; text, number and order as in the bank's example. What the
 * bank says of an order it does not know is unverified (255 here; its list has a 335, too).
 */
export const checkOrder: Method = (state, params) => {
  const { OrderId } = read(orderParams, params, { OrderId: "212" });
  const payments = state.payments.listByOrder(OrderId);
  if (payments.length === 0) throw new Refusal("255", OrderId);
  const Payments = payments.map((payment) => ({
    PaymentId: payment.id,
    Amount: currentAmount(payment),
    Status: payment.status,
    Success: String(payment.errorCode === undefined),
    ErrorCode: Number(payment.errorCode ?? 0),
    Message: payment.errorCode === undefined ? "None" : "The last try failed",
  }));
  return { OrderId, Payments };
};

/** How an SBP refund goes. */
export const getQrState: Method = (state, params) => {
  const payment = requirePayment(state, paymentIdIn(params));
  const { refundError, refunding, refunded } = payment;
  const failure =
    refundError === undefined
      ? {}
      : { QrCancelCode: refundError, QrCancelMessage: "The payer's bank refused the refund" };
  return { ...answerOn(payment), ...failure, Amount: refunding?.amount ?? refunded };
};
