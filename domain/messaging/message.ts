import type { ApprovalId, DeviceId, TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName, PaymentId } from "../payments/payment.ts";
import { hourMs, type Instant, toMs } from "../time.ts";
import type { AdminNotice, Notice } from "./notice.ts";

/**
 * What a message is about, without its text. The text is made when the message is sent:
 * in the person's language at that time, from what the database says then. It holds ids
 * only, never a secret.
 */
export type MessageContent =
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "adminNotice"; readonly notice: AdminNotice }
  /** The order with its buttons, or its outcome. */
  | { readonly kind: "invoice"; readonly paymentId: PaymentId }
  /** The picture of an order that a wallet pays. */
  | { readonly kind: "invoiceQr"; readonly paymentId: PaymentId }
  /** An order's bill in Telegram Stars. */
  | { readonly kind: "bill"; readonly paymentId: PaymentId }
  /** One of the messages with which a device connects. */
  | { readonly kind: "key"; readonly deviceId: DeviceId; readonly part: KeyPart }
  /** A question to an admin, or who has answered it. */
  | { readonly kind: "approval"; readonly approvalId: ApprovalId; readonly ask: string }
  | { readonly kind: "approvalReminder"; readonly approvalId: ApprovalId; readonly ask: string }
  /** How many open questions were not sent one by one. */
  | { readonly kind: "approvalDigest" }
  /** How many unmatched payments wait for a decision. */
  | { readonly kind: "unmatchedDigest" };

/**
 * How a key is sent: as a file, which each app reads, and on request as a QR picture or as text to
 * copy.
 */
export type KeyPart = "file" | "qr" | "text";

/** One message to one person. */
export interface OutgoingMessage {
  /** Unique: messages with the same key are one message, however often it is written. */
  readonly key: string;
  readonly to: TelegramId;
  readonly content: MessageContent;
  /** A place in the chat. An `edit` changes every message that was sent to its slot. */
  readonly slot?: string;
  /** Undefined: `send`. */
  readonly action?: "send" | "edit";
  /** Telegram's message id when it was sent already: it is only recorded, so that edits find it. */
  readonly sentAs?: number;
  /** Undefined: transactional. Bulk messages let transactional ones go first. */
  readonly isBulk?: boolean;
}

/** The slot of all messages about a payment. */
export const invoiceSlot = (id: PaymentId): string => `invoice/${id}`;
/** The slot of a question to admins. */
export const approvalSlot = (id: ApprovalId, ask: string): string => `approval/${id}/${ask}`;

/** A notice to a person. */
export const noticeTo = (to: TelegramId, key: string, notice: Notice): OutgoingMessage => ({
  key,
  to,
  content: { kind: "notice", notice },
});

/** A notice to every admin; `key` names what it is about. */
export const adminNoticesTo = (
  admins: readonly TelegramId[],
  key: string,
  notice: AdminNotice,
): OutgoingMessage[] =>
  admins.map((to) => ({ key: `${key}/${to}`, to, content: { kind: "adminNotice", notice } }));

/**
 * The message with which a device connects. Write it once the device's access has its host and
 * address: a key without a host is not sent. `cause` makes it unique, e.g. the access that was
 * made or the button pressed.
 */
export const keyMessage = (
  to: TelegramId,
  { deviceId, cause, part = "file" }: KeyShown,
): OutgoingMessage => ({
  key: `key/${cause}/${part}`,
  to,
  content: { kind: "key", deviceId, part },
});

/** A key that is about to be shown. */
export interface KeyShown {
  readonly deviceId: DeviceId;
  readonly cause: string;
  /** Undefined: the file. */
  readonly part?: KeyPart | undefined;
}

/**
 * An order's message; a `transfer` has its QR picture before it, a `chat`
 * invoice its bill after it.
 */
export function invoiceMessages(
  to: TelegramId,
  { paymentId, invoice, cause }: InvoiceShown,
): OutgoingMessage[] {
  const slot = invoiceSlot(paymentId);
  const of = (kind: "invoiceQr" | "invoice" | "bill"): OutgoingMessage => {
    return { key: `${slot}/${cause}/${kind}`, to, slot, content: { kind, paymentId } };
  };
  if (invoice === "transfer") return [of("invoiceQr"), of("invoice")];
  return invoice === "chat" ? [of("invoice"), of("bill")] : [of("invoice")];
}

/** An invoice that is about to be shown. `page` has a link, `chat` a bill inside Telegram. */
export interface InvoiceShown {
  readonly paymentId: PaymentId;
  readonly invoice: "page" | "transfer" | "chat";
  /** Why it is shown, e.g. `opened`, or the button that asked for it again. */
  readonly cause: string;
}

/** Updates every copy of an order's messages to the current state; `cause` names what changed. */
export const invoiceChanged = (
  to: TelegramId,
  paymentId: PaymentId,
  cause: string,
): OutgoingMessage => ({
  key: `${invoiceSlot(paymentId)}/changed/${cause}`,
  to,
  slot: invoiceSlot(paymentId),
  action: "edit",
  content: { kind: "invoice", paymentId },
});

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

/** An unmatched payment. `name`: its gateway and reference. */
export interface UnmatchedMoney {
  readonly name: string;
  readonly gateway: GatewayName;
  readonly amount: Money;
}

/** Announces an unmatched payment to admins: one by one, or by their number when many wait. */
export function unmatchedAnnouncement(
  admins: readonly TelegramId[],
  { name, gateway, amount }: UnmatchedMoney,
  open: OpenNow,
): OutgoingMessage[] {
  const key = `unmatched/${name}`;
  if (open.openCount <= mostAskedSingly)
    return adminNoticesTo(admins, key, { kind: "unmatchedMoney", gateway, amount });
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

/** Removes the question's buttons everywhere, says who decided, and updates the digest's number. */
export const approvalClosed = (
  admins: readonly TelegramId[],
  { approvalId, ask }: ApprovalQuestion,
): OutgoingMessage[] =>
  admins.flatMap((to) => {
    const slot = approvalSlot(approvalId, ask);
    const content = { kind: "approval", approvalId, ask } as const;
    return [
      { key: `${slot}/closed/${to}`, to, slot, action: "edit" as const, content },
      digestChanged(approvalDigest, to, `${slot}/closed`),
    ];
  });

const digestChanged = (digest: Digest, to: TelegramId, cause: string): OutgoingMessage => ({
  ...digest,
  key: `${digest.slot}/${cause}/${to}`,
  to,
  action: "edit",
});
