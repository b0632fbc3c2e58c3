import {
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  upsertSearchAttributes,
  uuid4,
} from "@temporalio/workflow";
import type { ApprovalId } from "../domain/ids.ts";
import {
  type ApprovalOutcome,
  approvalRules,
  type ApprovalSubject,
  type DecisionMade,
} from "../domain/people/approval.ts";
import { type Instant, instant } from "../domain/time.ts";
import { searchAttributes } from "./contract/names.ts";
import type { ApprovalAnswer } from "./contract/people.ts";
import { needHuman, showStage } from "./operator-view.ts";
import { ignoreStarted, tellWorkflow } from "./other-workflows.ts";
import { adminArrived, approvalAnswered, decided } from "./signals.ts";
import { localDb } from "./steps/people.ts";

export interface ApprovalRequest {
  readonly approvalId: ApprovalId;
  readonly subject: ApprovalSubject;
  /** The workflow that waits for the answer. */
  readonly replyTo: string;
  /** How it is begun anew where it is gone when the answer comes. */
  readonly begin?: { readonly type: string; readonly args: readonly unknown[] };
}

/** What is known of one question while it is open. */
interface Question {
  readonly of: { readonly approvalId: ApprovalId; readonly ask: string };
  readonly askedAt: Instant;
  readonly decisions: DecisionMade[];
  readonly heard: { adminArrived: boolean };
}

/** Asks every admin; the first decision counts, and no decision waits for a chat. Knows nothing of what it asks. */
export async function approval(request: ApprovalRequest): Promise<ApprovalOutcome> {
  const { approvalId, subject } = request;
  const of = { approvalId, ask: uuid4().slice(0, 8) };
  const question: Question = {
    of,
    askedAt: instant(Date.now()),
    decisions: [],
    heard: { adminArrived: false },
  };
  setHandler(decided, (it) => void question.decisions.push(it));
  setHandler(adminArrived, () => void (question.heard.adminArrived = true));
  const { customerId } = subject;
  if (customerId !== undefined) {
    upsertSearchAttributes([{ key: searchAttributes.customerId, value: customerId }]);
  }
  const admins = await localDb.openApproval(of, subject, question.askedAt);
  showReach(admins);
  const outcome = await decision(question);
  showStage(outcome.kind, `Decided: ${outcome.kind}`);
  await tellRequester(request, { approvalId, kind: outcome.kind, at: outcome.at });
  return outcome;
}

/** Somebody who was let in gets in, also when the workflow that asked was ended meanwhile. */
async function tellRequester(
  { replyTo, begin }: ApprovalRequest,
  answer: ApprovalAnswer,
): Promise<void> {
  const requester = getExternalWorkflowHandle(replyTo);
  const tell = () => tellWorkflow(requester.signal(approvalAnswered, answer), "the decision");
  if ((await tell()) || begin === undefined) return;
  const options = {
    workflowId: replyTo,
    args: [...begin.args],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  };
  await startChild(begin.type, options).catch(ignoreStarted);
  await tell();
}

/** Waits for a decision that counts, reminds half a day later, gives up after a week. */
async function decision({ of, askedAt, decisions, heard }: Question): Promise<ApprovalOutcome> {
  const asked = Date.parse(askedAt);
  const lapseMs = asked + approvalRules.lapseAfterMs;
  let remindMs = asked + approvalRules.remindAfterMs;
  for (;;) {
    for (let made = decisions.shift(); made; made = decisions.shift()) {
      const outcome = await countDecision(of, made);
      if (outcome !== undefined) return outcome;
    }
    if (heard.adminArrived) {
      heard.adminArrived = false;
      showReach(1);
    }
    if (Date.now() >= lapseMs) return localDb.recordLapse(of, instant(Date.now()));
    if (Date.now() >= remindMs) {
      // Temporal may have been set back to before a decision that the books have.
      const decided = await localDb.remindAdmins(of, instant(Date.now()));
      if (decided !== undefined) return decided;
      remindMs = Number.POSITIVE_INFINITY;
    }
    const waitMs = Math.min(remindMs, lapseMs) - Date.now();
    const hasNews = () => decisions.length > 0 || heard.adminArrived;
    await condition(hasNews, waitMs, { summary: "reminder or lapse" });
  }
}

/** Undefined: it was meant for another question, or is nobody's who may decide. */
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
