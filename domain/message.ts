import type { ApprovalId, DeviceId, TelegramId } from "./ids.ts";
import type { AdminNotice, Notice } from "./notice.ts";
import type { PaymentId } from "./payment.ts";

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
  | { readonly kind: "approvalDigest" };

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
  /** Undefined: transactional. Bulk messages let transactional ones go first. */
  readonly isBulk?: boolean;
}

export const invoiceSlot = (id: PaymentId): string => `invoice/${id}`;
export const approvalSlot = (id: ApprovalId, ask: string): string => `approval/${id}/${ask}`;
export const approvalDigestSlot = "approval-digest";

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
