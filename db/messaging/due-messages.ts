import { expressionBuilder } from "kysely";
import { type ChatId, chatId } from "../../domain/ids.ts";
import type { MessageContent } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import { rowsAsArray, transactionStart } from "../expressions.ts";
import type { Queries, Schema } from "../orm.ts";
import { anyNumber } from "../prepared.ts";

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
  readonly to: ChatId;
  readonly action: "send" | "edit" | "show";
  readonly slot: string | undefined;
  /** Undefined: the row holds something else, which cannot be sent. */
  readonly content: MessageContent | undefined;
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
  { limit, except }: { readonly limit: number; readonly except: readonly ChatId[] },
): Promise<DueMessage[]> {
  const rows = await selectDue(db, except).limit(limit).execute();
  return rows.map(asDue);
}

/** Expressions over the message `m`. */
const of = expressionBuilder<Schema & { readonly m: Schema["messages"] }, "m">();

/** What else there is of the message's slot; null for a message without a slot. */
function selectSlot() {
  const inSlot = of
    .selectFrom("messages as o")
    .whereRef("o.slot", "=", "m.slot")
    .whereRef("o.telegramId", "=", "m.telegramId")
    .whereRef("o.id", "<>", "m.id");
  const copies = inSlot
    .select(["o.messageId as messageId", "o.content as content"])
    .where("o.state", "=", "sent")
    .where("o.action", "<>", "edit")
    .where("o.messageId", "is not", null)
    .$narrowType<{ messageId: number }>()
    .orderBy("o.id");
  const edits = inSlot
    .select(["o.id as id", "o.content as content"])
    .where("o.state", "=", "waiting")
    .where("o.action", "=", "edit")
    .orderBy("o.id");
  const nextSend = inSlot
    .select((other) => other.fn.min("o.id").as("first"))
    .where("o.state", "=", "waiting")
    .where("o.action", "=", "send");
  const ofSlot = of.case().when("m.slot", "is not", null);
  return [
    ofSlot.then(rowsAsArray(copies)).end().as("copies"),
    ofSlot.then(rowsAsArray(edits)).end().as("edits"),
    ofSlot.then(nextSend).end().as("nextSend"),
  ];
}

/** No other message of its chat goes before it. */
const isFirst = of.not(
  of.exists(
    of
      .selectFrom("messages as f")
      .select("f.id")
      .where("f.state", "=", "waiting")
      .whereRef("f.telegramId", "=", "m.telegramId")
      .where((it) => it(it.refTuple("f.priority", "f.id"), "<", it.refTuple("m.priority", "m.id"))),
  ),
);

/** No message of its chat waits for a retry. */
const isAwake = of.not(
  of.exists(
    of
      .selectFrom("messages as r")
      .select("r.id")
      .where("r.state", "=", "waiting")
      .where("r.tries", ">", 0)
      .whereRef("r.telegramId", "=", "m.telegramId")
      .where("r.nextTryAt", ">", transactionStart),
  ),
);

const selectDue = (db: Queries, except: readonly ChatId[]) =>
  db
    .selectFrom("messages as m")
    .leftJoin("customers as c", "c.telegramId", "m.telegramId")
    .select(["m.id", "m.telegramId", "m.action", "m.slot", "m.priority", "m.tries", "m.createdAt"])
    // Under a name of its own it is not converted: it may be JSON of any kind.
    .select(["m.content as stored", "c.language", "c.status", "c.unreachableSince"])
    .select(selectSlot())
    .where("m.state", "=", "waiting")
    .where(of.not(of("m.telegramId", "=", anyNumber(except))))
    .where(isFirst)
    .where(isAwake)
    .orderBy("m.priority")
    .orderBy("m.id");

type DueRow = Awaited<ReturnType<ReturnType<typeof selectDue>["execute"]>>[number];

const asDue = (row: DueRow): DueMessage => ({
  id: row.id,
  to: chatId(row.telegramId),
  action: row.action,
  slot: row.slot ?? undefined,
  content: contentOf(row.stored),
  isBulk: row.priority > 0,
  tries: row.tries,
  createdAtMs: row.createdAt.getTime(),
  language: row.language ?? "en",
  isBlocked: row.status === "blocked",
  isReachable: row.unreachableSince === null,
  copies: row.copies ?? [],
  edits: row.edits ?? [],
  nextSend: row.nextSend ?? undefined,
});

const contentOf = (stored: unknown): MessageContent | undefined =>
  typeof stored === "object" && stored !== null && "kind" in stored
    ? (stored as MessageContent)
    : undefined;
