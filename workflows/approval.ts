import {
  condition,
  getExternalWorkflowHandle,
  setHandler,
  upsertSearchAttributes,
  uuid4,
} from "@temporalio/workflow";
import {
  type AdminMessage,
  type ApprovalOutcome,
  approvalRules,
  type ApprovalSubject,
  type DecisionMade,
} from "../domain/approval.ts";
import type { ApprovalId, TelegramId } from "../domain/ids.ts";
import { hourMs, type Instant, instant } from "../domain/time.ts";
import { searchAttributes } from "./contract.ts";
import { adminArrived, approvalAnswered, decided } from "./signals.ts";
import { needHuman, quickSteps, showStage, steps, tellWorkflow } from "./steps.ts";

export interface ApprovalRequest {
  readonly approvalId: ApprovalId;
  readonly subject: ApprovalSubject;
  /** The workflow that waits for the answer; it is told before the admins' messages are edited. */
  readonly replyTo: string;
}

/** What is known of one ask while it is open. */
interface Desk {
  readonly request: ApprovalRequest;
  readonly ask: { readonly approvalId: ApprovalId; readonly ask: string };
  readonly askedAt: Instant;
  readonly messages: AdminMessage[];
  readonly decisions: DecisionMade[];
  readonly arrivals: TelegramId[];
}

/** Asks every admin; the first decision counts. Knows nothing of what it is asked for. */
export async function approval(request: ApprovalRequest): Promise<ApprovalOutcome> {
  const ask = { approvalId: request.approvalId, ask: uuid4().slice(0, 8) };
  const askedAt = instant(Date.now());
  const desk: Desk = { request, ask, askedAt, messages: [], decisions: [], arrivals: [] };
  setHandler(decided, (it) => void desk.decisions.push(it));
  setHandler(adminArrived, (it) => void desk.arrivals.push(it));

  const { customerId } = request.subject;
  upsertSearchAttributes([{ key: searchAttributes.customerId, value: customerId }]);
  showStage("asking", "Asking the admins");
  desk.messages.push(...(await steps.askAdmins(ask, request.subject, askedAt)));
  showReach(desk);

  const outcome = await decision(desk);
  if (outcome.kind === "lapsed") await quickSteps.recordLapse(ask, outcome.at);
  showStage(outcome.kind, `Decided: ${outcome.kind}`);
  const { approvalId, replyTo, subject } = request;
  const answer = { approvalId, kind: outcome.kind, at: outcome.at };
  const requester = getExternalWorkflowHandle(replyTo);
  await tellWorkflow(requester.signal(approvalAnswered, answer), "the decision");
  await steps.showOutcome(desk.messages, subject, { outcome, askedAt });
  return outcome;
}

/** Waits for a decision that counts, reminds half a day later, gives up after a week. */
async function decision(desk: Desk): Promise<ApprovalOutcome> {
  const asked = Date.parse(desk.askedAt);
  const lapseMs = asked + approvalRules.lapseAfterMs;
  let remindMs = asked + approvalRules.remindAfterMs;
  for (;;) {
    const outcome = await nextWord(desk);
    if (outcome !== undefined) return outcome;
    if (Date.now() >= lapseMs) return { kind: "lapsed", at: instant(Date.now()) };
    if (Date.now() >= remindMs) {
      await remind(desk);
      remindMs = Number.POSITIVE_INFINITY;
    }
    const waitMs = Math.min(remindMs, lapseMs) - Date.now();
    const word = () => desk.decisions.length + desk.arrivals.length > 0;
    await condition(word, waitMs, { summary: "reminder or lapse" });
  }
}

/** Works off what was heard: arrivals are asked too, the first valid decision is the outcome. */
async function nextWord(desk: Desk): Promise<ApprovalOutcome | undefined> {
  for (let made = desk.decisions.shift(); made; made = desk.decisions.shift()) {
    if (made.ask !== desk.ask.ask) continue;
    const at = instant(Date.now());
    if (await quickSteps.recordDecision(desk.ask.approvalId, made, at)) {
      return { kind: made.decision === "approve" ? "approved" : "rejected", by: made.by, at };
    }
  }
  for (let admin = desk.arrivals.shift(); admin; admin = desk.arrivals.shift()) {
    const adminId = admin;
    if (desk.messages.some((message) => message.adminId === adminId)) continue;
    desk.messages.push(...(await steps.askAdmin(adminId, desk.ask, desk.request.subject)));
    showReach(desk);
  }
  return undefined;
}

async function remind(desk: Desk): Promise<void> {
  const hours = Math.round((Date.now() - Date.parse(desk.askedAt)) / hourMs);
  await steps.remindAdmins(desk.messages, desk.request.subject, hours);
}

function showReach({ messages }: Desk): void {
  if (messages.length === 0) {
    needHuman(true, "No admin could be reached: an admin must press Start in the bot");
  } else {
    needHuman(false, `Waiting for a decision; asked ${messages.length} admin(s)`);
  }
}
