import type { ApprovalId, CustomerId, TelegramId } from "./ids.ts";
import type { Money } from "./money.ts";
import type { GatewayName } from "./payment.ts";
import { dayMs, hourMs, type Instant } from "./time.ts";

export type Decision = "approve" | "reject";

/** What admins are asked to decide. A new kind brings its own facts and text. */
export type ApprovalSubject = {
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
} & (
  | { readonly kind: "signup" }
  | {
      readonly kind: "refund";
      readonly amount: Money;
      readonly gateway: GatewayName;
      readonly reason: string;
      readonly by?: TelegramId;
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

/** Where the question stands in an admin's chat. */
export interface AdminMessage {
  readonly adminId: TelegramId;
  readonly messageId: number;
}

export const approvalRules = { remindAfterMs: 12 * hourMs, lapseAfterMs: 7 * dayMs } as const;

export const signupApprovalId = (telegramId: TelegramId): ApprovalId =>
  `signup:${telegramId}` as ApprovalId;

/** Short enough for a button: it is a part of what a press sends back. */
export const refundApprovalId = (requestId: string): ApprovalId =>
  `refund:${requestId.slice(-32)}` as ApprovalId;
