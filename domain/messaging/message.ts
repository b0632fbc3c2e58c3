import type { KeyPart } from "../access/credentials.ts";
import type { ApprovalId, ChatId, DeviceId, SubscriptionId, TelegramId } from "../ids.ts";
import type { PaymentId } from "../payments/payment.ts";
import { type Instant, toMs } from "../time.ts";
import type { Day } from "../zone.ts";
import type { AdminNotice } from "./admin-notice.ts";
import type { Notice } from "./notice.ts";
import type { TicketNote } from "./ticket.ts";

/**
 * What a message is about, without its text. The text is made when the message is sent: in the
 * person's language at that time, from what the database says then.
 * It holds ids only, never a secret.
 */
export type MessageContent =
  /** `about`: the subscription that it is about, which is named to whoever has several. */
  | { readonly kind: "notice"; readonly notice: Notice; readonly about?: SubscriptionId }
  | { readonly kind: "adminNotice"; readonly notice: AdminNotice }
  /** The order with its buttons, or its outcome. */
  | { readonly kind: "invoice"; readonly paymentId: PaymentId }
  /** The picture of an order that a wallet pays. */
  | { readonly kind: "invoiceQr"; readonly paymentId: PaymentId }
  /** One of the messages with which a device connects. */
  | { readonly kind: "key"; readonly deviceId: DeviceId; readonly part: KeyPart }
  /** A question to an admin, or who has answered it. */
  | { readonly kind: "approval"; readonly approvalId: ApprovalId; readonly ask: string }
  | { readonly kind: "approvalReminder"; readonly approvalId: ApprovalId; readonly ask: string }
  /** How many open questions were not sent one by one. */
  | { readonly kind: "approvalDigest" }
  /** How many unmatched payments wait for a decision. */
  | { readonly kind: "unmatchedDigest" }
  /** What an order has sold, for admins. */
  | { readonly kind: "sale"; readonly paymentId: PaymentId }
  | DailySummary
  | TicketNote;

/** The figures of a day for admins, with each of its sales where they are told of them daily. */
export interface DailySummary {
  readonly kind: "dailySummary";
  readonly day: Day;
  /** In which the day was over: the shop may have another one when the message is sent. */
  readonly zone: string;
  readonly hasSales: boolean;
}

/** One message to one person, or to one group. */
export interface OutgoingMessage {
  /** Unique: messages with the same key are one message, however often it is written. */
  readonly key: string;
  readonly to: ChatId;
  readonly content: MessageContent;
  /** A place in the chat. An `edit` changes every message that was sent to its slot. */
  readonly slot?: string;
  /**
   * Undefined: `send`. `show` changes what its slot shows,
   * and is sent where there is no message that can be changed.
   */
  readonly action?: "send" | "edit" | "show";
  /** Telegram's message id when it was sent already: it is only recorded, so that edits find it. */
  readonly sentAs?: number;
  /** Undefined: transactional. Bulk messages let transactional ones go first. */
  readonly isBulk?: boolean;
}

const noticesToBlocked: ReadonlySet<Notice["kind"]> = new Set([
  "ticketClosed",
  "credited",
  "refundUnderWay",
  "moneyReturned",
  "refundFailed",
  "renewalSet",
  "cardForgotten",
  "languageChanged",
]);

/**
 * Whether a blocked person is told, too: what became of their money is theirs to know, support
 * answers them, and what they may still press is answered.
 */
export const reachesBlocked = (content: MessageContent): boolean =>
  content.kind === "invoice" ||
  content.kind === "ticketMessage" ||
  (content.kind === "notice" && noticesToBlocked.has(content.notice.kind));

/** The slot of all messages about a payment. */
export const invoiceSlot = (id: PaymentId): string => `invoice/${id}`;

/** A notice to a person, and the subscription that it is about, if it is about one. */
export const noticeTo = (
  to: TelegramId,
  key: string,
  notice: Notice,
  about?: SubscriptionId,
): OutgoingMessage => ({
  key,
  to,
  content: { kind: "notice", notice, ...(about === undefined ? {} : { about }) },
});

/**
 * The answer to a press, in place of the page that was pressed, so that its buttons are gone.
 * Without `shownIn`, or where nobody can see that message any more, it is sent.
 */
export function answerNotice(
  to: TelegramId,
  key: string,
  notice: Notice,
  shownIn: number | undefined,
  about?: SubscriptionId,
): OutgoingMessage[] {
  const answer = noticeTo(to, key, notice, about);
  if (shownIn === undefined) return [answer];
  return [
    { ...answer, key: `${key}/in`, slot: key, sentAs: shownIn },
    { ...answer, slot: key, action: "show" },
  ];
}

/** A notice to every admin; `key` names what it is about. */
export const adminNoticesTo = (
  admins: readonly TelegramId[],
  key: string,
  notice: AdminNotice,
): OutgoingMessage[] =>
  admins.map((to) => ({ key: `${key}/${to}`, to, content: { kind: "adminNotice", notice } }));

/**
 * The message with which a device connects. Write it once the device's access has its host and
 * address: a key without a host is not sent. `cause` makes it unique, e.g. the access that was made
 * or the button pressed.
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

const doubleTapMs = 10_000;

/**
 * The cause of a key that is sent because its owner pressed "send the key": the same for a double
 * tap (presses within the same ten seconds of the clock), which sends it once; another one when the
 * same button is pressed later.
 */
export const shownKeyCause = (requestId: string, now: Instant): string =>
  `${requestId}/${Math.floor(toMs(now) / doubleTapMs)}`;

/** Shows an order's invoice: in the message that it is shown in already, or else in a new one. */
export function invoiceMessages(
  to: TelegramId,
  { paymentId, cause, isNew = false }: InvoiceShown,
): OutgoingMessage[] {
  const slot = invoiceSlot(paymentId);
  const content = { kind: "invoice", paymentId } as const;
  const key = `${slot}/${cause}`;
  const shown: OutgoingMessage = { key: `${key}/invoice`, to, slot, action: "show", content };
  const again: OutgoingMessage = { key: `${key}/invoice/new`, to, slot, content };
  return isNew ? [shown, again] : [shown];
}

/** An invoice that is about to be shown. */
export interface InvoiceShown {
  readonly paymentId: PaymentId;
  /** Why it is shown, e.g. `opened`, or the button that asked for it again. */
  readonly cause: string;
  /** Its customer may look elsewhere: a new message is sent, too, which notifies them. */
  readonly isNew?: boolean;
}

/** Records that an order is shown in this message of the chat from now on. */
export const invoiceShownIn = (
  to: TelegramId,
  paymentId: PaymentId,
  messageId: number,
): OutgoingMessage => ({
  key: `${invoiceSlot(paymentId)}/in/${messageId}`,
  to,
  slot: invoiceSlot(paymentId),
  sentAs: messageId,
  content: { kind: "invoice", paymentId },
});

/** The picture of an order that a wallet pays; `cause` names the button that asked for it. */
export const invoiceQrMessage = (
  to: TelegramId,
  paymentId: PaymentId,
  cause: string,
): OutgoingMessage => ({
  key: `${invoiceSlot(paymentId)}/${cause}/invoiceQr`,
  to,
  slot: invoiceSlot(paymentId),
  content: { kind: "invoiceQr", paymentId },
});

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
