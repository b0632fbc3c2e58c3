import { type ChatId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import { customerOfSlot, ticketSlots } from "../../../domain/messaging/ticket-messages.ts";
import { ofEdit, type TicketState, type TicketWords } from "../../../domain/messaging/ticket.ts";
import { displayName, type Language } from "../../../domain/people/customer.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { findGroupLanguage } from "../../messaging/ticket-facts.ts";
import { sql } from "../../prepared.ts";
import { type CustomerName, nameOf } from "../people/customers.ts";

/** A conversation that is not closed, in a list. */
export interface OpenTicket extends CustomerName {
  readonly state: TicketState;
  /** Since when the customer waits; where they do not, when the last message was written. */
  readonly since: Instant;
}

/** One message of a conversation, for an admin to read. */
export interface TicketLine {
  readonly words: TicketWords;
  readonly at: Instant;
  /** The name of the admin who wrote it; undefined: the customer did. */
  readonly admin: string | undefined;
  /** An answer that Telegram did not take: the customer has stopped the bot. */
  readonly isUndelivered: boolean;
  /** It is another message's new words. */
  readonly isEdit?: boolean;
}

/** A conversation with its newest messages, the oldest of them first. */
export interface TicketPage extends CustomerName {
  readonly state: TicketState;
  readonly lines: readonly TicketLine[];
}

/** A message as it was passed on last. */
interface PassedOn {
  readonly customer: TelegramId;
  /** Undefined: the customer wrote it. */
  readonly admin: TelegramId | undefined;
  readonly words: TicketWords;
}

const isEditOf = (name: string) => sql<boolean>`starts_with(key, ${`${name}${ofEdit}`})`;

/** Conversations with support, for the bot. */
export class TicketQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Conversations that are not closed: whoever waits longest comes first, the answered last. */
  async listOpen(limit: number): Promise<OpenTicket[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("tickets as t")
      .innerJoin("customers as c", "c.id", "t.customerId")
      .select(["t.telegramId", "t.state", "t.unansweredSince", "t.lastMessageAt"])
      .select(["c.firstName", "c.lastName"])
      .where("t.state", "<>", "closed")
      .orderBy("t.unansweredSince", (order) => order.asc().nullsLast())
      .orderBy("t.lastMessageAt")
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      ...nameOf(row),
      state: row.state,
      since: instant(row.unansweredSince ?? row.lastMessageAt),
    }));
  }

  /** A customer's conversation with its last messages; undefined: there is none. */
  async find(of: TelegramId, newest: number): Promise<TicketPage | undefined> {
    const ticket = await queriesOf(this.#em)
      .selectFrom("tickets as t")
      .innerJoin("customers as c", "c.id", "t.customerId")
      .select(["t.customerId", "t.telegramId", "t.state", "c.firstName", "c.lastName"])
      .where("t.telegramId", "=", of as number)
      .executeTakeFirst();
    if (ticket === undefined) return undefined;
    const lines = await this.#listLines(ticket.customerId, newest);
    return { ...nameOf(ticket), state: ticket.state, lines };
  }

  async #listLines(customerId: string, newest: number): Promise<TicketLine[]> {
    const rows = await queriesOf(this.#em)
      .selectFrom("ticket_messages as m")
      .innerJoin("tickets as t", "t.customerId", "m.customerId")
      .leftJoin("customers as a", "a.telegramId", "m.admin")
      .leftJoin("messages as o", (join) =>
        join
          .onRef("o.telegramId", "=", "t.telegramId")
          // The slot of the copy that went to the customer.
          .on("o.slot", "=", sql<string>`'ticket/' || t.telegram_id || '/' || m.seq`)
          .on("o.action", "=", "send"),
      )
      .select(["m.key", "m.body", "m.file", "m.at", "m.admin", "a.firstName", "a.lastName"])
      .select(["o.state as sent"])
      .where("m.customerId", "=", customerId)
      .orderBy("m.seq", "desc")
      .limit(newest)
      .execute();
    return rows.toReversed().map((row) => ({
      words: { text: row.body, ...(row.file === null ? {} : { file: row.file }) },
      at: instant(row.at),
      admin:
        row.admin === null
          ? undefined
          : displayName({ firstName: row.firstName ?? "—", lastName: row.lastName ?? undefined }),
      isEdit: row.key.includes(ofEdit),
      isUndelivered: row.admin !== null && (row.sent === "unreachable" || row.sent === "refused"),
    }));
  }

  /**
   * The message of a conversation with this name, in its newest words; undefined: it was not passed
   * on.
   */
  async findMessage(name: string): Promise<PassedOn | undefined> {
    const db = queriesOf(this.#em);
    const first = await db
      .selectFrom("ticket_messages as m")
      .innerJoin("tickets as t", "t.customerId", "m.customerId")
      .select(["m.customerId", "m.admin", "t.telegramId"])
      .where("m.key", "=", name)
      .executeTakeFirst();
    if (first === undefined) return undefined;
    const newest = await db
      .selectFrom("ticket_messages")
      .select(["body", "file"])
      .where("customerId", "=", first.customerId)
      .where((row) => row.or([row("key", "=", name), isEditOf(name)]))
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirstOrThrow();
    return {
      customer: telegramId(first.telegramId),
      admin: first.admin === null ? undefined : telegramId(first.admin),
      words: { text: newest.body, ...(newest.file === null ? {} : { file: newest.file }) },
    };
  }

  /** The language in which a group of admins is written to. */
  findGroupLanguage(): Promise<Language> {
    return findGroupLanguage(queriesOf(this.#em));
  }

  /**
   * Whose conversation a message of ours in this chat belongs to; a topic has the number of the
   * message that opened it. Undefined: it belongs to none.
   */
  async findCustomerBy(chat: ChatId, messageId: number): Promise<TelegramId | undefined> {
    const row = await queriesOf(this.#em)
      .selectFrom("messages")
      .select("slot")
      .where("telegramId", "=", chat as number)
      .where("messageId", "=", messageId)
      // As the index has it, which belongs to these slots alone.
      .where("slot", "like", sql.lit(`${ticketSlots}%`))
      .limit(1)
      .executeTakeFirst();
    const customer = row?.slot ? customerOfSlot(row.slot) : undefined;
    return customer === undefined ? undefined : telegramId(customer);
  }
}
