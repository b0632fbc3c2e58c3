import type { ApprovalId, CustomerId, HostId, TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName } from "../payments/payment.ts";
import type { CustomerStatus } from "./customer.ts";
import { dayMs, hourMs, type Instant } from "../time.ts";

/** What an admin presses. The approval's outcome is an `ApprovalOutcome`. */
export type Decision = "approve" | "reject";

/** What admins are asked to decide. Each kind has its own facts and text. */
export type ApprovalSubject = PersonSubject | HostSubject;

interface AboutPerson {
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
}

type PersonSubject = AboutPerson &
  (
    | { readonly kind: "signup" }
    | {
        readonly kind: "refund";
        readonly amount: Money;
        readonly gateway: GatewayName;
        readonly reason: string;
        readonly by?: TelegramId;
      }
  );

/** About a host and not about a person. */
type HostSubject = {
  readonly customerId?: undefined;
  readonly telegramId?: undefined;
  readonly hostId: HostId;
  readonly host: string;
  readonly count: number;
} & (
  | {
      /** More peers should be removed than may be without approval. */
      readonly kind: "removals";
      /** The names on the host of the first of them. */
      readonly some?: readonly string[];
    }
  | {
      /** Peers on our addresses with unknown keys. */
      readonly kind: "unknownPeers";
      /** The id under which the database groups them. */
      readonly batch: string;
    }
);

/** How an approval ended, who decided it and when; nobody decides one that lapses. */
export type ApprovalOutcome =
  | { readonly kind: "approved"; readonly by: TelegramId; readonly at: Instant }
  | { readonly kind: "rejected"; readonly by: TelegramId; readonly at: Instant }
  | { readonly kind: "lapsed"; readonly at: Instant };

/**
 * An admin's button press. `ask` ties it to one question,
 * so that a button of an older one decides nothing.
 */
export interface DecisionMade {
  readonly ask: string;
  readonly decision: Decision;
  readonly by: TelegramId;
  /** Why it is rejected, for the person to read. */
  readonly reason?: RejectReason;
}

/** Reasons for a rejection that have a text in each language. */
export const cannedReasons = ["full", "unknown", "invited", "twice"] as const;
/** One of these reasons. */
export type CannedReason = (typeof cannedReasons)[number];

/** Why a request was rejected: one of our reasons, or an admin's own words. */
export type RejectReason = { readonly canned: CannedReason } | { readonly words: string };

/** The longest reason in an admin's own words, in characters. */
export const longestReason = 300;

/**
 * An admin's own words as a reason, on one line; undefined where nothing is left of them. Whoever
 * takes them refuses what is longer than `longestReason`.
 */
export function reasonIn(text: string): { readonly words: string } | undefined {
  const words = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return words === "" ? undefined : { words };
}

/** When an open question is reminded of, and when it lapses, counted from when it was asked. */
export const approvalRules = { remindAfterMs: 12 * hourMs, lapseAfterMs: 7 * dayMs } as const;

/** How long after it was made the decision on a signup can be undone. */
export const undoableMs = hourMs;

/** What decides whether the decision on a signup still stands as it was made. */
export interface DecidedFacts {
  readonly state: "approved" | "rejected";
  readonly status: CustomerStatus;
  /** Their first subscription lets them in: nobody has ended it. */
  readonly hasAccess: boolean;
  /** They have bought further subscriptions. */
  readonly hasMore: boolean;
  /** Time was bought or given since. */
  readonly hasOtherTime: boolean;
}

/**
 * Why a decision cannot be undone whatever the time; undefined: it can. What was bought or given since
 * is not taken away by an undo.
 */
export function changeSince({
  state,
  status,
  hasAccess,
  hasMore,
  hasOtherTime,
}: DecidedFacts): "notBooked" | "changedSince" | undefined {
  if (status === "pending") return "notBooked";
  if (state === "rejected") return status === "rejected" ? undefined : "changedSince";
  const isAsDecided = status === "active" && hasAccess && !hasMore && !hasOtherTime;
  return isAsDecided ? undefined : "changedSince";
}

/** Whether strangers can cause such questions: there may be hundreds of them. */
export const isCausedByStrangers = (kind: ApprovalSubject["kind"]): boolean => kind === "signup";

/** The approval of a person's signup. */
export const signupApprovalId = (telegramId: TelegramId): ApprovalId =>
  `signup:${telegramId}` as ApprovalId;

/** The approval of a refund; short enough for a button's callback data. */
export const refundApprovalId = (requestId: string): ApprovalId =>
  `refund:${requestId.slice(-32)}` as ApprovalId;

/** The approval of a host's question; its reconciler draws a new `question` id for each. */
export const hostApprovalId = (question: string): ApprovalId =>
  `host:${question.slice(-32)}` as ApprovalId;

/** One question to admins: `ask` distinguishes repeated questions of one approval. */
export interface ApprovalAsk {
  readonly approvalId: ApprovalId;
  readonly ask: string;
}
