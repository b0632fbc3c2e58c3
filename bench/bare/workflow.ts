import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from "@temporalio/workflow";
import type { BareActivities } from "./activities.ts";

const steps = proxyActivities<BareActivities>({ startToCloseTimeout: "10s" });
const dbSteps = proxyLocalActivities<BareActivities>({ startToCloseTimeout: "10s" });

/** The gateway's report. */
export const paid = defineSignal("paid");

/**
 * The share of Temporal alone in a settled payment: the same steps in the same order as in
 * `workflows/payments/payment.ts`, but empty. It sets no search attributes, details or summaries and sends
 * no messages: those costs count as the product's.
 */
export async function barePayment(): Promise<void> {
  let isPaid = false;
  setHandler(paid, () => void (isPaid = true));
  await dbSteps.openOrder();
  await steps.issueInvoice();
  await condition(() => isPaid, "24h");
  await dbSteps.decideEvents();
}
