import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
} from "@temporalio/workflow";
import { failures } from "../../domain/failures.ts";
import { isFailure } from "../failures.ts";
import { needHuman } from "../operator-view.ts";
import type { PaymentRun } from "./payment-run.ts";
import { externalBriefly, externalUntil, localDb } from "../steps/payments.ts";

/** How asking for an invoice ended. */
type Issued = "issued" | "cancelled" | "refused";

/**
 * Asks the gateway for the invoice. `refused`: the gateway refused, or did not answer until the
 * invoice would have lapsed. `cancelled`: its customer did not wait.
 */
export async function issueInvoiceUnlessRefused(run: PaymentRun): Promise<Issued> {
  const { order } = run;
  try {
    await externalBriefly.issueInvoice(order);
    return "issued";
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    if (isFailure(error, failures.invoiceRefused)) return "refused";
  }
  await localDb.notifyInvoiceDelayed(order);
  needHuman(true, `${order.gateway} does not answer`);
  try {
    return await issueUnlessCancelled(run);
  } finally {
    needHuman(false, `${order.gateway} answers again, or the invoice is over`);
  }
}

/** Asks until the invoice would lapse, or its customer does not want it any more. */
async function issueUnlessCancelled({ order, pending }: PaymentRun): Promise<Issued> {
  const scope = new CancellationScope();
  const issuing = scope
    .run(() => externalUntil(order.lapsesAt).issueInvoice(order))
    .then(() => "issued" as const)
    .catch((error: unknown) => {
      if (!(error instanceof ActivityFailure)) throw error;
      return isCancellation(error) ? ("cancelled" as const) : ("refused" as const);
    });
  const giveUp = condition(() => pending.isCancelled).then(() => "cancelled" as const);
  const first = await Promise.race([issuing, giveUp]);
  if (first === "cancelled") scope.cancel();
  return first;
}
