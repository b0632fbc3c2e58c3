import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type { DecisionMade } from "../domain/people/approval.ts";
import type { Language, Profile } from "../domain/people/customer.ts";
import { type HostCondition, wellHost } from "../domain/access/host.ts";
import type { ApprovalId, CustomerId, HostId, SubscriptionId, TelegramId } from "../domain/ids.ts";
import type {
  GatewayName,
  PaymentId,
  PaymentState,
  Purchase,
  GatewayEvent,
} from "../domain/payments/payment.ts";
import type { PlanCode } from "../domain/payments/plan.ts";
import type { RefundCommand } from "../domain/payments/refund.ts";
import type { DeviceRequest, SubscriptionRef } from "../domain/access/subscription.ts";
import type { Instant } from "../domain/time.ts";

/** Every worker listens here. */
export const taskQueue = "tollgate";

/** The loops that keep outside things equal to the books have a queue, and slots, of their own. */
export const reconcilerTaskQueue = "tollgate-reconcilers";

/** A workflow's id is its idempotency key: a second start is handed the first run. */
export const workflowIds = {
  signup: (of: TelegramId) => `signup:${of}`,
  approval: (id: ApprovalId) => `approval:${id}`,
  subscription: (id: SubscriptionId) => `subscription:${id}`,
  adminAct: (requestId: string) => `admin-act:${requestId}`,
  profileChange: (of: TelegramId) => `profile-change:${of}`,
  languageChange: (requestId: string) => `language-change:${requestId}`,
  host: (id: HostId) => `host:${id}`,
  gateway: (name: GatewayName) => `gateway:${name}`,
  messages: "messages",
  audit: "audit",
  payment: (id: PaymentId) => `payment:${id}`,
  refund: (requestId: string) => `refund:${requestId}`,
  unmatched: (requestId: string) => `unmatched:${requestId}`,
} as const;

/** A person pressed Start, or wrote /start again. */
export interface Opened {
  /** What the person did: the same press is answered once. */
  readonly requestId: string;
  readonly profile: Profile;
  /** What stood behind /start; anything at all. */
  readonly payload?: string;
  /** Telegram's number of the message with the person's first question, where the bot has asked it already. */
  readonly asked?: number;
}

export interface CaptchaAnswer {
  readonly round: number;
  readonly choice: string;
}

/** Which approval is asked of whom by whom, and where its answer is awaited. */
export interface ApprovalAnswer {
  readonly approvalId: ApprovalId;
  readonly kind: "approved" | "rejected" | "lapsed";
  readonly at: Instant;
}

export interface LanguageChange {
  readonly telegramId: TelegramId;
  readonly language: Language;
}

/** Signals by name, with what each carries. Entry points send them by these names. */
export const signals = {
  opened: "opened",
  profileSeen: "profileSeen",
  captchaAnswered: "captchaAnswered",
  approvalAnswered: "approvalAnswered",
  decided: "decided",
  adminArrived: "adminArrived",
  deviceRequested: "deviceRequested",
  booksChanged: "booksChanged",
  gatewayReported: "gatewayReported",
  cancelled: "cancelled",
  checkNow: "checkNow",
  pause: "pause",
  resume: "resume",
  approveRemovals: "approveRemovals",
} as const;

export interface SignalArguments {
  readonly opened: [Opened];
  readonly profileSeen: [Profile];
  readonly captchaAnswered: [CaptchaAnswer];
  readonly approvalAnswered: [ApprovalAnswer];
  readonly decided: [DecisionMade];
  readonly adminArrived: [TelegramId];
  readonly deviceRequested: [DeviceRequest];
  readonly booksChanged: [];
  readonly gatewayReported: [readonly GatewayEvent[]];
  readonly cancelled: [];
  readonly checkNow: [];
  readonly pause: [];
  readonly resume: [];
  readonly approveRemovals: [];
}

/**
 * Only loops without local activities are asked: an answer that is given while a local activity runs leaves a
 * history that cannot be replayed (ADR 24).
 */
export const queries = { isServed: "isServed" } as const;

/** What operators filter by in the Temporal UI; registered at start-up by `npm start` and by the worker. */
export const searchAttributes = {
  stage: defineSearchAttributeKey("Stage", SearchAttributeType.KEYWORD),
  customerId: defineSearchAttributeKey("CustomerId", SearchAttributeType.KEYWORD),
  plan: defineSearchAttributeKey("Plan", SearchAttributeType.KEYWORD),
  host: defineSearchAttributeKey("Host", SearchAttributeType.KEYWORD),
  gateway: defineSearchAttributeKey("Gateway", SearchAttributeType.KEYWORD),
  needsHuman: defineSearchAttributeKey("NeedsHuman", SearchAttributeType.BOOL),
} as const;

/** What operators find a payment by: its start says so where all of it is known then. */
export function paymentAttributes(of: {
  readonly customerId: CustomerId;
  readonly gateway: GatewayName;
  readonly plan: PlanCode;
  readonly stage: PaymentState;
}) {
  return [
    { key: searchAttributes.customerId, value: of.customerId as string },
    { key: searchAttributes.gateway, value: of.gateway as string },
    { key: searchAttributes.plan, value: of.plan as string },
    { key: searchAttributes.stage, value: of.stage as string },
  ];
}

/** With this `start` begins a payment. The same id is the same purchase, however long ago it was made. */
export function purchaseOf(id: PaymentId, purchase: Purchase, customerId: CustomerId) {
  const { plan, gateway, currency } = purchase;
  const args: [PaymentId, Purchase] = [id, purchase];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    workflowIdReusePolicy: "REJECT_DUPLICATE" as const,
    args,
    typedSearchAttributes: paymentAttributes({ customerId, gateway, plan, stage: "open" }),
    staticSummary: `Buys ${plan} by ${gateway} in ${currency}`,
  };
}

/** With this `signalWithStart` reports to a payment what a gateway said, also to one that is over or that nobody knows. */
export function reportTo(id: PaymentId, events: readonly GatewayEvent[]) {
  const args: [PaymentId] = [id];
  const signalArgs: [readonly GatewayEvent[]] = [events];
  return {
    taskQueue,
    workflowId: workflowIds.payment(id),
    args,
    signal: signals.gatewayReported,
    signalArgs,
    staticSummary: `Payment by ${events[0]?.gateway ?? "nobody"}`,
  };
}

/** With this `start` begins a refund. */
export function refundOf(command: RefundCommand) {
  const args: [RefundCommand] = [command];
  return {
    taskQueue,
    workflowId: workflowIds.refund(command.requestId),
    args,
    staticSummary: `Refund of payment ${command.paymentId}`,
  };
}

/** With this `start` begins a subscription's calendar. */
export function calendarOf(ref: SubscriptionRef) {
  const args: [{ readonly ref: SubscriptionRef }] = [{ ref }];
  return {
    taskQueue,
    workflowId: workflowIds.subscription(ref.id),
    args,
    staticSummary: `Access of ${ref.telegramId}`,
    typedSearchAttributes: [{ key: searchAttributes.customerId, value: ref.customerId as string }],
  };
}

/** What a host's reconciler starts with, and goes on with in a new run. */
export interface HostReconciler {
  readonly hostId: HostId;
  readonly name: string;
  readonly known: HostCondition;
  readonly isPaused: boolean;
  /** The question about unknown peers that the admins were asked last. */
  readonly asked?: string;
  /** Questions that are open, by the id of their approval. */
  readonly open: Readonly<Record<string, HostQuestion>>;
  /** What the run before was asked for and has not done. */
  readonly requests?: readonly HostRequest[];
}

/** What people ask of a host's reconciler. */
export type HostRequest =
  | { readonly kind: "check" | "approve" }
  | { readonly kind: "answer"; readonly answer: ApprovalAnswer };

export type HostQuestion =
  | { readonly kind: "removals" }
  | { readonly kind: "unknownPeers"; readonly batch: string };

/** With this `start` a host is followed from now on. One that runs already is left as it is. */
export function hostReconcilerOf({ id, name }: { readonly id: HostId; readonly name: string }) {
  const args: [HostReconciler] = [{ hostId: id, name, known: wellHost, isPaused: false, open: {} }];
  return {
    taskQueue,
    workflowId: workflowIds.host(id),
    workflowIdConflictPolicy: "USE_EXISTING" as const,
    args,
    typedSearchAttributes: [{ key: searchAttributes.host, value: id as string }],
    staticSummary: `Keeps the host ${name} equal to the books`,
  };
}
