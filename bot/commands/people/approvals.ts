import type { Composer } from "telegraf";
import { decideApproval } from "../../../client/people.ts";
import type { OpenRequest } from "../../../db/queries/people/admin.ts";
import {
  adminMenuButton,
  decideButton,
  pendingButton,
  rejectButton,
  telegramIdIn,
} from "../../../domain/messaging/buttons.ts";
import type { ApprovalId } from "../../../domain/ids.ts";
import type { ApprovalAsk, CannedReason, Decision } from "../../../domain/people/approval.ts";
import { displayName } from "../../../domain/people/customer.ts";
import { permissionToDecide } from "../../../domain/people/permissions.ts";
import { escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { decisionsButton, listedButton, sureAllButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, show } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { type Entry, mostListed, type Page, pageOf, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { isSignup } from "./approving-all.ts";

/** Admins' decisions about approvals, and the list of those that wait. */
export function addApprovals(bot: Composer<BotContext>, ports: BotPorts): void {
  const { admin } = ports;
  // The question's own message says by itself who has decided.
  onAdminButton(bot, decideButton, "decide", async (context, pressed) => {
    const open = await orUnavailable(admin.listOpenRequests(mostListed));
    const words = await decide(context, ports, { pressed, open, written: (label) => label });
    if (words !== undefined) answerPress(context, words);
  });
  onAdminButton(bot, listedButton, "listed", async (context, pressed) => {
    const open = await orUnavailable(admin.listOpenRequests(mostListed));
    const above = await decide(context, ports, { pressed, open, written: isolated });
    if (above === undefined) return;
    answerPress(context);
    const others = open.filter((one) => !isAbout(one, pressed));
    const page = pendingPage(context, others, { above });
    await show(context, page.text, page.buttons);
  });
  onAdminPageButton(bot, pendingButton, "admin-pending", async (context, { page: number }) =>
    pendingPage(context, await orUnavailable(admin.listOpenRequests(mostListed)), { number }),
  );
}

interface DecisionPress extends ApprovalAsk {
  readonly decision: Decision;
  readonly why: CannedReason | undefined;
}

const isAbout = (request: OpenRequest, { approvalId, ask }: ApprovalAsk): boolean =>
  request.approvalId === approvalId && request.ask === ask;

interface Deciding {
  readonly pressed: DecisionPress;
  /** The requests before the decision. */
  readonly open: readonly OpenRequest[];
  /** How what was decided on is written: an answer to a press has no markup. */
  readonly written: (label: string) => string;
}

/** Says what was decided; undefined: the presser's role does not allow it, and is told so. */
async function decide(
  context: BotContext,
  { client }: BotPorts,
  { pressed, open, written }: Deciding,
): Promise<string | undefined> {
  const { approvalId, ask, decision, why } = pressed;
  const { people, messaging } = context.texts;
  if (!approvalId.startsWith("signup:") && !may(context, "decideOthers")) {
    answerPress(context, messaging.answer.notYourRole, true);
    return undefined;
  }
  const reason = why === undefined ? {} : { reason: { canned: why } };
  const made = { ask, decision, by: context.telegramId, ...reason };
  const result = await decideApproval(client, approvalId, made);
  if (result !== "taken") return people.approval.alreadyDecided;
  const request = open.find((one) => isAbout(one, pressed));
  const label = request === undefined ? "—" : pendingWords(context, request).label;
  return people.approval.decidedNow[decision](written(label));
}

/** Which page of the requests, and what has just happened to one of them. */
interface PendingShown {
  readonly number?: number | undefined;
  readonly above?: string;
}

/** The approvals that wait, the page `number`, counted from 1. */
export function pendingPage(
  context: BotContext,
  open: readonly OpenRequest[],
  { number = 1, above }: PendingShown = {},
): Page {
  const menu = adminMenuButton.data({});
  const { approval } = context.texts.people;
  const decisions = [{ text: approval.decisions, data: decisionsButton.data({}) }];
  const withAbove = (head: string) => (above === undefined ? head : `${above}\n\n${head}`);
  if (open.length === 0) {
    return withBack(context, { text: withAbove(approval.none), buttons: [decisions] }, menu);
  }
  const signups = open.filter(isSignup).length;
  const all = [{ text: approval.approveAll(signups), data: sureAllButton.data({}) }];
  const list = {
    head: withAbove(approval.listTitle(open.length)),
    entries: open.map((request) => pendingEntry(context, request)),
    buttons: [...(signups > 1 && may(context, "decideSignups") ? [all] : []), decisions],
    perPage: 8,
    turnTo: (page: number) => pendingButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), menu);
}

function pendingEntry(context: BotContext, request: OpenRequest): Entry {
  const { approvalId, ask, person, askedAt } = request;
  const { approval } = context.texts.people;
  const { about, label } = pendingWords(context, request);
  const who = person && `${isolated(truncate(person.name))} <code>${person.telegramId}</code>`;
  const line = `${about} ${[who, momentIn(context, askedAt)].filter(Boolean).join(", ")}`;
  if (!may(context, permissionToDecide(request.subject.kind))) return { line };
  const asked = { approvalId, ask };
  const approve = {
    text: truncate(`✅ ${label}`, longestLabel),
    data: listedButton.data({ ...asked, decision: "approve" }),
  };
  const reject = {
    text: approval.reject,
    data: isSignup(request)
      ? rejectButton.data({ ...asked, place: "listed" })
      : listedButton.data({ ...asked, decision: "reject" }),
  };
  return { line, buttons: [[approve, reject]] };
}

/** What is asked, in a line, and the button's label, which shows what pressing it agrees to. */
function pendingWords(
  { texts, language }: BotContext,
  { subject, person }: OpenRequest,
): { readonly about: string; readonly label: string } {
  const name = truncate(person?.name ?? "—");
  if (subject.kind === "refund") {
    const amount = moneyIn(language, subject.amount);
    const gateway = texts.payments.gateway.name(subject.gateway);
    const why = isolated(escapeHtml(truncate(subject.reason)));
    return { about: `↩️ ${amount}, ${gateway} (${why})`, label: `${amount}, ${name}` };
  }
  if (subject.kind === "removals" || subject.kind === "unknownPeers") {
    const host = truncate(subject.host);
    const about = texts.operations.peers[subject.kind](escapeHtml(host), subject.count);
    return { about, label: host };
  }
  return { about: "•", label: name };
}

/** Who asks, by the approval's id; a dash where nobody is known under it. */
export async function nameOf({ customers }: BotPorts, id: ApprovalId): Promise<string> {
  const of = telegramIdIn(/^signup:(\d{1,16})$/u.exec(id)?.[1] ?? "");
  const person = of && (await orUnavailable(customers.find(of)));
  return person ? displayName(person) : "—";
}
