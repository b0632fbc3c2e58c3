import type { ApprovalId, TelegramId } from "../../domain/ids.ts";
import type { Language, Profile } from "../../domain/people/customer.ts";
import type { Instant } from "../../domain/time.ts";

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
