import type { Composer } from "telegraf";
import { decideApproval } from "../../../client/people.ts";
import { type ApprovalId, telegramId } from "../../../domain/ids.ts";
import { decideButton, pendingButton, rejectButton } from "../../../domain/messaging/buttons.ts";
import type { ApprovalAsk } from "../../../domain/people/approval.ts";
import { cannedReasons, reasonIn } from "../../../domain/people/approval.ts";
import { displayName } from "../../../domain/people/customer.ts";
import { askRejectionButton } from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask as askFor, requestIdOf, say } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onAdminButton, onAdminPageButton } from "../register.ts";

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
    await askFor(context, approval.askWords(name), approval.reasonField);
  });
}

/** Rejects for the reason that an admin typed; false where this admin was not asked for one. */
export async function takeRejection(
  context: BotContext,
  text: string,
  { client, dialogues }: DialoguePorts,
): Promise<boolean> {
  const reason = reasonIn(text);
  if (reason === undefined || !may(context, "decideSignups")) return false;
  const { telegramId: by } = context;
  const subject = await dialogues.claim(by, "reject", requestIdOf(context));
  const [, approvalId, ask] = /^(.+)\/([0-9a-f]{8})$/u.exec(subject ?? "") ?? [];
  if (approvalId === undefined || ask === undefined) return false;
  context.handler = "reject";
  const made = { ask, decision: "reject", by, reason } as const;
  const result = await decideApproval(client, approvalId as ApprovalId, made);
  const { approval } = context.texts.people;
  const answer = result === "taken" ? approval.taken : approval.alreadyDecided;
  const page = withBack(context, { text: answer, buttons: [] }, pendingButton.data({}));
  await say(context, page.text, page.buttons);
  return true;
}

/** The reasons to choose from. */
export function reasonsPage(
  context: BotContext,
  { approvalId, ask }: ApprovalAsk,
  name: string,
): Page {
  const { approval } = context.texts.people;
  const asked = { approvalId, ask };
  const canned = cannedReasons.map((why) => [
    {
      text: approval.reasonButtons[why],
      data: decideButton.data({ ...asked, decision: "reject", why }),
    },
  ]);
  const buttons = [
    ...canned,
    [{ text: approval.ownWords, data: askRejectionButton.data(asked) }],
    [{ text: approval.withoutReason, data: decideButton.data({ ...asked, decision: "reject" }) }],
  ];
  return withBack(context, { text: approval.askWhy(name), buttons }, pendingButton.data({}));
}

/** Who asks, by the approval's id; a dash where nobody is known under it. */
async function nameOf({ customers }: BotPorts, id: ApprovalId): Promise<string> {
  const digits = /^signup:(\d{1,16})$/u.exec(id)?.[1];
  const person = digits && (await orUnavailable(customers.find(telegramId(Number(digits)))));
  return person ? displayName(person) : "—";
}
