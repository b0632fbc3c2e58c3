import type { TelegramId } from "../../domain/ids.ts";
import type {
  AdminAnswered,
  CustomerWrote,
  TicketClosing,
  CurrentTicket,
} from "../../domain/messaging/ticket.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The steps of conversations with support. Each message counts once, however often it comes. */
export interface TicketSteps {
  /** Keeps a customer's message and writes it to admins. */
  keepQuestion(from: TelegramId, wrote: CustomerWrote, now: Instant): Promise<void>;
  /** Keeps an admin's answer and writes it to the customer. */
  keepAnswer(to: TelegramId, answer: AdminAnswered, now: Instant): Promise<void>;
  /** Closes the conversation and tells the customer. */
  closeTicket(of: TelegramId, closing: TicketClosing, now: Instant): Promise<void>;
  /**
   * Reminds admins, or closes what nobody has written in for days.
   * @returns undefined where there is no conversation
   */
  writeDueReminders(of: TelegramId, now: Instant): Promise<CurrentTicket | undefined>;
}

/** The summaries of the steps of conversations with support. */
export const summaries: Summaries<TicketSteps> = {
  keepQuestion: "keeps the customer's message and writes it to admins",
  keepAnswer: "keeps the answer and writes it to the customer",
  closeTicket: "closes the conversation and tells the customer",
  writeDueReminders: "reminds admins, or closes what is over",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb } = proxySteps<TicketSteps>(summaries);
