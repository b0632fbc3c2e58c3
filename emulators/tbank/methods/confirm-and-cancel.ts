import * as z from "zod";
import { paymentIdIn, read } from "../params.ts";
import { currentAmount, type Payment } from "../payments.ts";
import { checkReceipt } from "../receipt.ts";
import { Refusal } from "../refusal.ts";
import { answerOn, type Method, requirePayment } from "./method.ts";

const kopecks = z.int().min(1);
const amountParams = z.object({
  Amount: kopecks.optional(),
  Receipt: z.unknown().optional(),
  ExternalRequestId: z.string().max(256).optional(),
});

/** Takes the money of a two-stage payment, or a part of it. */
export const confirm: Method = (state, params) => {
  const payment = requirePayment(state, paymentIdIn(params));
  const { Amount, Receipt } = read(amountParams, params, { Amount: "251" });
  if (Receipt !== undefined) checkReceipt(Receipt, Amount ?? payment.held);
  return answerOn(state.account.take(payment, Amount));
};

/**
 * Gives back all that is left, or a part of it. With a cash register a part needs a receipt of what
 * is given back. An unpaid payment is cancelled as a whole, whatever `Amount` says.
 */
export const cancel: Method = (state, params) => {
  const payment = requirePayment(state, paymentIdIn(params));
  const { Amount, Receipt, ExternalRequestId } = read(amountParams, params, { Amount: "251" });
  const before = currentAmount(payment);
  if (!state.account.isRepeat(payment, ExternalRequestId)) {
    const given = payment.status === "NEW" ? before : (Amount ?? before);
    if (Receipt !== undefined) checkReceipt(Receipt, given);
    else if (state.options.cashRegister && given < before) throw new Refusal("309");
  }
  const after = state.account.giveBack(payment, { amount: Amount, requestId: ExternalRequestId });
  return {
    ...answerOn(after),
    OriginalAmount: before,
    NewAmount: after.status === "CANCELED" ? 0 : currentAmount(after) - onItsWay(after),
    ...(ExternalRequestId === undefined ? {} : { ExternalRequestId }),
  };
};

const onItsWay = ({ refunding }: Payment): number => refunding?.amount ?? 0;
