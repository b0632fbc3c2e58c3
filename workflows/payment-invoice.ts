import { ActivityFailure } from "@temporalio/workflow";
import { failures } from "../domain/failures.ts";
import type { PaymentOrder } from "../domain/payment.ts";
import { firstTries, isFailure, needHuman, stepsUntil, steps } from "./steps.ts";

/**
 * Asks the gateway for an invoice and shows it; false when the gateway said no, or was away until the invoice
 * would have lapsed. The customer is told when it takes longer.
 */
export async function issued(order: PaymentOrder): Promise<boolean> {
  try {
    await firstTries.issueInvoice(order);
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    if (isFailure(error, failures.invoiceRefused)) return refused(order);
  }
  await steps.tell(order.telegramId, { kind: "invoiceDelayed" });
  needHuman(true, `${order.gateway} does not answer`);
  try {
    await stepsUntil(order.lapsesAt).issueInvoice(order);
    needHuman(false, "The gateway answers again");
    return true;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return refused(order);
  }
}

async function refused(order: PaymentOrder): Promise<false> {
  await steps.tell(order.telegramId, { kind: "invoiceRefused" });
  return false;
}
