import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type { ApprovalId, HostId, SubscriptionId, TelegramId } from "../../domain/ids.ts";
import type { GatewayName, PaymentId } from "../../domain/payments/payment.ts";

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
