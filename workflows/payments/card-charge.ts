import { ActivityFailure } from "@temporalio/workflow";
import { failures } from "../../domain/failures.ts";
import { addMs, hourMs, instant } from "../../domain/time.ts";
import { isFailure } from "../failures.ts";
import { needHuman } from "../operator-view.ts";
import { externalUntil as cardsUntil } from "../steps/cards.ts";
import { externalUntil } from "../steps/payments.ts";
import type { PaymentRun } from "./payment-run.ts";

/**
 * Charges the saved card, beside the payment's other events: what the gateway reports meanwhile is
 * decided at once. The order stays open until it is known whether the card was charged, so that no
 * other try is made before. Sets `run.charging` as it goes on.
 */
export async function chargeSavedCard(run: PaymentRun, isInvoiced: boolean): Promise<void> {
  run.charging = "underWay";
  run.charging = (await chargeOrRefuse(run, isInvoiced)) ? "done" : "refused";
}

async function chargeOrRefuse(run: PaymentRun, isInvoiced: boolean): Promise<boolean> {
  const { order, queue } = run;
  try {
    // Nobody can be charged without it, so that after the order's time it is given up.
    if (!isInvoiced) await externalUntil(order.lapsesAt).issueInvoice(order);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return false;
  }
  for (let hasFailed = false; ; hasFailed = true) {
    const now = instant(Date.now());
    try {
      queue.add(await cardsUntil(addMs(now, hourMs)).chargeCard(order, now));
      if (hasFailed) needHuman(false, `${order.gateway} has told what became of the charge`);
      return true;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      if (isFailure(error, failures.invoiceRefused)) return false;
      needHuman(true, `${order.gateway} does not tell what became of the charge`);
    }
  }
}
