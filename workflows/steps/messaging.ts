import type { TelegramId } from "../../domain/ids.ts";
import type { CurrentTicket, TicketEvent } from "../../domain/messaging/ticket.ts";
import type { Instant } from "../../domain/time.ts";
import { proxySteps, type Summaries } from "./proxies.ts";

/** The steps of conversations with support. Each message counts once, however often it comes. */
export interface TicketSteps {
  /**
   * Keeps what was written or pressed, in its order and all or nothing: each message is written to
   * its receivers. Then reminds admins, or closes what nobody has written in for days.
   * @returns undefined where there is no conversation
   */
  keepEvents(
    of: TelegramId,
    events: readonly TicketEvent[],
    now: Instant,
  ): Promise<CurrentTicket | undefined>;
}

/** The summaries of the steps of conversations with support. */
export const summaries: Summaries<TicketSteps> = {
  keepEvents: "keeps what was written, writes it to its receivers and reminds of what waits",
};

/** The steps above, by how they are retried: see `proxySteps`. */
export const { localDb } = proxySteps<TicketSteps>(summaries);
