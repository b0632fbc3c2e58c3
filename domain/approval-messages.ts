import type { ApprovalId, TelegramId } from "./ids.ts";
import { approvalDigestSlot, approvalSlot, type OutgoingMessage } from "./message.ts";

/** Beyond so many open questions admins are not asked one by one any more. */
export const mostAnnounced = 20;

interface Ask {
  readonly approvalId: ApprovalId;
  readonly ask: string;
}

/** The question, once for each admin. */
export const approvalMessages = (
  admins: readonly TelegramId[],
  { approvalId, ask }: Ask,
): OutgoingMessage[] =>
  admins.map((to) => ({
    key: `approval/${approvalId}/${ask}/${to}`,
    to,
    slot: approvalSlot(approvalId, ask),
    content: { kind: "approval", approvalId, ask },
  }));

/** Asks every admin; where more than a few wait, one digest says how many, and is edited with each ten more. */
export function approvalAnnouncement(
  openCount: number,
  admins: readonly TelegramId[],
  of: Ask,
): OutgoingMessage[] {
  if (openCount <= mostAnnounced) return approvalMessages(admins, of);
  const isFirst = openCount === mostAnnounced + 1;
  return admins.map((to) => ({
    key: `${approvalDigestSlot}/${of.approvalId}/${of.ask}/${to}`,
    to,
    slot: approvalDigestSlot,
    action: isFirst ? "send" : "edit",
    content: { kind: "approvalDigest" },
  }));
}
