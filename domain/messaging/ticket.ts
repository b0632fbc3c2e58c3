import type { CustomerId, GroupId, TelegramId } from "../ids.ts";
import { dayMs, hourMs, type Instant, instant, toMs } from "../time.ts";

/** `open`: the customer waits for an answer. `answered`: support has written last. */
export const ticketStates = ["open", "answered", "closed"] as const;
/** Where the conversation with a customer is. */
export type TicketState = (typeof ticketStates)[number];

/** The files that can be passed on, each by Telegram's id of it. */
export const ticketMedia = ["photo", "document", "voice", "video"] as const;

/** A file that Telegram has: its id works for the bot that got it, in every chat. */
export interface TicketFile {
  readonly media: (typeof ticketMedia)[number];
  readonly id: string;
}

/** What somebody wrote: the text, or the words under a file, which may be empty. */
export interface TicketWords {
  readonly text: string;
  readonly file?: TicketFile;
}

/**
 * A customer's message to support. Only this signal carries its text: the bot may not write to the
 * books, so the text travels once, cut by `fitTicketText`; everything later has the row's key.
 */
export interface CustomerWrote {
  /** Names Telegram's message: the same message is taken once. */
  readonly requestId: string;
  readonly words: TicketWords;
}

/** The name of an edit of a message: each edit is a message of its own. */
export const editOf = (requestId: string, updateId: number): string =>
  `${requestId}${ofEdit}${updateId}`;

/** What stands between a message's name and what names its edit. */
export const ofEdit = "/edit/";

/** An admin's message to a customer. */
export interface AdminAnswered extends CustomerWrote {
  readonly by: TelegramId;
  /** It was written in the customer's topic, where everybody has seen it. */
  readonly isInTopic?: boolean;
}

/** An admin closes the conversation. */
export interface TicketClosing {
  readonly requestId: string;
  readonly by: TelegramId;
}

/** Something that was written or pressed in a conversation. */
export type TicketEvent =
  | { readonly kind: "wrote"; readonly wrote: CustomerWrote }
  | { readonly kind: "answered"; readonly answer: AdminAnswered }
  | { readonly kind: "closed"; readonly closing: TicketClosing };

/** Telegram's own limit of a text, in UTF-16 units. */
const mostCharacters = 4_096;

/** The text as it is kept: what Telegram would not have sent in one message is cut off. */
export const fitTicketText = (text: string): string => text.slice(0, mostCharacters).toWellFormed();

/** How long a conversation waits, and how much one person may write. */
export const ticketRules = {
  remindAfterMs: 12 * hourMs,
  remindAgainAfterMs: dayMs,
  closeAnsweredAfterMs: 3 * dayMs,
  closeUnansweredAfterMs: 14 * dayMs,
  mostPerMinute: 10,
} as const;

/** What the books know of a conversation. */
export interface TicketFacts {
  readonly state: TicketState;
  readonly lastMessageAt: Instant;
  /** Since when the customer waits for an answer. */
  readonly unansweredSince: Instant | undefined;
}

/** What is due now, and when to look again; without `next` the conversation is closed. */
export interface TicketCalendar {
  /** How many reminders are due so far; 0: none. */
  readonly reminders: number;
  readonly isOver: boolean;
  readonly next: Instant | undefined;
}

/** A conversation after what was due has been written, and when to look at it again. */
export interface CurrentTicket extends TicketCalendar {
  readonly state: TicketState;
  readonly customerId: CustomerId;
  readonly unansweredSince: Instant | undefined;
}

/** Reminds after half a day and then daily; closes after days in which nobody wrote. */
export function ticketCalendarAt(facts: TicketFacts, now: Instant): TicketCalendar {
  if (facts.state === "closed") return { reminders: 0, isOver: false, next: undefined };
  const { remindAfterMs, remindAgainAfterMs, closeAnsweredAfterMs, closeUnansweredAfterMs } =
    ticketRules;
  const { unansweredSince, lastMessageAt } = facts;
  const quietMs = unansweredSince === undefined ? closeAnsweredAfterMs : closeUnansweredAfterMs;
  const closes = instant(toMs(lastMessageAt) + quietMs);
  if (toMs(now) >= toMs(closes)) return { reminders: 0, isOver: true, next: undefined };
  if (unansweredSince === undefined) return { reminders: 0, isOver: false, next: closes };
  const firstMs = toMs(unansweredSince) + remindAfterMs;
  const reminders = Math.max(0, Math.floor((toMs(now) - firstMs) / remindAgainAfterMs) + 1);
  const next = instant(firstMs + reminders * remindAgainAfterMs);
  return { reminders, isOver: false, next: next < closes ? next : closes };
}

/** What a message about a conversation with support shows; it holds ids only. */
export type TicketNote =
  /** A message of the conversation, to whoever has not written it. */
  | {
      readonly kind: "ticketMessage";
      readonly key: string;
      /** Which piece of a long text, from 0. */
      readonly part: number;
      /** It goes to the customer's topic of this group. */
      readonly inGroup?: GroupId;
    }
  /** To an admin: the customer still waits. */
  | { readonly kind: "ticketReminder"; readonly customer: TelegramId; readonly inGroup?: GroupId }
  /** Opens the customer's topic in a group. */
  | { readonly kind: "ticketTopic"; readonly customer: TelegramId }
  /** Who the customer is, at the top of their topic. */
  | { readonly kind: "ticketCard"; readonly customer: TelegramId; readonly inGroup: GroupId }
  | {
      readonly kind: "ticketTopicState";
      readonly customer: TelegramId;
      readonly inGroup: GroupId;
      readonly isOpen: boolean;
    };
