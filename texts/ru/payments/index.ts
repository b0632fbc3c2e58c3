import type { PaymentsTexts } from "../../en/payments/index.ts";
import { plan, purchase, notOpened } from "./plans.ts";
import { order, invoice, gateway, checkout } from "./orders.ts";
import { balance, creditReasons } from "./balance.ts";
import { refund, refundNotOpened } from "./refunds.ts";
import { unmatched, unmatchedResolved } from "./unmatched.ts";
import { payment, orderStates, moment, effects } from "./history.ts";

export const payments: PaymentsTexts = {
  plan,
  purchase,
  notOpened,
  order,
  invoice,
  gateway,
  checkout,
  balance,
  creditReasons,
  refund,
  refundNotOpened,
  unmatched,
  unmatchedResolved,
  payment,
  orderStates,
  moment,
  effects,
};
