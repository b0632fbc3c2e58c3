import type { TelegramId } from "../../domain/ids.ts";
import type { TicketState, TicketWords } from "../../domain/messaging/ticket.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { lockCustomer } from "../people/customers.ts";

/** A locked conversation. */
export interface TicketRow {
  readonly customerId: string;
  readonly telegramId: number;
  readonly state: TicketState;
  readonly lastMessageAt: Date;
  readonly unansweredSince: Date | null;
  /** This transaction has made it. */
  readonly isNew: boolean;
}

/**
 * Locks a customer's conversation. With `openedAt` it is made where there is none, closed until
 * somebody writes.
 * @returns undefined where the person is not in the books, or has no conversation
 */
export async function lockTicket(
  db: Queries,
  of: TelegramId,
  openedAt?: Instant,
): Promise<TicketRow | undefined> {
  const customer = await lockCustomer(db, of);
  if (customer === undefined) return undefined;
  const known = await selectTicket(db, of);
  if (known !== undefined || openedAt === undefined) return known && { ...known, isNew: false };
  const at = new Date(openedAt);
  await db
    .insertInto("tickets")
    .values({
      customerId: customer.id,
      telegramId: of as number,
      state: "closed",
      openedAt: at,
      lastMessageAt: at,
      closedAt: at,
    })
    .execute();
  const made = await selectTicket(db, of);
  return made && { ...made, isNew: true };
}

const selectTicket = (db: Queries, of: TelegramId) =>
  db
    .selectFrom("tickets")
    .select(["customerId", "telegramId", "state", "lastMessageAt", "unansweredSince"])
    .where("telegramId", "=", of as number)
    .forUpdate()
    .executeTakeFirst();

/** A message that is about to be kept. */
interface NewTicketMessage {
  readonly requestId: string;
  readonly words: TicketWords;
  /** Undefined: the customer wrote it. */
  readonly by?: TelegramId;
  readonly now: Instant;
}

/**
 * Adds a message to a conversation.
 * @returns its place among all messages; undefined: it was kept before
 */
export async function addTicketMessage(
  db: Queries,
  { customerId }: TicketRow,
  { requestId, words, by, now }: NewTicketMessage,
): Promise<number | undefined> {
  const row = await db
    .insertInto("ticket_messages")
    .values({
      key: requestId,
      customerId,
      admin: by === undefined ? null : (by as number),
      body: words.text,
      file: words.file ?? null,
      at: new Date(now),
    })
    .onConflict((of) => of.column("key").doNothing())
    .returning("seq")
    .executeTakeFirst();
  return row?.seq;
}

/** The customer's messages since the last answer, the oldest first. */
export async function listUnanswered(
  db: Queries,
  { customerId, unansweredSince }: TicketRow,
): Promise<{ readonly key: string; readonly seq: number }[]> {
  if (unansweredSince === null) return [];
  return db
    .selectFrom("ticket_messages")
    .select(["key", "seq"])
    .where("customerId", "=", customerId)
    .where("admin", "is", null)
    .where("at", ">=", unansweredSince)
    .orderBy("seq")
    .execute();
}
