import type { ApprovalId, TelegramId } from "../../domain/ids.ts";
import type { Language, Profile } from "../../domain/people/customer.ts";
import type { Instant } from "../../domain/time.ts";
import { searchAttributes } from "./names.ts";

/** A person pressed Start, or wrote /start again. */
export interface StartPress {
  /** Identifies the press: the same press is answered once. */
  readonly requestId: string;
  readonly profile: Profile;
  /** The text after /start; may be anything. */
  readonly payload?: string;
  /**
   * Telegram's id of the message with the person's first question, if the bot has asked it already.
   */
  readonly asked?: number;
  /** The bot has shown the home screen: a person who is known needs no other answer. */
  readonly isAnswered?: boolean;
  /** One of the shop's people wants access as a customer: nobody has to approve that. */
  readonly asCustomer?: true;
  /** The questions of earlier presses that nobody handled before this one. */
  readonly askedBefore?: readonly number[];
}

/** A press on a picture. `choice` is the picture's name as the button carried it, unchecked. */
export interface CaptchaAnswer {
  readonly round: number;
  readonly choice: string;
}

/** How an approval ended. */
export interface ApprovalAnswer {
  readonly approvalId: ApprovalId;
  readonly kind: "approved" | "rejected" | "lapsed";
  readonly at: Instant;
}

/** A person's choice of language. */
export interface LanguageChange {
  readonly telegramId: TelegramId;
  readonly language: Language;
  /** The message that was pressed, which becomes the answer. */
  readonly shownIn?: number;
}

/** The search attributes of a workflow about one person. */
export const ofPerson = (id: TelegramId) => [
  { key: searchAttributes.telegramId, value: String(id) },
];
