import { beforeAll, expect, test } from "vitest";
import { findDue } from "../../../db/messaging/due-messages.ts";
import {
  countWaiting,
  enqueue,
  postpone,
  recordReach,
  recordResult,
  requeueUndelivered,
  resumeChats,
} from "../../../db/messaging/messages.ts";
import { listen } from "../../../db/notifications.ts";
import { inTransaction, type Queries, queriesOf } from "../../../db/orm.ts";
import { deviceId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import type { OutgoingMessage } from "../../../domain/messaging/message.ts";
import { useDatabase } from "../../drivers/database.ts";
import { keyMessages } from "../../drivers/key-messages.ts";
import { SendingBooks } from "../../drivers/sending-books.ts";
import { messageWith, useSending } from "../../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);
const books = new SendingBooks(databases);
let db: Queries;
beforeAll(() => void (db = queriesOf(databases.writer.em)));

let lastChat = 80_000;
const newChat = (): TelegramId => telegramId((lastChat += 1));
const due = async (to: TelegramId) =>
  (await findDue(db, { limit: 1_000, except: [] })).filter((message) => message.to === to);

test("one key is one message, however often and with whatever content it is written", async () => {
  const to = newChat();
  const message = messageWith(to, "one");
  await enqueue(db, [message, message]);
  await enqueue(db, [{ ...message, isBulk: true }, messageWith(to, "two")]);
  await enqueue(db, []);
  expect(await sending.states(to)).toEqual(["waiting", "waiting"]);
  expect(await due(to)).toMatchObject([{ content: message.content, isBulk: false }]);
});

test("many messages are one statement and keep their order", async () => {
  const to = newChat();
  const many = Array.from({ length: 2_000 }, (_, index) => messageWith(to, `w${index}`));
  await enqueue(db, many);
  const rows = await sending.rows(to);
  expect(rows.map(({ key }) => key)).toEqual(many.map(({ key }) => key));
  await databases.owner.em.fork().execute("delete from messages where telegram_id = ?", [to]);
});

test("a transaction's messages wake listeners at its commit; a rollback wakes nobody", async () => {
  const listener = await listen(databases.writerUrl, ["messages"]);
  const to = newChat();
  const undone = inTransaction(databases.writer.em, async (inner) => {
    await enqueue(inner, [messageWith(to, "never")]);
    throw new Error("never mind");
  });
  await expect(undone).rejects.toThrow("never mind");
  const from = performance.now();
  await listener.next(300);
  expect(performance.now() - from).toBeGreaterThan(280);
  await inTransaction(databases.writer.em, (inner) => enqueue(inner, [messageWith(to, "now")]));
  await listener.next(5_000);
  expect(performance.now() - from).toBeLessThan(3_000);
  expect(await sending.states(to)).toEqual(["waiting"]);
  await listener.close();
});

test("each chat's next message is a transactional one first, then the oldest", async () => {
  const one = newChat();
  const two = newChat();
  const bulk = messageWith(one, "bulk", { isBulk: true });
  const first = messageWith(one, "first");
  const second = messageWith(one, "second");
  await enqueue(db, [bulk, first, second, messageWith(two, "other")]);
  const wanted: OutgoingMessage[] = [first, second, bulk];
  for (const [place, message] of wanted.entries()) {
    const [next] = await due(one);
    expect(next?.content).toEqual(message.content);
    const isMore = await recordResult(db, next!, { state: "sent", messageId: place + 1 });
    expect(isMore).toBe(place < 2);
  }
  expect(await due(one)).toEqual([]);
  expect(await due(two)).toHaveLength(1);
  expect(await findDue(db, { limit: 100, except: [two] })).not.toContainEqual(
    expect.objectContaining({ to: two }),
  );
});

test("a chat rests as a whole while one of its messages rests, until its time or until it is resumed", async () => {
  const to = newChat();
  await enqueue(db, [messageWith(to, "one"), messageWith(to, "two")]);
  const [next] = await due(to);
  await postpone(db, [next!.id], { ms: 60_000, reason: "slow down" });
  await enqueue(db, [messageWith(to, "three")]);
  expect(await due(to)).toEqual([]);
  expect(await countWaiting(db)).toMatchObject({ resting: 1 });
  await resumeChats(db, [newChat()]);
  expect(await due(to)).toEqual([]);
  await resumeChats(db, [to]);
  expect(await due(to)).toMatchObject([{ id: next!.id, tries: 1 }]);
  // Telegram asked for a pause of the chat, not of the message: more urgent messages wait too.
  const other = newChat();
  await enqueue(db, [messageWith(other, "news", { isBulk: true })]);
  const [bulk] = await due(other);
  await postpone(db, [bulk!.id], { ms: 60_000, reason: "slow down" });
  await enqueue(db, [messageWith(other, "urgent")]);
  expect(await due(other)).toEqual([]);
});

test("an outcome stays as it was first recorded", async () => {
  const to = newChat();
  await enqueue(db, [messageWith(to, "one")]);
  const [next] = await due(to);
  await recordResult(db, next!, { state: "sent", messageId: 7 });
  await recordResult(db, next!, { state: "refused", reason: "late" });
  await postpone(db, [next!.id], { ms: 0, reason: "late" });
  expect(await sending.rows(to)).toMatchObject([{ state: "sent", messageId: 7, tries: 0 }]);
});

test("the time since when a person cannot be reached is recorded once, and cleared when they are reached", async () => {
  const { id } = await sending.meet();
  const since = async () =>
    (
      await db
        .selectFrom("customers")
        .select("unreachableSince")
        .where("telegramId", "=", id)
        .executeTakeFirst()
    )?.unreachableSince;
  await recordReach(db, id, false);
  const first = await since();
  expect(first).toBeTruthy();
  await recordReach(db, id, false);
  expect(await since()).toEqual(first);
  await recordReach(db, id, true);
  expect(await since()).toBeNull();
});

const refuseAll = async (to: TelegramId, state: "unreachable" | "refused" = "unreachable") => {
  for (let [next] = await due(to); next !== undefined; [next] = await due(to)) {
    await recordResult(db, next, { state, reason: "away" });
  }
};

test("undelivered keys wait again when the person is back: the newest message of each key in use", async () => {
  const { id: to } = await sending.meet();
  const lives = await books.device(to, { name: "a", secret: "s" });
  const dead = await books.device(to, { name: "b", secret: "s" });
  await enqueue(db, [
    ...keyMessages(to, lives.id, `${to}/first`),
    ...keyMessages(to, dead.id, `${to}/dead`),
    messageWith(to, "a notice"),
  ]);
  await refuseAll(to);
  await enqueue(db, keyMessages(to, lives.id, `${to}/second`));
  await refuseAll(to, "refused");
  await books.revoke(dead.id);
  expect(await requeueUndelivered(db, to)).toBe(3);
  const waiting = (await sending.rows(to)).filter(({ state }) => state === "waiting");
  expect(waiting.map(({ key }) => key)).toEqual(
    ["file", "qr", "text"].map((part) => `key/${to}/second/${part}`),
  );
  expect(await requeueUndelivered(db, to)).toBe(0);
});

test("a key that reached the person later is not sent once more", async () => {
  const { id: to } = await sending.meet();
  const { id } = await books.device(to, { name: "a", secret: "s" });
  await enqueue(db, keyMessages(to, id, `${to}/first`));
  await refuseAll(to);
  await enqueue(db, keyMessages(to, id, `${to}/second`));
  for (let [next] = await due(to); next !== undefined; [next] = await due(to)) {
    await recordResult(db, next, { state: "sent", messageId: next.id });
  }
  expect(await requeueUndelivered(db, to)).toBe(0);
});

test("a broken row among undelivered ones does not keep a key from waiting again", async () => {
  const { id: to } = await sending.meet();
  const { id } = await books.device(to, { name: "a", secret: "s" });
  await enqueue(db, [
    messageWith(to, "x", { content: { kind: "invoice", paymentId: "none" as never } }),
    messageWith(to, "x", { content: "text" as never }),
    ...keyMessages(to, deviceId(id), `${to}/1`),
  ]);
  await refuseAll(to);
  expect(await requeueUndelivered(db, to)).toBe(3);
});

test("a message that waits again wakes the sender", async () => {
  const { id: to } = await sending.meet();
  const { id } = await books.device(to, { name: "a", secret: "s" });
  await enqueue(db, keyMessages(to, id, `${to}/1`));
  await refuseAll(to);
  const listener = await listen(databases.writerUrl, ["messages"]);
  const from = performance.now();
  await requeueUndelivered(db, to);
  await listener.next(5_000);
  expect(performance.now() - from).toBeLessThan(2_000);
  await listener.close();
});

test("with a hundred thousand messages behind it, and a flood to one chat, the next is found at once", async () => {
  await databases.owner.em.fork().execute(
    `insert into messages (key, telegram_id, action, content, state, sent_at)
     select 'old/' || i, 900000 + i % 1000, 'send', '{"kind":"notice"}', 'sent', now()
       from generate_series(1, 100000) i`,
  );
  await databases.owner.em.fork().execute(
    `insert into messages (key, telegram_id, action, content)
     select 'flood/' || i, 899999, 'send', '{"kind":"notice"}' from generate_series(1, 2000) i`,
  );
  await databases.owner.em.fork().execute("analyze messages");
  const to = newChat();
  await enqueue(db, [messageWith(to, "next")]);
  expect(await due(to)).toHaveLength(1);
  const from = performance.now();
  for (let round = 0; round < 10; round += 1) {
    await findDue(db, { limit: 10, except: [telegramId(899_999)] });
  }
  expect((performance.now() - from) / 10).toBeLessThan(30);
  await databases.owner.em.fork().execute("delete from messages");
});
