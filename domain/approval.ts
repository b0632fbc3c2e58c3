import type { ApprovalId, CustomerId, TelegramId } from "./ids.ts";
import { dayMs, hourMs, type Instant } from "./time.ts";

export type Decision = "approve" | "reject";

/** What admins are asked to decide. A new kind brings its own facts and text. */
export type ApprovalSubject = {
  readonly kind: "signup";
  readonly customerId: CustomerId;
  readonly telegramId: TelegramId;
};

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
