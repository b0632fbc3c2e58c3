import { customerId, type GroupId, type TelegramId, telegramId } from "../../domain/ids.ts";
import { noticeTo } from "../../domain/messaging/message.ts";
import {
  ticketMessageChanged,
  ticketMessageInTopic,
  ticketMessagesTo,
  ticketReminders,
  topicMessages,
  topicStateMessage,
} from "../../domain/messaging/ticket-messages.ts";
import {
  type AdminAnswered,
  type CustomerWrote,
  ticketCalendarAt,
  type TicketClosing,
  type TicketEvent,
  type CurrentTicket,
  type TicketState,
} from "../../domain/messaging/ticket.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { type EntityManager, inTransaction, type Queries } from "../orm.ts";
import { findAllowed, isAllowed } from "../people/customers.ts";
import { addTicketMessage, listUnanswered, lockTicket, type TicketRow } from "./ticket-rows.ts";
import { enqueue } from "./messages.ts";

/** The conversations of customers with support. */
export class Tickets {
  readonly #em: EntityManager;
  readonly #group: GroupId | undefined;

  /** @param group whose topics show the conversations; undefined: each admin's chat does */
  constructor(em: EntityManager, group: GroupId | undefined) {
    this.#em = em;
    this.#group = group;
  }

  /**
   * Keeps what was written or pressed, in its order and all or nothing, each once however often it
   * comes; then writes the reminders that are due, or closes a conversation in which nobody wrote
   * for long. Somebody who is not in the books is ignored.
   * @returns undefined where this person has no conversation
   */
  async keepEvents(
    of: TelegramId,
    events: readonly TicketEvent[],
    now: Instant,
  ): Promise<CurrentTicket | undefined> {
    return inTransaction(this.#em, async (db) => {
      for (const event of events) await this.#keep(db, of, event, now);
      return this.#writeDue(db, of, now);
    });
  }

  #keep(db: Queries, of: TelegramId, event: TicketEvent, now: Instant): Promise<void> {
    switch (event.kind) {
      case "wrote":
        return this.#keepQuestion(db, of, event.wrote, now);
      case "answered":
        return this.#keepAnswer(db, of, event.answer, now);
      case "closed":
        return this.#close(db, of, event.closing, now);
    }
  }

  /**
   * Keeps a customer's message, opens their conversation, and writes the message to admins; once
   * per message of Telegram. Somebody who is not in the books is ignored.
   */
  async #keepQuestion(
    db: Queries,
    from: TelegramId,
    wrote: CustomerWrote,
    now: Instant,
  ): Promise<void> {
    const ticket = await lockTicket(db, from, now);
    if (ticket === undefined) return;
    const seq = await addTicketMessage(db, ticket, { ...wrote, now });
    if (seq === undefined) return;
    await setState(db, ticket, {
      state: "open",
      lastMessageAt: new Date(now),
      unansweredSince: ticket.unansweredSince ?? new Date(now),
      ...stillOpen,
    });
    const stored = { customer: from, key: wrote.requestId, seq, words: wrote.words };
    if (this.#group === undefined) {
      return enqueue(db, ticketMessagesTo(await findAllowed(db, "answerTickets"), stored));
    }
    await this.#openTopic(db, ticket, wrote.requestId);
    await enqueue(db, ticketMessageInTopic(this.#group, stored));
  }

  /**
   * Keeps an admin's answer, writes it to the customer, and says in the other admins' copies of the
   * question who has answered; once per message of Telegram. Ignored where `by` may not.
   */
  async #keepAnswer(
    db: Queries,
    to: TelegramId,
    answer: AdminAnswered,
    now: Instant,
  ): Promise<void> {
    if (!(await isAllowed(db, answer.by, "answerTickets"))) return;
    const ticket = await lockTicket(db, to, now);
    if (ticket === undefined) return;
    const unanswered = await listUnanswered(db, ticket);
    const seq = await addTicketMessage(db, ticket, { ...answer, now });
    if (seq === undefined) return;
    await setState(db, ticket, {
      state: "answered",
      lastMessageAt: new Date(now),
      unansweredSince: null,
      ...stillOpen,
    });
    const stored = { customer: to, key: answer.requestId, seq, words: answer.words };
    await enqueue(db, ticketMessagesTo([to], stored));
    await this.#updateCopies(db, ticket, unanswered);
    if (this.#group === undefined || answer.isInTopic === true) return;
    await this.#openTopic(db, ticket, answer.requestId);
    await enqueue(db, ticketMessageInTopic(this.#group, stored));
  }

  /** Closes a conversation, with its audit row. Ignored where `by` may not. */
  async #close(
    db: Queries,
    of: TelegramId,
    { requestId, by }: TicketClosing,
    now: Instant,
  ): Promise<void> {
    if (!(await isAllowed(db, by, "answerTickets"))) return;
    const ticket = await lockTicket(db, of, now);
    if (ticket === undefined || ticket.state === "closed") return;
    await this.#closeLocked(db, ticket, { requestId, by }, now);
    await db
      .insertInto("audit_log")
      .values({
        requestId: `ticket/${requestId}`,
        actor: by as number,
        act: "closeTicket",
        customerId: ticket.customerId,
        before: { state: ticket.state },
        after: { state: "closed" },
        at: new Date(now),
      })
      .onConflict((row) => row.column("requestId").doNothing())
      .execute();
  }

  /**
   * Writes the reminders that are due, and closes a conversation in which nobody wrote for long.
   * Undefined: this person has no conversation.
   */
  async #writeDue(db: Queries, of: TelegramId, now: Instant): Promise<CurrentTicket | undefined> {
    const ticket = await lockTicket(db, of);
    if (ticket === undefined) return undefined;
    const { state, lastMessageAt } = ticket;
    const whose = { customerId: customerId(ticket.customerId) };
    const since = ticket.unansweredSince;
    const unansweredSince = since === null ? undefined : instant(since);
    const facts = { state, lastMessageAt: instant(lastMessageAt), unansweredSince };
    const calendar = ticketCalendarAt(facts, now);
    if (calendar.isOver) {
      await this.#closeLocked(db, ticket, { requestId: `over/${facts.lastMessageAt}` }, now);
      return { ...calendar, ...whose, state: "closed", unansweredSince: undefined };
    }
    if (calendar.reminders > 0) {
      const receivers = this.#group ?? (await findAllowed(db, "answerTickets"));
      const cause = `${unansweredSince}/${calendar.reminders}`;
      await enqueue(db, ticketReminders(receivers, of, cause));
    }
    return { ...calendar, ...whose, state, unansweredSince };
  }

  async #closeLocked(
    db: Queries,
    ticket: TicketRow,
    { requestId, by }: { readonly requestId: string; readonly by?: TelegramId },
    now: Instant,
  ): Promise<void> {
    const of = telegramId(ticket.telegramId);
    const unanswered = await listUnanswered(db, ticket);
    const closed = { closedAt: new Date(now), closedBy: by === undefined ? null : (by as number) };
    await setState(db, ticket, { state: "closed", unansweredSince: null, ...closed });
    const key = `ticket/${of}/closed/${requestId}`;
    await enqueue(db, [noticeTo(of, key, { kind: "ticketClosed" })]);
    await this.#updateCopies(db, ticket, unanswered);
    if (this.#group === undefined) return;
    const state = { isOpen: false, cause: requestId };
    await enqueue(db, [topicStateMessage(this.#group, of, state)]);
  }

  /** The group's topic follows the conversation: it is made once, and reopened after a closing. */
  async #openTopic(db: Queries, ticket: TicketRow, cause: string): Promise<void> {
    if (this.#group === undefined) return;
    const of = telegramId(ticket.telegramId);
    await enqueue(db, topicMessages(this.#group, of));
    if (ticket.state !== "closed" || ticket.isNew) return;
    await enqueue(db, [topicStateMessage(this.#group, of, { isOpen: true, cause })]);
  }

  async #updateCopies(
    db: Queries,
    ticket: TicketRow,
    unanswered: readonly { readonly key: string; readonly seq: number }[],
  ): Promise<void> {
    if (unanswered.length === 0 || this.#group !== undefined) return;
    const customer = telegramId(ticket.telegramId);
    const admins = await findAllowed(db, "answerTickets");
    await enqueue(
      db,
      unanswered.flatMap((one) => ticketMessageChanged(admins, { customer, ...one }, "answered")),
    );
  }
}

/** What a closing leaves in the row, taken back. */
const stillOpen = { closedAt: null, closedBy: null } as const;

async function setState(
  db: Queries,
  ticket: TicketRow,
  change: {
    readonly state: TicketState;
    readonly unansweredSince: Date | null;
    readonly lastMessageAt?: Date;
    readonly closedAt: Date | null;
    readonly closedBy: number | null;
  },
): Promise<void> {
  await db.updateTable("tickets").set(change).where("customerId", "=", ticket.customerId).execute();
}
