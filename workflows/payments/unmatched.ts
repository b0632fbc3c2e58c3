import { ActivityFailure, continueAsNew, workflowInfo } from "@temporalio/workflow";
import type {
  Resolution,
  UnmatchedRefund,
  UnmatchedResult,
} from "../../domain/payments/unmatched.ts";
import { hourMs, instant, minuteMs } from "../../domain/time.ts";
import { isRefundRefused } from "../failures.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { listenForCheckNow } from "../rest.ts";
import { externalBriefly, localDb } from "../steps/payments.ts";

const longestHistoryEvents = 1_000;

/**
 * An admin's decision about an unmatched payment:
 * recorded with its audit row, carried out, confirmed.
 */
export async function unmatched(
  resolution: Resolution,
  tries = 0,
  isTaken = false,
): Promise<UnmatchedResult> {
  const progress = { isTaken };
  const rests = listenForCheckNow();
  const resolved = await localDb.resolveUnmatched(resolution, instant(Date.now()));
  if (resolved.kind !== "refunding") {
    const result = { kind: resolved.kind };
    await localDb.closeUnmatched(resolution, result);
    return result;
  }
  const { refund } = resolved;
  for (let tried = tries; ; tried += 1) {
    rests.beginTry();
    const result = await askGateway(refund, progress);
    if (result !== undefined) {
      await localDb.closeUnmatched(resolution, result, refund);
      showStage(result.kind, `The gateway's answer: ${result.kind}`);
      return result;
    }
    if (tried === 3) needHuman(true, `${refund.gateway} is not done with the return`);
    const pauseMs = Math.min(hourMs, minuteMs * 2 ** Math.max(0, tried - 3));
    await rests.rest(pauseMs, "asks the gateway again");
    if (workflowInfo().historyLength > longestHistoryEvents) {
      await continueAsNew<typeof unmatched>(resolution, tried + 1, progress.isTaken);
    }
  }
}

/**
 * Undefined: the gateway does not answer, or has accepted the refund and is not done, even if it is
 * no longer configured. If it refuses, the money is open to a new decision.
 */
async function askGateway(
  refund: UnmatchedRefund,
  progress: { isTaken: boolean },
): Promise<UnmatchedResult | undefined> {
  try {
    const answer = await externalBriefly.refundUnmatched(refund);
    if (answer === "returned") return { kind: "returned" };
    progress.isTaken = true;
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return isRefundRefused(error, progress.isTaken) ? { kind: "refused" } : undefined;
  }
}
