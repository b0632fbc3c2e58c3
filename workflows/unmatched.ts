import { failures } from "../domain/failures.ts";
import { instant } from "../domain/time.ts";
import type { Resolution, UnmatchedRefund, UnmatchedResult } from "../domain/unmatched.ts";
import { isFailure, quickSteps, showStage, steps, untilReturned } from "./steps.ts";

/** An admin's word over money that nobody was asked for: booked with its audit row, carried out, confirmed. */
export async function unmatched(resolution: Resolution): Promise<UnmatchedResult> {
  const { by, what } = resolution;
  const resolved = await quickSteps.resolveUnmatched(resolution, instant(Date.now()));
  const result =
    resolved.kind === "refunding" ? await sentBack(resolved.refund) : { kind: resolved.kind };
  await steps.tell(by, { kind: "unmatchedResolved", resolved: result });
  if (resolved.kind === "done" && what.kind === "give") {
    const { amount } = resolved;
    await steps.tell(what.customer, { kind: "credited", amount, why: "found" });
  }
  return result;
}

/** Asks the gateway until it is done. Its refusal leaves the money where it was: with whoever decides next. */
async function sentBack(refund: UnmatchedRefund): Promise<UnmatchedResult> {
  try {
    await untilReturned(refund.gateway, () => steps.refundUnmatched(refund));
  } catch (error) {
    if (!isFailure(error, failures.refundRefused)) throw error;
    await quickSteps.closeUnmatchedRefund(refund, "refused");
    return { kind: "refused" };
  }
  await quickSteps.closeUnmatchedRefund(refund, "returned");
  showStage("returned", "The money is back with whoever paid it");
  return { kind: "returned" };
}
