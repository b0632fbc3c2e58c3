import type { Composer } from "telegraf";
import { decideApprovals } from "../../../client/people.ts";
import type { OpenRequest } from "../../../db/queries/people/admin.ts";
import { pendingButton } from "../../../domain/messaging/buttons.ts";
import type { ApprovalAsk } from "../../../domain/people/approval.ts";
import { isolated } from "../../../texts/index.ts";
import { approveAllButton, sureAllButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, buttonMark, show } from "../../request.ts";
import { ShownLists } from "../../shown-lists.ts";
import { fitLines, truncate } from "../fit-lines.ts";
import { mostListed, type Page, withBack } from "../paging.ts";
import { onAdminButton } from "../register.ts";

/**
 * Approves all signups that were listed, after one question with their number. Those that come
 * after the question are not among them: nobody is approved unseen.
 */
export function addApprovingAll(
  bot: Composer<BotContext>,
  { admin, client, store }: BotPorts,
): void {
  const lists = new ShownLists<ApprovalAsk>(store);
  onAdminButton(bot, sureAllButton, "approve-all", async (context) => {
    const { approval } = context.texts.people;
    const open = (await orUnavailable(admin.listOpenRequests(mostListed))).filter(isSignup);
    if (open.length === 0) return answerPress(context, approval.none);
    const mark = buttonMark();
    await lists.keep(
      mark,
      open.map(({ approvalId, ask }) => ({ approvalId, ask })),
    );
    answerPress(context);
    const page = sureAllPage(context, open, mark);
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, approveAllButton, "approve-yes", async (context, { mark }) => {
    const { approval } = context.texts.people;
    const listed = await lists.find(mark);
    if (listed === undefined) return answerPress(context, approval.listGone, true);
    const by = context.telegramId;
    await decideApprovals(client, listed, { decision: "approve", by });
    answerPress(context);
    const text = approval.approvingAll(listed.length);
    const page = withBack(context, { text, buttons: [] }, pendingButton.data({}));
    await show(context, page.text, page.buttons);
  });
}

/** Whether "approve all" is about this request: money and hosts are decided one by one. */
export const isSignup = ({ subject }: OpenRequest): boolean => subject.kind === "signup";

/** The most characters that the names take: more are counted. */
const mostOfNames = 3_000;

function sureAllPage(context: BotContext, open: readonly OpenRequest[], mark: string): Page {
  const { approval } = context.texts.people;
  const all = open.map(({ person }) => `• ${isolated(truncate(person?.name ?? "—"))}`);
  const named = fitLines(all, mostOfNames);
  const more = all.length - named.length;
  const lines = [...named, ...(more > 0 ? [approval.andMore(more)] : [])];
  const yes = { text: approval.yesAll(open.length), data: approveAllButton.data({ mark }) };
  const text = approval.sureAll(open.length, lines.join("\n"));
  return withBack(context, { text, buttons: [[yes]] }, pendingButton.data({}));
}
