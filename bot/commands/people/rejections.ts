import type { Composer } from "telegraf";
import type { SignalResult } from "../../../client/durable.ts";
import { decideApproval } from "../../../client/people.ts";
import type { ApprovalId } from "../../../domain/ids.ts";
import {
  customerButton,
  decideButton,
  pendingButton,
  rejectButton,
  telegramIdIn,
} from "../../../domain/messaging/buttons.ts";
import {
  type ApprovalAsk,
  cannedReasons,
  longestReason,
  reasonIn,
  type RejectReason,
} from "../../../domain/people/approval.ts";
import { isolated } from "../../../texts/index.ts";
import { reasonText } from "../../../texts/reasons.ts";
import { askRejectionButton, listedButton } from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask as askFor, requestIdOf, say, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";
import { refuseTooLong } from "../too-long.ts";
import { nameOf } from "./approvals.ts";

/** A signup is rejected with a reason: one of ours, the admin's own words, or none. */
export function addRejections(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminPageButton(bot, rejectButton, "reject", async (context, asked) =>
    reasonsPage(context, asked, await nameOf(ports, asked.approvalId)),
  );
  onAdminButton(bot, askRejectionButton, "reject-ask", async (context, { approvalId, ask }) => {
    const { approval } = context.texts.people;
    await ports.dialogues.open(context.telegramId, "reject", `${approvalId}/${ask}`);
    answerPress(context);
    const name = await nameOf(ports, approvalId);
    // What was chosen from is gone: one answer is open, and it is the message.
    const page = { text: approval.ownWordsNext(name), buttons: [] };
    const { text, buttons } = withBack(context, page, pendingButton.data({}));
    await show(context, text, buttons);
    await askFor(context, approval.askWords(name), approval.reasonField);
  });
}

/** Rejects for the reason that an admin typed; false where this admin was not asked for one. */
export async function takeRejection(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const reason = reasonIn(text);
  if (reason === undefined || !may(context, "decideSignups")) return false;
  if (Array.from(reason.words).length > longestReason) {
    return refuseTooLong(context, ports, { topic: "reject", text, longest: longestReason });
  }
  const { telegramId: by } = context;
  const subject = await ports.dialogues.claim(by, "reject", requestIdOf(context));
  const [, id, ask] = /^(.+)\/([0-9a-f]{8})$/u.exec(subject ?? "") ?? [];
  if (id === undefined || ask === undefined) return false;
  context.handler = "reject";
  const approvalId = id as ApprovalId;
  const made = { ask, decision: "reject", by, reason } as const;
  const result = await decideApproval(ports.client, approvalId, made);
  const page = await rejectedPage(context, ports, { approvalId, reason, result });
  await say(context, page.text, page.buttons);
  return true;
}

interface Rejected {
  readonly approvalId: ApprovalId;
  readonly reason: RejectReason;
  readonly result: SignalResult;
}

/** Who is rejected and what they read, with the ways on: the requests, and their card. */
async function rejectedPage(
  context: BotContext,
  ports: BotPorts,
  { approvalId, reason, result }: Rejected,
): Promise<Page> {
  const { people, operations } = context.texts;
  const { approval } = people;
  const name = isolated(await nameOf(ports, approvalId));
  const text =
    result === "taken"
      ? `${approval.decidedNow.reject(name)}\n${reasonText(context.texts, reason)}`
      : approval.alreadyDecided;
  const requests = { text: operations.menu.requests, data: pendingButton.data({ place: "new" }) };
  const id = telegramIdIn(approvalId.replace(/^signup:/u, ""));
  const card = id && { text: operations.sale.card, data: customerButton.data({ id }) };
  return { text, buttons: [...(card ? [[card]] : []), [requests]] };
}

/** The reasons to choose from. */
export function reasonsPage(
  context: BotContext,
  { approvalId, ask, place }: ApprovalAsk & { readonly place?: "listed" | undefined },
  name: string,
): Page {
  const { approval } = context.texts.people;
  const asked = { approvalId, ask };
  // In the list the answer is the list again; in the question's own message it says so itself.
  const decideBy = place === "listed" ? listedButton : decideButton;
  const reject = { ...asked, decision: "reject" } as const;
  const canned = cannedReasons.map((why) => [
    { text: approval.reasonButtons[why], data: decideBy.data({ ...reject, why }) },
  ]);
  const buttons = [
    ...canned,
    [{ text: approval.ownWords, data: askRejectionButton.data(asked) }],
    [{ text: approval.withoutReason, data: decideBy.data(reject) }],
  ];
  return withBack(context, { text: approval.askWhy(name), buttons }, pendingButton.data({}));
}
