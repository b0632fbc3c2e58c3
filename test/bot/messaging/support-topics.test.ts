import { expect, test } from "vitest";
import type { Message } from "../../../emulators/telegram/bot-api.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { askTelegram } from "../bot-customer.ts";
import { shown } from "../people.ts";

const group = -100_777;
const app = useTestApp({ support: { group } });

async function call<Answer>(path: string, method = "GET", body?: object): Promise<Answer> {
  const response = await fetch(`${app.emulatorUrl}/group/${group}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json() as Promise<Answer>;
}

const inGroup = () => call<Message[]>("/chat");

/** A customer who has written; the number of the topic in which that stands. */
async function customerWithTopic(words: string): Promise<{ one: Person; topic: number }> {
  await call("", "PUT", {});
  const one = await app.customer();
  await one.send("/support");
  await one.waitForMessage(/Type your message/u);
  await one.send(words);
  const topic = await eventually(async () => {
    const found = (await inGroup()).find(({ text }) => text?.endsWith(words));
    if (found?.message_thread_id === undefined) throw new Error("not in a topic yet");
    return found.message_thread_id;
  });
  return { one, topic };
}

const say = (text: string, topic?: number, from = adminId) =>
  call<Message>("/messages", "POST", { from, text, ...(topic === undefined ? {} : { topic }) });

test("a customer has a topic with their card pinned at its top, and gets what admins write there", async () => {
  const { one, topic } = await customerWithTopic("hello from Bob");
  const messages = (await inGroup()).filter(({ message_thread_id: id }) => id === topic);
  expect(messages.map((one_) => one_.forum_topic_created?.name ?? one_.text)).toEqual([
    `Person ${one.id} ${one.id}`,
    expect.stringMatching(new RegExp(`👤[^]*${one.id}[^]*active[^]*Devices: 1`, "u")),
    expect.stringMatching(/hello from Bob$/u),
  ]);
  expect(await call("/pins")).toContain(messages[1]!.message_id);
  await say("we are looking", topic);
  await one.waitForMessage(/we are looking/u);
  await one.send("thanks");
  await eventually(async () => {
    const last = (await inGroup()).at(-1)!;
    expect(wordsOf(last)).toMatch(/thanks$/u);
    expect(last.message_thread_id).toBe(topic);
  });
  const admins = await app.rows("select 1 from messages where telegram_id = ? and slot like ?", [
    adminId,
    `ticket/${one.id}/%`,
  ]);
  expect(admins).toEqual([]);
});

test("closing the topic closes the conversation, and the customer's next message opens both", async () => {
  const { one, topic } = await customerWithTopic("first");
  await call("/topics", "POST", { from: adminId, topic, is_closed: true });
  await one.waitForMessage(/have closed your question/u);
  const stateOf = async () =>
    (await call<{ topics: Record<string, { is_closed: boolean }> }>("")).topics[topic]?.is_closed;
  expect(await stateOf()).toBe(true);
  await one.send("second");
  await eventually(async () => {
    expect(wordsOf((await inGroup()).at(-1)!)).toMatch(/second$/u);
    expect(await stateOf()).toBe(false);
  });
  const admin = await app.admin();
  await admin.send("/admin");
  await admin.pressButton(/^tickets:1$/u);
  await admin.pressButton(new RegExp(`^ticket:${one.id}$`, "u"));
  await admin.pressButton(new RegExp(`^ticket-close:${one.id}:page$`, "u"));
  await eventually(async () => expect(await stateOf()).toBe(true));
});

test("a message for a topic that somebody deleted stands in the group itself", async () => {
  const { one, topic } = await customerWithTopic("before");
  await askTelegram(app.emulatorUrl, "deleteForumTopic", {
    chat_id: group,
    message_thread_id: topic,
  });
  await one.send("after");
  await eventually(async () => {
    const last = (await inGroup()).at(-1)!;
    expect(wordsOf(last)).toMatch(new RegExp(`${one.id}[^]*after$`, "u"));
    expect(last.message_thread_id).toBeUndefined();
  });
  const { message_id: replied } = (await inGroup()).at(-1)!;
  await eventually(async () => {
    const query = "select 1 from messages where telegram_id = ? and message_id = ?";
    expect(await app.rows(query, [group, replied])).toHaveLength(1);
  });
  const answer = { from: adminId, text: "all the same", reply_to_message_id: replied };
  await call("/messages", "POST", answer);
  await one.waitForMessage(/all the same$/u);
});

/** The bot's messages of a topic that say this. */
const countSaid = async (words: string, topic: number) => {
  const all = await inGroup();
  return all.filter((one) => one.message_thread_id === topic && one.text === shown(words)).length;
};

test("an anonymous administrator reads in the topic that nothing was passed on, or closed", async () => {
  const { one, topic } = await customerWithTopic("who answers me?");
  const { anonymous } = textsIn("en").messaging.tickets;
  const before = (await one.chat()).length;
  await call("/messages", "POST", { from: adminId, text: "me", topic, is_anonymous: true });
  await eventually(async () => expect(await countSaid(anonymous, topic)).toBe(1));
  await call("/topics", "POST", { from: adminId, topic, is_closed: true, is_anonymous: true });
  await eventually(async () => expect(await countSaid(anonymous, topic)).toBe(2));
  await say("it is Alice", topic);
  await one.waitForMessage(/it is Alice$/u);
  expect(await one.chat()).toHaveLength(before + 1);
});

test("what an administrator changes in the topic goes to the customer, and a customer's change comes", async () => {
  const { one, topic } = await customerWithTopic("port 80?");
  const { edited } = textsIn("en").messaging.tickets;
  const { message_id: id } = await say("port 443", topic);
  await one.waitForMessage(/port 443$/u);
  await call("/messages", "PUT", { from: adminId, message_id: id, text: "port 8443" });
  await one.waitForMessage(new RegExp(`^.*Support\n${edited}\n\nport 8443$`, "u"));
  const second = await one.send("thnaks");
  await eventually(async () => expect(wordsOf((await inGroup()).at(-1)!)).toMatch(/thnaks$/u));
  await one.edit(second.message_id, "thanks");
  await eventually(async () => {
    const last = (await inGroup()).at(-1)!;
    expect(last.text).toMatch(new RegExp(`${one.id}\n${edited}\n\nthanks$`, "u"));
    expect(last.message_thread_id).toBe(topic);
  });
});

test("the bot is silent to everybody and everything else in the group", async () => {
  const { one, topic } = await customerWithTopic("only this");
  const mallory = await app.customer();
  const before = { group: (await inGroup()).length, one: (await one.chat()).length };
  await say("I am no admin", topic, mallory.id);
  await say("/help", topic);
  await say("outside of all topics");
  await say("the answer", topic);
  await one.waitForMessage(/the answer$/u);
  // Only the four messages of people were added, and one answer.
  expect((await inGroup()).length).toBe(before.group + 4);
  expect((await one.chat()).length).toBe(before.one + 1);
});
