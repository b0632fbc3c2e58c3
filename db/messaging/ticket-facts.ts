import { type GroupId, type TelegramId, telegramId } from "../../domain/ids.ts";
import { topicSlot } from "../../domain/messaging/ticket-messages.ts";
import { ofEdit, type TicketWords } from "../../domain/messaging/ticket.ts";
import type { CustomerStatus, Language } from "../../domain/people/customer.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { countAll } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import type { PersonName } from "./message-facts.ts";

/** A customer who wrote to support. */
export interface TicketPerson extends PersonName {
  readonly telegramId: TelegramId;
  readonly username: string | undefined;
  readonly status: CustomerStatus;
  /** Of the subscription that lasts longest. */
  readonly paidUntil: Instant | undefined;
  /** Of all their subscriptions. */
  readonly deviceCount: number;
  /** Since when they wait for an answer. */
  readonly unansweredSince: Instant | undefined;
}

/** One message of a conversation, and what became of it. */
export interface TicketMessageFacts {
  readonly person: TicketPerson;
  readonly words: TicketWords;
  /** It is another message's new words. */
  readonly isEdit?: boolean;
  /** The admin who wrote it; undefined: the customer did. */
  readonly author: PersonName | undefined;
  /** The admin who has written first after it. */
  readonly answeredBy: PersonName | undefined;
  readonly isClosed: boolean;
}

/** Undefined: the person has no conversation with support. */
export async function findTicketPerson(
  db: Queries,
  of: TelegramId,
): Promise<TicketPerson | undefined> {
  const row = await db
    .selectFrom("tickets as t")
    .innerJoin("customers as c", "c.id", "t.customerId")
    .select(["c.firstName", "c.lastName", "c.username", "c.status", "t.unansweredSince"])
    .select((of) => [
      of
        .selectFrom("subscriptions as s")
        .select((its) => its.fn.max<Date | null>("s.paidUntil").as("until"))
        .whereRef("s.customerId", "=", "t.customerId")
        .as("paidUntil"),
      of
        .selectFrom("devices as d")
        .innerJoin("subscriptions as s", "s.id", "d.subscriptionId")
        .select(countAll.as("held"))
        .whereRef("s.customerId", "=", "t.customerId")
        .where("d.revokedAt", "is", null)
        .as("deviceCount"),
    ])
    .where("t.telegramId", "=", of as number)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    telegramId: of,
    firstName: row.firstName,
    lastName: row.lastName ?? undefined,
    username: row.username ?? undefined,
    status: row.status,
    paidUntil: row.paidUntil ? instant(row.paidUntil) : undefined,
    deviceCount: row.deviceCount ?? 0,
    unansweredSince: row.unansweredSince ? instant(row.unansweredSince) : undefined,
  };
}

/** Undefined: no such message was kept. */
export async function findTicketMessage(
  db: Queries,
  key: string,
): Promise<TicketMessageFacts | undefined> {
  const row = await db
    .selectFrom("ticket_messages as m")
    .innerJoin("tickets as t", "t.customerId", "m.customerId")
    .leftJoin("customers as a", "a.telegramId", "m.admin")
    .select(["m.seq", "m.customerId", "m.body", "m.file", "m.admin", "t.telegramId", "t.state"])
    .select(["a.firstName", "a.lastName"])
    .where("m.key", "=", key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const person = await findTicketPerson(db, telegramId(row.telegramId));
  if (person === undefined) return undefined;
  return {
    person,
    words: { text: row.body, ...(row.file === null ? {} : { file: row.file }) },
    isEdit: key.includes(ofEdit),
    author:
      row.admin === null
        ? undefined
        : { firstName: row.firstName ?? "—", lastName: row.lastName ?? undefined },
    answeredBy: await findAnswerer(db, row),
    isClosed: row.state === "closed",
  };
}

async function findAnswerer(
  db: Queries,
  { customerId, seq }: { readonly customerId: string; readonly seq: number },
): Promise<PersonName | undefined> {
  const row = await db
    .selectFrom("ticket_messages as m")
    .innerJoin("customers as a", "a.telegramId", "m.admin")
    .select(["a.firstName", "a.lastName"])
    .where("m.customerId", "=", customerId)
    .where("m.seq", ">", seq)
    .orderBy("m.seq")
    .limit(1)
    .executeTakeFirst();
  return row && { firstName: row.firstName, lastName: row.lastName ?? undefined };
}

/** The number of a customer's topic in a group; undefined: it could not be made. */
export async function findTopic(
  db: Queries,
  group: GroupId,
  customer: TelegramId,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("messages")
    .select("messageId")
    .where("slot", "=", topicSlot(customer))
    .where("telegramId", "=", group as number)
    .where("state", "=", "sent")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.messageId ?? undefined;
}

/** The language of a group of admins: that of the first of them. */
export async function findGroupLanguage(db: Queries): Promise<Language> {
  const row = await db
    .selectFrom("customers")
    .select("language")
    .where("role", "=", "admin")
    .orderBy("createdAt")
    .limit(1)
    .executeTakeFirst();
  return row?.language ?? "en";
}
