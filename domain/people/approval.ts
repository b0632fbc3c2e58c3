import type { ApprovalId, CustomerId, HostId, TelegramId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { GatewayName } from "../payments/payment.ts";
import { dayMs, hourMs, type Instant } from "../time.ts";

export type Decision = "approve" | "reject";

/** What admins are asked to decide. A new kind brings its own facts and text. */
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

/** Of a host and of nobody in particular. */
type HostSubject = {
  readonly customerId?: undefined;
  readonly telegramId?: undefined;
  readonly hostId: HostId;
  readonly host: string;
  readonly count: number;
} & (
  | { /** More peers should go than may go without a yes. */ readonly kind: "removals" }
  | {
      /** Peers in our addresses whose keys nobody knows. */
      readonly kind: "unknownPeers";
      /** As the books keep them together. */
      readonly batch: string;
    }
);

export type ApprovalOutcome =
  | { readonly kind: "approved"; readonly by: TelegramId; readonly at: Instant }
  | { readonly kind: "rejected"; readonly by: TelegramId; readonly at: Instant }
  | { readonly kind: "lapsed"; readonly at: Instant };

/** An admin's press: `ask` ties it to one ask, so that a button of an older ask decides nothing. */
export interface DecisionMade {
  readonly ask: string;
  readonly decision: Decision;
  readonly by: TelegramId;
}

export const approvalRules = { remindAfterMs: 12 * hourMs, lapseAfterMs: 7 * dayMs } as const;

/** Whether strangers cause such questions: there may be hundreds of those. */
export const isCausedByStrangers = (kind: ApprovalSubject["kind"]): boolean => kind === "signup";

export const signupApprovalId = (telegramId: TelegramId): ApprovalId =>
  `signup:${telegramId}` as ApprovalId;

/** Short enough for a button: it is a part of what a press sends back. */
export const refundApprovalId = (requestId: string): ApprovalId =>
  `refund:${requestId.slice(-32)}` as ApprovalId;

/** Drawn by the reconciler of the host for each question that it has. */
export const hostApprovalId = (question: string): ApprovalId =>
  `host:${question.slice(-32)}` as ApprovalId;
