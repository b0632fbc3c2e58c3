import type { PaymentsTexts } from "../../en/payments/index.ts";
import { addOn } from "./add-ons.ts";
import { balance, creditReasons } from "./balance.ts";
import { closedBy, effects, moment, orderStates, payment } from "./history.ts";
import { checkout, gateway, invoice, order } from "./orders.ts";
import { notOpened, plan, purchase } from "./plans.ts";
import { refund, refundNotOpened } from "./refunds.ts";
import { renewal } from "./renewal.ts";
import { topUp } from "./top-up.ts";
import { transfer, unmatched, unmatchedResolved } from "./unmatched.ts";

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
  topUp,
  addOn,
  refund,
  refundNotOpened,
  renewal,
  transfer,
  unmatched,
  unmatchedResolved,
  payment,
  orderStates,
  closedBy,
  moment,
  effects,
};
