import type { ApprovalId, DeviceId, TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName, PaymentId } from "../payments/payment.ts";
import { hourMs, type Instant, toMs } from "../time.ts";
import type { AdminNotice, Notice } from "./notice.ts";

/**
 * What a message says, without its words: those are made when it is sent, in the language that the person
 * reads then, from what the books say then. It holds ids only, never a secret.
 */
export type MessageContent =
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "adminNotice"; readonly notice: AdminNotice }
  /** The order with its buttons, or what became of it. */
  | { readonly kind: "invoice"; readonly paymentId: PaymentId }
  /** The picture of an order that a wallet pays. */
  | { readonly kind: "invoiceQr"; readonly paymentId: PaymentId }
  /** The bill in Telegram Stars of an order. */
  | { readonly kind: "bill"; readonly paymentId: PaymentId }
  /** One of the messages with which a device connects. */
  | { readonly kind: "key"; readonly deviceId: DeviceId; readonly part: KeyPart }
  /** A question to an admin, or who answered it. */
  | { readonly kind: "approval"; readonly approvalId: ApprovalId; readonly ask: string }
  | { readonly kind: "approvalReminder"; readonly approvalId: ApprovalId; readonly ask: string }
  /** How many questions wait that were not sent one by one. */
  | { readonly kind: "approvalDigest" }
  /** How many sums of money that no order asked for wait to be decided over. */
  | { readonly kind: "unmatchedDigest" };

export const keyParts = ["file", "qr", "text"] as const;
export type KeyPart = (typeof keyParts)[number];

/** One message to one person. */
export interface OutgoingMessage {
  /** What it is about: the same key is one message, however often it is written. */
  readonly key: string;
  readonly to: TelegramId;
  readonly content: MessageContent;
  /** Names the place in the chat. An `edit` changes every message that was sent into its slot. */
  readonly slot?: string;
  /** Undefined: it is sent. */
  readonly action?: "send" | "edit";
  /** Telegram's number of it where it was sent already: it is only noted, so that edits find it. */
  readonly sentAs?: number;
  /** Undefined: transactional. Bulk messages let transactional ones go first. */
  readonly isBulk?: boolean;
}

export const invoiceSlot = (id: PaymentId): string => `invoice/${id}`;
export const approvalSlot = (id: ApprovalId, ask: string): string => `approval/${id}/${ask}`;

/** A notice to a person. */
export const noticeTo = (to: TelegramId, key: string, notice: Notice): OutgoingMessage => ({
  key,
  to,
  content: { kind: "notice", notice },
});

/** One thing that all admins are told; `key` names what it is about. */
export const adminNoticesTo = (
  admins: readonly TelegramId[],
  key: string,
  notice: AdminNotice,
): OutgoingMessage[] =>
  admins.map((to) => ({ key: `${key}/${to}`, to, content: { kind: "adminNotice", notice } }));

/**
 * Everything with which a device connects. Write it once the device's access has its host and address: a key
 * that no host carries yet is not sent. `cause` names why, e.g. the access that was made or the button pressed.
 */
export const keyMessages = (to: TelegramId, deviceId: DeviceId, cause: string): OutgoingMessage[] =>
  keyParts.map((part) => {
    return { key: `key/${cause}/${part}`, to, content: { kind: "key", deviceId, part } };
  });

/** An order's message, and before it the picture or behind it the bill where its invoice has one. */
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

export interface InvoiceShown {
  readonly paymentId: PaymentId;
  readonly invoice: "page" | "transfer" | "chat";
  /** Why it is shown, e.g. `opened`, or the button that asked to see it again. */
  readonly cause: string;
}

/** Brings every copy of an order's messages to what the books say now; `cause` names what changed. */
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

/** How many of a kind wait for a decision, the one that is told of among them. */
interface OpenNow {
  readonly openCount: number;
  readonly now: Instant;
}

/** So many may wait before they are told as one number. */
export const mostAskedSingly = 20;
const digestEveryMs = 6 * hourMs;

/** A message to each admin with the number of what waits, which changes with it. */
interface Digest {
  readonly slot: string;
  readonly content: MessageContent;
}

const approvalDigest: Digest = { slot: "approval-digest", content: { kind: "approvalDigest" } };
const unmatchedDigest: Digest = { slot: "unmatched-digest", content: { kind: "unmatchedDigest" } };

/** How admins hear again of a question that waits: of it alone, or of their number, as of a new one. */
export function approvalReminders(
  admins: readonly TelegramId[],
  { approvalId, ask }: ApprovalQuestion,
  open: OpenNow,
): OutgoingMessage[] {
  const slot = approvalSlot(approvalId, ask);
  if (open.openCount > mostAskedSingly)
    return announce(approvalDigest, admins, { ...open, cause: `${slot}/reminder` });
  return admins.map((to) => ({
    key: `${slot}/reminder/${to}`,
    to,
    content: { kind: "approvalReminder", approvalId, ask },
  }));
}

/**
 * How admins hear of a new question. Up to twenty are asked one by one; beyond that each admin has one message with
 * their number, which changes, and is sent anew every six hours at most.
 */
export const approvalAnnouncement = (
  admins: readonly TelegramId[],
  asked: ApprovalQuestion,
  open: OpenNow,
): OutgoingMessage[] =>
  open.openCount <= mostAskedSingly
    ? approvalMessages(admins, asked)
    : announce(approvalDigest, admins, {
        ...open,
        cause: `${approvalSlot(asked.approvalId, asked.ask)}/asked`,
      });

/** Money that no order asked for. `name`: its gateway and reference. */
export interface UnmatchedMoney {
  readonly name: string;
  readonly gateway: GatewayName;
  readonly amount: Money;
}

/** How admins hear of money that no order asked for: singly, or, when much of it waits, of how many sums there are. */
export function unmatchedAnnouncement(
  admins: readonly TelegramId[],
  { name, gateway, amount }: UnmatchedMoney,
  open: OpenNow,
): OutgoingMessage[] {
  const key = `unmatched/${name}`;
  if (open.openCount <= mostAskedSingly)
    return adminNoticesTo(admins, key, { kind: "unmatchedMoney", gateway, amount });
  return announce(unmatchedDigest, admins, { ...open, cause: key });
}

/** The number of sums that wait follows; `cause` names what has changed it. */
export const unmatchedChanged = (admins: readonly TelegramId[], cause: string): OutgoingMessage[] =>
  admins.map((to) => digestChanged(unmatchedDigest, to, cause));

function announce(
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

/** Takes the buttons away everywhere and says who decided; the digest's number follows. */
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
