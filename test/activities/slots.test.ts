import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TelegramId } from "../../domain/ids.ts";
import { useDatabase } from "../drivers/database.ts";
import { messageWith, readWords, useSending } from "../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);

const edit = (to: TelegramId, word: string, slot: string) =>
  messageWith(to, word, { slot, action: "edit" });

test("an edit changes every copy that was sent into its slot, and nothing else", async () => {
  const eve = await sending.meet();
  await sending.write(
    messageWith(eve.id, "first", { slot: "s" }),
    messageWith(eve.id, "other", { slot: "t" }),
    messageWith(eve.id, "second", { slot: "s" }),
  );
  sending.begin();
  await sending.waitUntilSent(eve.id);
  await sending.write(edit(eve.id, "over", "s"));
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["over", "other", "over"]);
});

test("of several edits that wait for one slot only the newest is made", async () => {
  const eve = await sending.meet();
  await sending.write(messageWith(eve.id, "asked", { slot: "s" }));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  await sending.endSenders();
  const words = Array.from({ length: 50 }, (_, index) => `e${index}`);
  await sending.write(...words.map((word) => edit(eve.id, word, "s")));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  const states = await sending.states(eve.id);
  expect(states).toEqual(["sent", ...words.slice(1).map(() => "superseded"), "sent"]);
  expect(readWords(await eve.listTexts())).toEqual(["e49"]);
  const edits = (await sending.calls()).filter(
    ({ method, chat_id: chat }) => method === "editMessageText" && chat === eve.id,
  );
  expect(edits).toHaveLength(1);
});

test("a message that is sent after its change was decided shows the change at once", async () => {
  const eve = await sending.meet();
  await sending.write(
    messageWith(eve.id, "asked", { slot: "s" }),
    edit(eve.id, "half", "s"),
    edit(eve.id, "done", "s"),
  );
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["done"]);
  expect(await sending.states(eve.id)).toEqual(["sent", "superseded", "superseded"]);
});

test("a change that was decided after a second copy was written reaches both copies", async () => {
  const eve = await sending.meet();
  await sending.write(
    messageWith(eve.id, "first", { slot: "s" }),
    edit(eve.id, "half", "s"),
    messageWith(eve.id, "second", { slot: "s" }),
    edit(eve.id, "done", "s"),
  );
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["done", "done"]);
});

test("an edit of an empty slot is superseded", async () => {
  const eve = await sending.meet();
  await sending.write(edit(eve.id, "done", "s"));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  expect(await sending.rows(eve.id)).toMatchObject([
    { state: "superseded", reason: "nothing was sent here" },
  ]);
  expect(await eve.listTexts()).toEqual([]);
});

test("a deleted copy does not stop the others", async () => {
  const eve = await sending.meet();
  await sending.write(
    messageWith(eve.id, "a", { slot: "s" }),
    messageWith(eve.id, "b", { slot: "s" }),
  );
  sending.begin();
  await sending.waitUntilSent(eve.id);
  const [row] = await sending.rows(eve.id);
  await sending.telegram.remove(eve.id, row!.messageId!);
  await sending.write(edit(eve.id, "done", "s"));
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["done"]);
});

test("an edit waits with its chat and is made when the chat may be called again", async () => {
  const eve = await sending.meet();
  await sending.write(messageWith(eve.id, "asked", { slot: "s" }));
  sending.begin();
  await sending.waitUntilSent(eve.id);
  await sending.fault({ kind: "429", chat_id: eve.id, retry_after: 1, times: 1 });
  await sending.write(edit(eve.id, "done", "s"), messageWith(eve.id, "next"));
  await delay(300);
  expect(await sending.states(eve.id)).toEqual(["sent", "waiting", "waiting"]);
  await sending.waitUntilSent(eve.id);
  expect(readWords(await eve.listTexts())).toEqual(["done", "next"]);
});
