import {
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  upsertSearchAttributes,
  uuid4,
} from "@temporalio/workflow";
import type { ApprovalId } from "../../domain/ids.ts";
import {
  type ApprovalOutcome,
  approvalRules,
  type ApprovalSubject,
  type DecisionMade,
} from "../../domain/people/approval.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { searchAttributes } from "../contract/names.ts";
import type { ApprovalAnswer } from "../contract/people.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { ignoreStarted, signalWorkflow } from "../other-workflows.ts";
import { adminArrived, approvalAnswered, decided } from "../signals.ts";
import { localDb } from "../steps/people.ts";

/** What to ask the admins, and whom to tell the answer. */
export interface ApprovalRequest {
  readonly approvalId: ApprovalId;
  readonly subject: ApprovalSubject;
  /** The workflow that waits for the answer. */
  readonly replyTo: string;
  /** How to start it again if it is gone when the answer comes. */
  readonly begin?: { readonly type: string; readonly args: readonly unknown[] };
}

/** The state of one open question. */
interface Question {
  readonly of: { readonly approvalId: ApprovalId; readonly ask: string };
  readonly askedAt: Instant;
  readonly decisions: DecisionMade[];
  readonly pending: { adminArrived: boolean };
}

/**
 * Asks every admin; the first decision counts. No decision waits for a chat. It does not depend on
 * what it asks.
 */
export async function approval(request: ApprovalRequest): Promise<ApprovalOutcome> {
  const { approvalId, subject } = request;
  const of = { approvalId, ask: uuid4().slice(0, 8) };
  const question: Question = {
    of,
    askedAt: instant(Date.now()),
    decisions: [],
    pending: { adminArrived: false },
  };
  setHandler(decided, (it) => void question.decisions.push(it));
  setHandler(adminArrived, () => void (question.pending.adminArrived = true));
  const { customerId } = subject;
  if (customerId !== undefined) {
    upsertSearchAttributes([{ key: searchAttributes.customerId, value: customerId }]);
  }
  const admins = await localDb.openApproval(of, subject, question.askedAt);
  showReach(admins);
  const outcome = await awaitDecision(question);
  showStage(outcome.kind, `Decided: ${outcome.kind}`);
  await notifyRequester(request, { approvalId, kind: outcome.kind, at: outcome.at });
  return outcome;
}

/**
 * Signals the answer to the requester, and starts it again if it was ended meanwhile, so that an
 * approved person gets access.
 */
async function notifyRequester(
  { replyTo, begin }: ApprovalRequest,
  answer: ApprovalAnswer,
): Promise<void> {
  const requester = getExternalWorkflowHandle(replyTo);
  const tell = () => signalWorkflow(requester.signal(approvalAnswered, answer), "the decision");
  if ((await tell()) || begin === undefined) return;
  const options = {
    workflowId: replyTo,
    args: [...begin.args],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  };
  await startChild(begin.type, options).catch(ignoreStarted);
  await tell();
}

/** Waits for a valid decision, reminds after half a day, lapses after a week. */
async function awaitDecision({
  of,
  askedAt,
  decisions,
  pending,
}: Question): Promise<ApprovalOutcome> {
  const asked = Date.parse(askedAt);
  const lapseMs = asked + approvalRules.lapseAfterMs;
  let remindMs = asked + approvalRules.remindAfterMs;
  for (;;) {
    for (let made = decisions.shift(); made; made = decisions.shift()) {
      const outcome = await countDecision(of, made);
      if (outcome !== undefined) return outcome;
    }
    if (pending.adminArrived) {
      pending.adminArrived = false;
      showReach(1);
    }
    if (Date.now() >= lapseMs) return localDb.recordLapse(of, instant(Date.now()));
    if (Date.now() >= remindMs) {
      // Temporal may have been restored to before a decision that is booked.
      const decided = await localDb.remindAdmins(of, instant(Date.now()));
      if (decided !== undefined) return decided;
      remindMs = Number.POSITIVE_INFINITY;
    }
    const waitMs = Math.min(remindMs, lapseMs) - Date.now();
    const hasNews = () => decisions.length > 0 || pending.adminArrived;
    await condition(hasNews, waitMs, { summary: "reminder or lapse" });
  }
}

/** Undefined: it was for another question, or by somebody who may not decide. */
async function countDecision(
  { approvalId, ask }: Question["of"],
  made: DecisionMade,
): Promise<ApprovalOutcome | undefined> {
  if (made.ask !== ask) return undefined;
  const at = instant(Date.now());
  if (!(await localDb.recordDecision(approvalId, made, at))) return undefined;
  return { kind: made.decision === "approve" ? "approved" : "rejected", by: made.by, at };
}

function showReach(admins: number): void {
  if (admins === 0) {
    needHuman(true, "No admin could be reached: an admin must press Start in the bot");
  } else {
    needHuman(false, "Waiting for an admin to decide");
  }
}
