import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type TelegramId, telegramId } from "../../../domain/ids.ts";
import { noticeTo } from "../../../domain/messaging/message.ts";
import { useDatabase } from "../../drivers/database.ts";
import { eventually } from "../../drivers/eventually.ts";
import { messageWith, readWords, useSending } from "../../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);
afterEach(async () => {
  await sending.endSenders();
  await databases.owner.em.fork().execute("delete from messages");
});

const unreachableSince = async (to: TelegramId): Promise<Date | null> => {
  const rows: { unreachable_since: Date | null }[] = await databases.owner.em
    .fork()
    .execute("select unreachable_since from customers where telegram_id = ?", [to]);
  return rows[0]!.unreachable_since;
};

test("what was written before and after the loop began arrives in order, each in its language", async () => {
  const eve = await sending.meet();
  const boris = await sending.meet({ language: "ru" });
  await sending.write(messageWith(eve.id, "one"), noticeTo(boris.id, "b/1", { kind: "expired" }));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  await sending.write(messageWith(eve.id, "two"), messageWith(eve.id, "three"));
  await sending.waitUntilSent(eve.id);
  await sending.waitUntilSent(boris.id);
  expect(readWords(await eve.listTexts())).toEqual(["one", "two", "three"]);
  expect(await boris.listTexts()).toEqual([expect.stringContaining("Доступ")]);
  const rows = await sending.rows(eve.id);
  expect(rows.map(({ state, messageId }) => [state, typeof messageId])).toEqual(
    Array.from({ length: 3 }, () => ["sent", "number"]),
  );
});

test("a message is sent when it is committed, not at the next poll of the table", async () => {
  const eve = await sending.meet();
  sending.begin();
  await sending.write(messageWith(eve.id, "warm"));
  await sending.waitUntilSent(eve.id);
  const took: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const person = await sending.meet();
    await sending.write(messageWith(person.id, "now"));
    const from = Date.now();
    await sending.waitUntilSent(person.id);
    const call = (await sending.calls()).findLast(({ chat_id: chat }) => chat === person.id);
    took.push(call!.time - from);
  }
  // The table is polled every 5 s without notifications.
  expect(took.toSorted((a, b) => a - b)[7]).toBeLessThan(1_000);
});

test("transactional messages go before bulk ones that were written first", async () => {
  const eve = await sending.meet();
  const bulk = ["b1", "b2", "b3"].map((word) => messageWith(eve.id, word, { isBulk: true }));
  await sending.write(...bulk, messageWith(eve.id, "t1"), messageWith(eve.id, "t2"));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["t1", "t2", "b1", "b2", "b3"]);
});

test("one chat gets ten at once and then one a second", async () => {
  const eve = await sending.meet();
  const words = Array.from({ length: 12 }, (_, index) => `w${index}`);
  await sending.write(...words.map((word) => messageWith(eve.id, word)));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(words);
  const times = (await sending.calls())
    .filter(({ chat_id: chat, method }) => chat === eve.id && method === "sendMessage")
    .map(({ time }) => time);
  expect(times[9]! - times[0]!).toBeLessThan(times[11]! - times[9]!);
  expect(times[11]! - times[0]!).toBeGreaterThan(1_900);
});

test.each([
  ["is told to wait", { kind: "429", retry_after: 1 }],
  ["gets a 502", { kind: "502" }],
  ["is not answered", { kind: "drop-connection" }],
])("a chat that %s waits in its order and delays nobody else", async (_, rule) => {
  const eve = await sending.meet();
  const bob = await sending.meet();
  await sending.fault({ ...rule, chat_id: eve.id, times: 2 });
  await sending.write(messageWith(eve.id, "one"), messageWith(eve.id, "two"));
  await sending.write(...["a", "b", "c"].map((word) => messageWith(bob.id, word)));
  sending.begin();
  await sending.waitUntilSent(bob.id);
  expect(await sending.states(eve.id)).toEqual(["waiting", "waiting"]);
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["one", "two"]);
  expect(readWords(await bob.listTexts())).toEqual(["a", "b", "c"]);
});

test("however many chats have to wait, no other chat waits with them", async () => {
  const people = await Promise.all(Array.from({ length: 30 }, () => sending.meet()));
  const eve = await sending.meet();
  for (const { id } of people) {
    await sending.fault({ kind: "429", retry_after: 60, chat_id: id, times: 1 });
  }
  await sending.write(...people.map(({ id }) => messageWith(id, "later")));
  await sending.write(messageWith(eve.id, "now"));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["now"]);
  for (const { id } of people) expect(await sending.states(id)).toEqual(["waiting"]);
});

test("chats that Telegram does not answer for long do not delay others", async () => {
  const dead = await Promise.all(Array.from({ length: 12 }, () => sending.meet()));
  const eve = await sending.meet();
  for (const { id } of dead) {
    const rule = { kind: "timeout-after-success", hold_ms: 6_000, times: 1 };
    await sending.fault({ ...rule, chat_id: id });
  }
  await sending.write(...dead.map(({ id }) => messageWith(id, "never")));
  sending.begin();
  await delay(200);
  const from = Date.now();
  await sending.write(messageWith(eve.id, "now"));
  await sending.waitUntilSent(eve.id);
  expect(Date.now() - from).toBeLessThan(2_500);
});

test("when Telegram as a whole does not answer it is tried ever more rarely, and everything goes on in order", async () => {
  const people = await Promise.all(Array.from({ length: 8 }, () => sending.meet()));
  await sending.fault({ kind: "502" });
  await sending.write(...people.map(({ id }) => messageWith(id, "one")));
  sending.begin();
  await sending.write(...people.map(({ id }) => messageWith(id, "two")));
  await delay(4_000);
  const ours = new Set<number>(people.map(({ id }) => id));
  const failed = (await sending.calls()).filter(({ chat_id: chat }) => ours.has(chat!));
  expect(failed.length).toBeLessThan(22);
  await sending.clearFaults();
  for (const { id } of people) await sending.waitUntilSent(id);
  for (const person of people) expect(readWords(await person.listTexts())).toEqual(["one", "two"]);
});

test("a person who stopped the bot is recorded as unreachable, until a message reaches them", async () => {
  const eve = await sending.meet();
  await eve.become({ blocked: true });
  await sending.write(messageWith(eve.id, "lost"), messageWith(eve.id, "lost too"));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(await sending.states(eve.id)).toEqual(["unreachable", "unreachable"]);
  const since = await unreachableSince(eve.id);
  expect(since).not.toBeNull();
  await eve.become({ blocked: false });
  await sending.write(messageWith(eve.id, "back"));
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["back"]);
  expect(await unreachableSince(eve.id)).toBeNull();
});

test("a blocked customer is sent nothing, and is not recorded as unreachable", async () => {
  const eve = await sending.meet({ status: "blocked" });
  await sending.write(messageWith(eve.id, "no"));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(await sending.rows(eve.id)).toMatchObject([{ state: "unreachable", reason: "blocked" }]);
  expect(await eve.listTexts()).toEqual([]);
  expect(await unreachableSince(eve.id)).toBeNull();
});

test("a person who is not registered is written to in English", async () => {
  const stranger = telegramId(990_001);
  await fetch(`${sending.url}/person/${stranger}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "/start" }),
  });
  await sending.write(noticeTo(stranger, "s/1", { kind: "expired" }));
  sending.begin();
  await sending.waitUntilSent(stranger);
  expect(await sending.rows(stranger)).toMatchObject([{ state: "sent" }]);
});

test("a message that Telegram refuses is recorded with its reason and does not delay others", async () => {
  const eve = await sending.meet();
  await sending.write(messageWith(eve.id, "x".repeat(5_000)), messageWith(eve.id, "fine"));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(await sending.rows(eve.id)).toMatchObject([
    { state: "refused", reason: expect.stringContaining("too long") },
    { state: "sent" },
  ]);
  expect(sending.logged.join("\n")).toContain("a message was refused");
});

test("a row that cannot be rendered fails alone, and admins are notified of its kind once", async () => {
  const eve = await sending.meet();
  const admin = await sending.meet({ role: "admin" });
  const broken = [
    { kind: "notice", notice: { kind: "timePaid", until: "never" } },
    { kind: "notice", notice: null },
    { kind: "invoice", paymentId: "not a payment" },
    { kind: "invoice", paymentId: "0192f0c1-2345-7abc-8def-0123456789ab" },
    { kind: "approval", approvalId: "none", ask: "1" },
    { kind: "of tomorrow" },
    "text",
  ];
  await sending.write(
    ...broken.map((content) => messageWith(eve.id, "x", { content: content as never })),
    messageWith(eve.id, "fine"),
  );
  sending.begin();
  await sending.waitUntilSent(eve.id);
  await eventually(async () => expect((await admin.listTexts()).length).toBeGreaterThanOrEqual(5));
  expect(await sending.states(eve.id)).toEqual([...broken.map(() => "refused"), "sent"]);
  expect(readWords(await eve.listTexts())).toEqual(["fine"]);
  await sending.waitUntilSent(admin.id);
  const received = await admin.listTexts();
  expect(received.filter((text) => text.includes("(notice)"))).toHaveLength(1);
  expect(received.filter((text) => text.includes("(invoice)"))).toHaveLength(1);
});

test("of several loops one sends, and another takes over when it ends or its connection is lost", async () => {
  const eve = await sending.meet();
  const first = sending.begin();
  await sending.write(messageWith(eve.id, "one"));
  await sending.waitUntilSent(eve.id);
  const second = sending.begin();
  await eventually(() => expect(second.beats()).toBeGreaterThan(0));
  await databases.owner.em.fork().execute(
    `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and l.granted and d.datname = current_database()`,
  );
  await expect(first.ended).rejects.toThrow(/connection/iu);
  await sending.write(messageWith(eve.id, "two"), messageWith(eve.id, "three"));
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["one", "two", "three"]);
});

test("a loop ends within a second, and what it was sending is not repeated", async () => {
  const eve = await sending.meet();
  const bob = await sending.meet();
  const rule = { kind: "timeout-after-success", hold_ms: 4_000, chat_id: eve.id, times: 1 };
  await sending.fault(rule);
  const first = sending.begin();
  await sending.write(messageWith(eve.id, "slow"));
  await eve.waitForMessage(/slow/u);
  const from = Date.now();
  await first.end();
  expect(Date.now() - from).toBeLessThan(1_000);
  sending.begin();
  await sending.write(messageWith(bob.id, "at once"));
  await sending.waitUntilSent(bob.id);
  await delay(1_500);
  expect(readWords(await eve.listTexts())).toEqual(["slow"]);
});
