import type { ApprovalId, TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName, PaymentId } from "../payments/payment.ts";
import { hourMs, type Instant, toMs } from "../time.ts";
import {
  adminNoticesTo,
  type DailySummary,
  type MessageContent,
  type OutgoingMessage,
} from "./message.ts";

/** The slot of a question to admins. */
export const approvalSlot = (id: ApprovalId, ask: string): string => `approval/${id}/${ask}`;

/** One question to admins; an approval may be asked more than once. */
export interface ApprovalQuestion {
  readonly approvalId: ApprovalId;
  readonly ask: string;
}

/** The question, to each of these admins. */
export const approvalMessages = (
  admins: readonly TelegramId[],
  { approvalId, ask }: ApprovalQuestion,
): OutgoingMessage[] =>
  admins.map((to) => {
    const slot = approvalSlot(approvalId, ask);
    return { key: `${slot}/${to}`, to, slot, content: { kind: "approval", approvalId, ask } };
  });

/** How many of a kind wait for a decision, including the one being announced. */
interface OpenNow {
  readonly openCount: number;
  readonly now: Instant;
}

/** How many open questions are announced one by one; beyond that only their number is. */
export const mostAskedSingly = 20;
const digestEveryMs = 6 * hourMs;

/** A message to each admin with the number of open questions; it is edited when that changes. */
interface Digest {
  readonly slot: string;
  readonly content: MessageContent;
}

const approvalDigest: Digest = { slot: "approval-digest", content: { kind: "approvalDigest" } };
const unmatchedDigest: Digest = { slot: "unmatched-digest", content: { kind: "unmatchedDigest" } };

/**
 * Reminds admins of an open question: of this one, or of the number of all,
 * as `approvalAnnouncement` does.
 */
export function approvalReminders(
  admins: readonly TelegramId[],
  { approvalId, ask }: ApprovalQuestion,
  open: OpenNow,
): OutgoingMessage[] {
  const slot = approvalSlot(approvalId, ask);
  if (open.openCount > mostAskedSingly)
    return announceByNumber(approvalDigest, admins, { ...open, cause: `${slot}/reminder` });
  return admins.map((to) => ({
    key: `${slot}/reminder/${to}`,
    to,
    content: { kind: "approvalReminder", approvalId, ask },
  }));
}

/**
 * Announces a new question to admins. Up to twenty are sent one by one; beyond that each admin has
 * one message with their number, which is edited and sent anew at most every six hours.
 */
export const approvalAnnouncement = (
  admins: readonly TelegramId[],
  asked: ApprovalQuestion,
  open: OpenNow,
): OutgoingMessage[] =>
  open.openCount <= mostAskedSingly
    ? approvalMessages(admins, asked)
    : announceByNumber(approvalDigest, admins, {
        ...open,
        cause: `${approvalSlot(asked.approvalId, asked.ask)}/asked`,
      });

/** An unmatched payment, by its charge at the gateway. */
export interface UnmatchedMoney {
  readonly reference: string;
  readonly gateway: GatewayName;
  readonly amount: Money;
}

/** Announces an unmatched payment to admins: one by one, or by their number when many wait. */
export function unmatchedAnnouncement(
  admins: readonly TelegramId[],
  { gateway, reference, amount }: UnmatchedMoney,
  open: OpenNow,
): OutgoingMessage[] {
  const key = `unmatched/${gateway}/${reference}`;
  if (open.openCount <= mostAskedSingly)
    return adminNoticesTo(admins, key, { kind: "unmatchedMoney", gateway, amount, reference });
  return announceByNumber(unmatchedDigest, admins, { ...open, cause: key });
}

/** Updates the number of unmatched payments that wait; `cause` names what changed it. */
export const unmatchedChanged = (admins: readonly TelegramId[], cause: string): OutgoingMessage[] =>
  admins.map((to) => digestChanged(unmatchedDigest, to, cause));

function announceByNumber(
  digest: Digest,
  admins: readonly TelegramId[],
  { now, cause }: OpenNow & { readonly cause: string },
): OutgoingMessage[] {
  const period = Math.floor(toMs(now) / digestEveryMs);
  return admins.flatMap((to) => [
    { ...digest, key: `${digest.slot}/${period}/${to}`, to },
    digestChanged(digest, to, cause),
  ]);
}

/**
 * Removes the question's buttons everywhere, says who decided, and updates the digest's number;
 * `cause` names what happened to it.
 */
export const approvalClosed = (
  admins: readonly TelegramId[],
  { approvalId, ask }: ApprovalQuestion,
  cause: "closed" | "undone" = "closed",
): OutgoingMessage[] =>
  admins.flatMap((to) => {
    const slot = approvalSlot(approvalId, ask);
    const content = { kind: "approval", approvalId, ask } as const;
    return [
      { key: `${slot}/${cause}/${to}`, to, slot, action: "edit" as const, content },
      digestChanged(approvalDigest, to, `${slot}/${cause}`),
    ];
  });

const digestChanged = (digest: Digest, to: TelegramId, cause: string): OutgoingMessage => ({
  ...digest,
  key: `${digest.slot}/${cause}/${to}`,
  to,
  action: "edit",
});

/** Tells these admins what an order has sold, once. */
export const saleMessages = (
  admins: readonly TelegramId[],
  paymentId: PaymentId,
): OutgoingMessage[] =>
  admins.map((to) => ({
    key: `sale/${paymentId}/${to}`,
    to,
    content: { kind: "sale", paymentId },
  }));

/** A day's figures to these admins, once a day. */
export const summaryMessages = (
  admins: readonly TelegramId[],
  summary: Omit<DailySummary, "kind">,
): OutgoingMessage[] =>
  admins.map((to) => ({
    key: `summary/${summary.day}/${to}`,
    to,
    content: { kind: "dailySummary", ...summary },
  }));
