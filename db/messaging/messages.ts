import type { ChatId, TelegramId } from "../../domain/ids.ts";
import type { OutgoingMessage } from "../../domain/messaging/message.ts";
import { countAll, countWhere, secondsBetween, transactionStart } from "../expressions.ts";
import { notify } from "../notifications.ts";
import type { Queries } from "../orm.ts";
import { anyNumber, sql } from "../prepared.ts";
import { recordsOf } from "../rows.ts";
import { type Write, writeTogether } from "../together.ts";
import type { DueMessage } from "./due-messages.ts";

/**
 * Writes messages to the outbox, in the given order. Call it in the transaction of the decision
 * that they report. A message whose key exists already is left as it is.
 */
export const enqueue = (db: Queries, messages: readonly OutgoingMessage[]): Promise<void> =>
  writeTogether(db, messageWrites(messages));

/** The moment at which a row is written, which differs within a transaction. */
const clock = sql<Date>`clock_timestamp()`;

const recordTypes = {
  key: "text",
  chat: "bigint",
  slot: "text",
  action: "text",
  content: "jsonb",
  priority: "smallint",
  sent: "bigint",
  place: "bigint",
} as const;

/** Like `enqueue`, but returns the writes for a larger statement. */
export function messageWrites(messages: readonly OutgoingMessage[]): Write[] {
  if (messages.length === 0) return [];
  const records = messages.map((message, place) => {
    const { key, to, content, slot = null, action = "send", sentAs = null } = message;
    const priority = message.isBulk === true ? 1 : 0;
    return { key, chat: to, content, slot, action, priority, sent: sentAs, place };
  });
  const query: Write["query"] = (db) =>
    db
      .insertInto("messages")
      .columns([
        ...(["key", "telegramId", "slot", "action", "content", "priority"] as const),
        ...(["messageId", "state", "sentAt"] as const),
      ])
      .expression(
        db
          .selectFrom(recordsOf(records, "r", recordTypes))
          .select(["r.key", "r.chat", "r.slot", "r.action", "r.content", "r.priority", "r.sent"])
          .select((of) => [
            of
              .case()
              .when("r.sent", "is", null)
              .then(sql.lit("waiting"))
              .else(sql.lit("sent"))
              .end()
              .as("state"),
            of.case().when("r.sent", "is not", null).then(clock).end().as("at"),
          ])
          .orderBy("r.place"),
      )
      .onConflict((row) => row.column("key").doNothing());
  return [{ query }];
}

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
  const { more } = await db
    .with("noted", (with_) =>
      with_
        .updateTable("messages")
        .set({ state: result.state, messageId, reason })
        .set({ sentAt: result.state === "sent" ? clock : null })
        .where("id", "=", id)
        .where("state", "=", "waiting"),
    )
    .selectNoFrom((of) =>
      of
        .exists(
          of
            .selectFrom("messages")
            .select("id")
            .where("state", "=", "waiting")
            .where("telegramId", "=", to as number)
            .where("id", "<>", id),
        )
        .$castTo<boolean>()
        .as("more"),
    )
    .executeTakeFirstOrThrow();
  return more;
}

/**
 * Records whether a person can be reached. The time since when they cannot stays as first recorded.
 */
export async function recordReach(db: Queries, to: ChatId, isReached: boolean): Promise<void> {
  await db
    .updateTable("customers")
    .set({ unreachableSince: isReached ? null : transactionStart })
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
  await db
    .updateTable("messages")
    .set((of) => ({
      tries: of("tries", "+", 1),
      // Intervals have no builder.
      nextTryAt: sql<Date>`${clock} + ${ms} * interval '1 millisecond'`,
      reason,
    }))
    .where("id", "=", anyNumber(ids))
    .where("state", "=", "waiting")
    .execute();
}

/** Ends the rest of these chats, after the reason for it is gone. */
export async function resumeChats(db: Queries, chats: readonly ChatId[]): Promise<void> {
  if (chats.length === 0) return;
  await db
    .updateTable("messages")
    .set({ nextTryAt: transactionStart })
    .where("state", "=", "waiting")
    .where("tries", ">", 0)
    .where("nextTryAt", ">", transactionStart)
    .where("telegramId", "=", anyNumber(chats))
    .execute();
}

/** Drops waiting messages that another message makes needless. */
export async function supersede(
  db: Queries,
  ids: readonly number[],
  reason: string,
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("messages")
    .set({ state: "superseded", reason })
    .where("id", "=", anyNumber(ids))
    .where("state", "=", "waiting")
    .execute();
}

/** A field of a message's content, as text. The contents' fields differ, so no type has them. */
const field = (content: "messages.content" | "n.content", name: string) =>
  sql<string | null>`${sql.ref(content)} ->> ${sql.lit(name)}`;

/**
 * Queues again the keys that never reached this person: call it when they are back. Only the newest
 * try of each part of a device's key, and only if the key is still in use.
 * @returns how many messages wait again.
 */
export async function requeueUndelivered(db: Queries, to: TelegramId): Promise<number> {
  const part = "messages.content";
  const { numUpdatedRows } = await db
    .updateTable("messages")
    .set({ state: "waiting", tries: 0, nextTryAt: transactionStart, reason: null })
    .where("messages.telegramId", "=", to as number)
    .where("messages.state", "in", ["unreachable", "refused"])
    .where(field(part, "kind"), "=", sql.lit("key"))
    .where((of) => {
      // Evaluated for keys alone, also where PostgreSQL tests the conditions in another order.
      const deviceId = of
        .case()
        .when(field(part, "kind"), "=", sql.lit("key"))
        // A cast of an expression without a type.
        .then(sql<string>`(${field(part, "deviceId")})::uuid`)
        .end();
      return of.exists(
        of
          .selectFrom("accesses as a")
          .innerJoin("devices as d", "d.id", "a.deviceId")
          .select("a.id")
          .where("a.deviceId", "=", deviceId)
          .where("a.retiredAt", "is", null)
          .where("a.address", "is not", null)
          .where("d.revokedAt", "is", null),
      );
    })
    .where((of) =>
      of.not(
        of.exists(
          of
            .selectFrom("messages as n")
            .select("n.id")
            .where("n.telegramId", "=", to as number)
            .where(field("n.content", "kind"), "=", sql.lit("key"))
            .whereRef("n.id", ">", "messages.id")
            .where(field("n.content", "deviceId"), "=", field(part, "deviceId"))
            .where(field("n.content", "part"), "=", field(part, "part"))
            .where("n.state", "<>", "superseded"),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Wakes the sender, as a new message does. */
export async function wakeSender(db: Queries): Promise<void> {
  await notify(db, "messages");
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
  const row = await db
    .selectFrom("messages")
    .select((of) => {
      const rests = of.and([of("tries", ">", 0), of("nextTryAt", ">", transactionStart)]);
      return [
        countAll.as("waiting"),
        countWhere(rests).as("resting"),
        secondsBetween(of.fn.min("createdAt"), transactionStart).as("oldestSeconds"),
      ];
    })
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  return { ...row, oldestSeconds: row.oldestSeconds ?? 0 };
}
