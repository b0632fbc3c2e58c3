import type { Params } from "../params.ts";
import { currentAmount, type Payment } from "../payments.ts";
import { Refusal } from "../refusal.ts";
import type { State } from "../state.ts";

/** What an answer says besides `Success`, `ErrorCode` and the like. */
export type Answer = Readonly<Record<string, unknown>>;

/** @throws Refusal. */
export type Method = (state: State, params: Params) => Answer | readonly Answer[];

/** `PaymentId` is text here; in a notification it is a number. */
export const answerOn = (payment: Payment): Answer => ({
  Status: payment.status,
  PaymentId: payment.id,
  OrderId: payment.orderId,
  Amount: currentAmount(payment),
});

/** @throws Refusal 255. */
export function requirePayment(state: State, paymentId: string): Payment {
  const payment = state.payments.find(paymentId);
  if (payment === undefined) throw new Refusal("255");
  return payment;
}
