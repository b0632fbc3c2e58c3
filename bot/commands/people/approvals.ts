import type { Composer } from "telegraf";
import { decideApproval } from "../../../client/people.ts";
import type { OpenRequest } from "../../../db/queries/people/admin.ts";
import { decideButton, pendingButton, rejectButton } from "../../../domain/messaging/buttons.ts";
import { permissionToDecide } from "../../../domain/people/permissions.ts";
import { escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { adminMenuButton, decisionsButton, sureAllButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { mostListed, type Page, pageOf, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { isSignup } from "./approving-all.ts";

/** Admins' decisions about approvals, and the list of those that wait. */
export function addApprovals(bot: Composer<BotContext>, { admin, client }: BotPorts): void {
  onAdminButton(bot, decideButton, "decide", async (context, { approvalId, why, ...answer }) => {
    const isSignup = approvalId.startsWith("signup:");
    if (!isSignup && !may(context, "decideOthers")) {
      return answerPress(context, context.texts.messaging.answer.notYourRole, true);
    }
    const made = { ...answer, by: context.telegramId, ...(why && { reason: { canned: why } }) };
    const result = await decideApproval(client, approvalId, made);
    const { approval } = context.texts.people;
    answerPress(context, result === "taken" ? approval.taken : approval.alreadyDecided);
  });
  onAdminPageButton(bot, pendingButton, "admin-pending", async (context, { page }) =>
    pendingPage(context, await orUnavailable(admin.listOpenRequests(mostListed)), page),
  );
}

/** The approvals that wait, the page `number`, counted from 1. */
export function pendingPage(context: BotContext, open: readonly OpenRequest[], number = 1): Page {
  const { texts } = context;
  const menu = adminMenuButton.data({});
  const { approval } = texts.people;
  const decisions = [{ text: approval.decisions, data: decisionsButton.data({}) }];
  if (open.length === 0) {
    return withBack(context, { text: approval.none, buttons: [decisions] }, menu);
  }
  const entries = open.map((request) => {
    const { approvalId, ask, person, askedAt } = request;
    const { about, label } = pendingWords(context, request);
    const who = person && `${isolated(truncate(person.name))} <code>${person.telegramId}</code>`;
    const line = `${about} ${[who, momentIn(context, askedAt)].filter(Boolean).join(", ")}`;
    const dataOf = (decision: "approve" | "reject") =>
      decideButton.data({ approvalId, ask, decision });
    const approve = { text: truncate(`✅ ${label}`, longestLabel), data: dataOf("approve") };
    const isAsked = request.subject.kind === "signup";
    const reject = {
      text: approval.reject,
      data: isAsked ? rejectButton.data({ approvalId, ask }) : dataOf("reject"),
    };
    const mayDecide = may(context, permissionToDecide(request.subject.kind));
    return { line, buttons: mayDecide ? [[approve, reject]] : [] };
  });
  const signups = open.filter(isSignup).length;
  const all = [{ text: approval.approveAll(signups), data: sureAllButton.data({}) }];
  const list = {
    head: approval.listTitle(open.length),
    entries,
    buttons: [...(signups > 1 && may(context, "decideSignups") ? [all] : []), decisions],
    perPage: 20,
    turnTo: (page: number) => pendingButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), menu);
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
