import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { BareActivities } from "./activities.ts";

const steps = proxyActivities<BareActivities>({ startToCloseTimeout: "30s" });
const quickSteps = proxyLocalActivities<BareActivities>({ startToCloseTimeout: "10s" });

export const paid = defineSignal("paid");
export const timeChanged = defineSignal("timeChanged");

/**
 * What Temporal alone costs of a payment that is settled: the same steps in the same order as in
 * `workflows/payment.ts`, with nothing in them. It says nothing to operators: what the product spends on search
 * attributes, details and summaries counts as the product's.
 */
export async function barePayment(subscriptionId: string): Promise<void> {
  let isPaid = false;
  setHandler(paid, () => void (isPaid = true));
  await quickSteps.openOrder();
  await steps.issueInvoice();
  await condition(() => isPaid, "24h");
  await quickSteps.keepReport();
  await quickSteps.settle();
  await getExternalWorkflowHandle(subscriptionId).signal(timeChanged);
  await steps.showPayment();
}

/** As `workflows/subscription.ts`. */
const longestHistoryEvents = 1_500;

/**
 * What Temporal alone costs of a subscription, active before and after, that is told of payments. `booked`: what
 * the run before has heard and not told.
 */
export async function bareSubscription(booked = 0): Promise<never> {
  setHandler(timeChanged, async () => {
    await steps.changeTime();
    booked += 1;
  });
  for (;;) {
    await condition(() => booked > 0, "30d");
    while (booked > 0) {
      booked -= 1;
      await steps.tell();
      await steps.addDevice();
      await steps.undelivered();
    }
    if (workflowInfo().historyLength > longestHistoryEvents) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof bareSubscription>(booked);
    }
  }
}
