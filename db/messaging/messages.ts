import { type TelegramId, telegramId } from "../../domain/ids.ts";
import type { MessageContent, OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Queries } from "../orm.ts";
import { sql } from "../prepared.ts";
import { type Write, writeTogether } from "../together.ts";

/**
 * Writes messages to the outbox, in the given order. Call it in the transaction of the decision
 * that they report. A message whose key exists already is left as it is.
 */
export const enqueue = (db: Queries, messages: readonly OutgoingMessage[]): Promise<void> =>
  writeTogether(db, messageWrites(messages));

/** Like `enqueue`, but returns the writes for a larger statement. */
export function messageWrites(messages: readonly OutgoingMessage[]): Write[] {
  if (messages.length === 0) return [];
  const rows = messages.map(
    ({ key, to, content, slot, action = "send", sentAs, isBulk = false }) => {
      const priority = isBulk ? 1 : 0;
      return { key, to, content, slot: slot ?? null, action, priority, sentAs: sentAs ?? null };
    },
  );
  const query: Write["query"] = (db) =>
    db
      .insertInto("messages")
      .columns([
        ...(["key", "telegramId", "slot", "action", "content", "priority"] as const),
        ...(["messageId", "state", "sentAt"] as const),
      ])
      .expression(
        sql`
      select r.key, r."to", r.slot, r.action, r.content, r.priority, r."sentAs",
             case when r."sentAs" is null then 'waiting' else 'sent' end,
             case when r."sentAs" is not null then clock_timestamp() end
        from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (
          key text, "to" bigint, slot text, action text, content jsonb, priority smallint,
              "sentAs" bigint
        )) with ordinality as r (key, "to", slot, action, content, priority, "sentAs", place)
       order by r.place` as never,
      )
      .onConflict((row) => row.column("key").doNothing());
  return [{ query }];
}

/** A sent message in a slot. */
export interface SentCopy {
  readonly messageId: number;
  readonly content: MessageContent;
}

/** An edit that waits for a message not sent yet. */
export interface WaitingEdit {
  readonly id: number;
  readonly content: MessageContent;
}

/** A message that is due, with everything needed to send a notice. */
export interface DueMessage {
  readonly id: number;
  readonly to: TelegramId;
  readonly action: "send" | "edit";
  readonly slot: string | undefined;
  readonly content: MessageContent;
  readonly isBulk: boolean;
  readonly tries: number;
  readonly createdAtMs: number;
  /** English for people who are not in the database. */
  readonly language: Language;
  readonly isBlocked: boolean;
  readonly isReachable: boolean;
  /** Sent messages of its slot and chat, oldest first. */
  readonly copies: readonly SentCopy[];
  /** Other edits that wait for its slot and chat, oldest first. */
  readonly edits: readonly WaitingEdit[];
  /** The next unsent message of its slot and chat, if there is one. */
  readonly nextSend: number | undefined;
}

/**
 * The next message of each chat, transactional ones first, then the oldest. While one message of a
 * chat waits for a retry, the whole chat rests, so that no message overtakes it.
 */
export async function findDue(
  db: Queries,
  { limit, except }: { readonly limit: number; readonly except: readonly TelegramId[] },
): Promise<DueMessage[]> {
  const { rows } = await sql<DueRow>`
    select m.id::float8 as id, m.telegram_id::float8 as "telegramId", m.action, m.slot, m.content,
        m.priority,
           m.tries, extract(epoch from m.created_at)::float8 * 1000 as "createdAtMs",
           c.language, c.status, c.unreachable_since is not null as "isUnreachable",
           case when m.slot is not null then (
             select json_agg(json_build_object('messageId', s.message_id, 'content', s.content)
                 order by s.id)
               from messages s
              where s.slot = m.slot and s.telegram_id = m.telegram_id and s.state = 'sent'
                and s.action = 'send' and s.message_id is not null) end as copies,
           case when m.slot is not null then (
             select json_agg(json_build_object('id', e.id, 'content', e.content) order by e.id)
               from messages e
              where e.slot = m.slot and e.telegram_id = m.telegram_id and e.state = 'waiting'
                and e.action = 'edit' and e.id <> m.id) end as edits,
           case when m.slot is not null then (
             select min(n.id)::float8 from messages n
              where n.slot = m.slot and n.telegram_id = m.telegram_id and n.state = 'waiting'
                and n.action = 'send' and n.id <> m.id) end as "nextSend"
      from messages m left join customers c on c.telegram_id = m.telegram_id
     where m.state = 'waiting' and m.telegram_id <> all(${arrayOf(except)}::bigint[])
       and not exists (
         select from messages f
          where f.state = 'waiting' and f.telegram_id = m.telegram_id
            and (f.priority, f.id) < (m.priority, m.id))
       and not exists (
         select from messages r
          where r.state = 'waiting' and r.tries > 0 and r.telegram_id = m.telegram_id
            and r.next_try_at > now())
     order by m.priority, m.id limit ${limit}
  `.execute(db);
  return rows.map(asDue);
}

interface DueRow {
  readonly id: number;
  readonly telegramId: number;
  readonly action: "send" | "edit";
  readonly slot: string | null;
  readonly content: MessageContent;
  readonly priority: number;
  readonly tries: number;
  readonly createdAtMs: number;
  readonly language: Language | null;
  readonly status: string | null;
  readonly isUnreachable: boolean;
  readonly copies: SentCopy[] | null;
  readonly edits: WaitingEdit[] | null;
  readonly nextSend: number | null;
}

const asDue = (row: DueRow): DueMessage => ({
  id: row.id,
  to: telegramId(row.telegramId),
  action: row.action,
  slot: row.slot ?? undefined,
  content: contentOf(row.content),
  isBulk: row.priority > 0,
  tries: row.tries,
  createdAtMs: row.createdAtMs,
  language: row.language ?? "en",
  isBlocked: row.status === "blocked",
  isReachable: !row.isUnreachable,
  copies: row.copies ?? [],
  edits: row.edits ?? [],
  nextSend: row.nextSend ?? undefined,
});

/** Anything that is not a content becomes one that nobody can render. */
const contentOf = (stored: unknown): MessageContent =>
  typeof stored === "object" && stored !== null && "kind" in stored
    ? (stored as MessageContent)
    : ({ kind: "unknown" } as never);

/** An array in PostgreSQL's notation: the driver would turn it into JSON. */
const arrayOf = (numbers: readonly number[]): string => `{${numbers.join(",")}}`;

/** The outcome of a message. */
export type MessageResult =
  | { readonly state: "sent"; readonly messageId: number | undefined }
  | { readonly state: "unreachable" | "refused" | "superseded"; readonly reason: string };

/**
 * Records the outcome of a message.
 * @returns whether more messages wait in its chat.
 */
export async function recordResult(
  db: Queries,
  { id, to }: Pick<DueMessage, "id" | "to">,
  result: MessageResult,
): Promise<boolean> {
  const messageId = result.state === "sent" ? (result.messageId ?? null) : null;
  const reason = result.state === "sent" ? null : result.reason;
  const { rows } = await sql<{ more: boolean }>`
    with noted as (
      update messages
         set state = ${result.state}, message_id = ${messageId}::bigint, reason = ${reason},
             sent_at = case when ${result.state} = 'sent' then clock_timestamp() end
       where id = ${id} and state = 'waiting')
    select exists (
      select from messages where state = 'waiting' and telegram_id = ${to} and id <> ${id}
    ) as more
  `.execute(db);
  return rows[0]?.more ?? false;
}

/**
 * Records whether a person can be reached. The time since when they cannot stays as first recorded.
 */
export async function recordReach(db: Queries, to: TelegramId, isReached: boolean): Promise<void> {
  await db
    .updateTable("customers")
    .set({ unreachableSince: isReached ? null : (sql`now()` as never) })
    .where("telegramId", "=", to)
    .where("unreachableSince", isReached ? "is not" : "is", null)
    .execute();
}

/** Postpones messages, and with them their chats, for `ms` before a retry. */
export async function postpone(
  db: Queries,
  ids: readonly number[],
  { ms, reason }: { readonly ms: number; readonly reason: string },
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update messages
       set tries = tries + 1, next_try_at = clock_timestamp() + ${ms} * interval '1 millisecond',
           reason = ${reason}
     where id = any(${arrayOf(ids)}::bigint[]) and state = 'waiting'
  `.execute(db);
}

/** Ends the rest of these chats, after the reason for it is gone. */
export async function resumeChats(db: Queries, chats: readonly TelegramId[]): Promise<void> {
  if (chats.length === 0) return;
  await sql`
    update messages set next_try_at = now()
     where state = 'waiting' and tries > 0 and next_try_at > now()
       and telegram_id = any(${arrayOf(chats)}::bigint[])
  `.execute(db);
}

/** Drops waiting messages that another message makes needless. */
export async function supersede(
  db: Queries,
  ids: readonly number[],
  reason: string,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update messages set state = 'superseded', reason = ${reason}
     where id = any(${arrayOf(ids)}::bigint[]) and state = 'waiting'
  `.execute(db);
}

/**
 * Queues again the keys that never reached this person: call it when they are back. Only the newest
 * try of each part of a device's key, and only if the key is still in use.
 * @returns how many messages wait again.
 */
export async function requeueUndelivered(db: Queries, to: TelegramId): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update messages m set state = 'waiting', tries = 0, next_try_at = now(), reason = null
     where m.telegram_id = ${to} and m.state in ('unreachable', 'refused')
       and m.content ->> 'kind' = 'key'
       and exists (
         select from accesses a join devices d on d.id = a.device_id
          where a.device_id = case when m.content ->> 'kind' = 'key'
              then (m.content ->> 'deviceId')::uuid end
            and a.retired_at is null
            and a.address is not null and d.revoked_at is null)
       and not exists (
         select from messages n
          where n.telegram_id = m.telegram_id and n.content ->> 'kind' = 'key' and n.id > m.id
            and n.content ->> 'deviceId' = m.content ->> 'deviceId'
            and n.content ->> 'part' = m.content ->> 'part' and n.state <> 'superseded')
  `.execute(db);
  return Number(numAffectedRows);
}

/** Wakes the sender, as a new message does. */
export async function wakeSender(db: Queries): Promise<void> {
  await sql`select pg_notify('messages', '')`.execute(db);
}

/** How many messages have not been sent yet, for metrics. */
export interface WaitingMessages {
  readonly waiting: number;
  /** Those of them that were tried and wait for a retry. */
  readonly resting: number;
  /** Age of the oldest; 0 when none waits. */
  readonly oldestSeconds: number;
}

/** Counts the messages that wait to be sent. */
export async function countWaiting(db: Queries): Promise<WaitingMessages> {
  const { rows } = await sql<WaitingMessages>`
    select count(id)::float8 as waiting,
           count(id) filter (where tries > 0 and next_try_at > now())::float8 as resting,
           coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds"
      from messages where state = 'waiting'
  `.execute(db);
  return rows[0] ?? { waiting: 0, resting: 0, oldestSeconds: 0 };
}
