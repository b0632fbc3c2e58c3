import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import type { ApprovalId, HostId, SubscriptionId, TelegramId } from "../../domain/ids.ts";
import type { GatewayName, PaymentId } from "../../domain/payments/payment.ts";

/** The task queue of every worker. */
export const taskQueue = "tollgate";

/** The reconcilers' loops have a task queue, and slots, of their own. */
export const reconcilerTaskQueue = "tollgate-reconcilers";

/** A workflow's id is its idempotency key: a second start returns the first run. */
export const workflowIds = {
  signup: (of: TelegramId) => `signup:${of}`,
  approval: (id: ApprovalId) => `approval:${id}`,
  subscription: (id: SubscriptionId) => `subscription:${id}`,
  adminAct: (requestId: string) => `admin-act:${requestId}`,
  profileChange: (of: TelegramId) => `profile-change:${of}`,
  languageChange: (requestId: string) => `language-change:${requestId}`,
  host: (id: HostId) => `host:${id}`,
  hostChange: (requestId: string) => `host-change:${requestId}`,
  hostMigration: (migrationId: string) => `host-migration:${migrationId}`,
  hostGiveBack: (maintenanceId: string) => `host-give-back:${maintenanceId}`,
  hostTest: (requestId: string) => `host-test:${requestId}`,
  hostAdoption: (requestId: string) => `host-adoption:${requestId}`,
  hostDrift: (requestId: string) => `host-drift:${requestId}`,
  gateway: (name: GatewayName) => `gateway:${name}`,
  linkRequest: (of: string) => `link-request:${of}`,
  messages: "messages",
  audit: "audit",
  summary: "summary",
  channels: "channels",
  shopChange: (requestId: string) => `shop-change:${requestId}`,
  payment: (id: PaymentId) => `payment:${id}`,
  starSubscription: (of: SubscriptionId) => `star-subscription:${of}`,
  savedCard: (of: SubscriptionId) => `saved-card:${of}`,
  renewalChange: (requestId: string) => `renewal-change:${requestId}`,
  refund: (requestId: string) => `refund:${requestId}`,
  unmatched: (requestId: string) => `unmatched:${requestId}`,
  ticket: (of: TelegramId) => `ticket:${of}`,
} as const;

/** The names of signals, by which entry points send them. */
export const signals = {
  opened: "opened",
  profileSeen: "profileSeen",
  captchaAnswered: "captchaAnswered",
  channelsJoined: "channelsJoined",
  memberReturned: "memberReturned",
  approvalAnswered: "approvalAnswered",
  decided: "decided",
  adminArrived: "adminArrived",
  deviceRequested: "deviceRequested",
  booksChanged: "booksChanged",
  gatewayReported: "gatewayReported",
  cancelled: "cancelled",
  invoiceRequested: "invoiceRequested",
  customerWrote: "customerWrote",
  adminAnswered: "adminAnswered",
  ticketClosed: "ticketClosed",
  checkNow: "checkNow",
  pause: "pause",
  resume: "resume",
  approveRemovals: "approveRemovals",
} as const;

/**
 * Only loops without local activities are queried: a query answered while a local activity runs
 * leaves a history that cannot be replayed (ADR 24).
 */
export const queries = { isServed: "isServed" } as const;

/**
 * What operators filter by in the Temporal UI; registered at start-up by `npm start`
 * and by the worker.
 */
export const searchAttributes = {
  stage: defineSearchAttributeKey("Stage", SearchAttributeType.KEYWORD),
  customerId: defineSearchAttributeKey("CustomerId", SearchAttributeType.KEYWORD),
  /** The customer's number in Telegram, by which people ask. */
  telegramId: defineSearchAttributeKey("TelegramId", SearchAttributeType.KEYWORD),
  /** The number of an order, as its customer sees it: `orderNumber`. */
  order: defineSearchAttributeKey("Order", SearchAttributeType.KEYWORD),
  plan: defineSearchAttributeKey("Plan", SearchAttributeType.KEYWORD),
  host: defineSearchAttributeKey("Host", SearchAttributeType.KEYWORD),
  gateway: defineSearchAttributeKey("Gateway", SearchAttributeType.KEYWORD),
  needsHuman: defineSearchAttributeKey("NeedsHuman", SearchAttributeType.BOOL),
} as const;
