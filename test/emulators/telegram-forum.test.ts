import { expect, onTestFinished, test } from "vitest";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";

const token = "123456:TEST";
const chat_id = -100_42;

interface Answer {
  readonly ok: boolean;
  readonly result: { readonly message_thread_id: number; readonly message_id: number };
  readonly description?: string;
}

async function open(group: object = {}) {
  const { url, close } = await startTelegramEmulator({ port: 0, token });
  onTestFinished(close);
  const ask = async <Result>(path: string, body: object, method = "POST"): Promise<Result> => {
    const response = await fetch(`${url}${path}`, { method, body: JSON.stringify(body) });
    return response.json() as Promise<Result>;
  };
  await ask(`/group/${chat_id}`, group, "PUT");
  const call = (method: string, body: object = {}) => {
    const headers = { "content-type": "application/json" };
    const payload = { chat_id, ...body };
    const request = { method: "POST", headers, body: JSON.stringify(payload) };
    return fetch(`${url}/bot${token}/${method}`, request).then(
      (it) => it.json() as Promise<Answer>,
    );
  };
  return { ask, call };
}

const whyOf = async (answer: Promise<Answer>) => (await answer).description;

test("a topic has the number of the message that opens it, and its messages carry it", async () => {
  const { call, ask } = await open();
  const { result } = await call("createForumTopic", { name: "Bob" });
  const { message_thread_id: topic } = result;
  const sent = await call("sendMessage", { message_thread_id: topic, text: "hello" });
  expect(sent.result).toMatchObject({
    message_thread_id: topic,
    is_topic_message: true,
    chat: { id: chat_id, type: "supergroup", is_forum: true },
  });
  await ask(`/group/${chat_id}/messages`, { from: 7, text: "hi", topic });
  const updates = (await call("getUpdates")) as unknown as { result: { message: object }[] };
  expect(updates.result.at(-1)?.message).toMatchObject({
    text: "hi",
    message_thread_id: topic,
    is_topic_message: true,
    reply_to_message: { message_id: topic, forum_topic_created: { name: "Bob" } },
  });
});

test("topics are refused where they cannot be managed, in Telegram's words", async () => {
  const plain = await open({ is_forum: false });
  expect(await whyOf(plain.call("createForumTopic", { name: "Bob" }))).toBe(
    "Bad Request: the chat is not a forum",
  );
  const { call } = await open({ can_manage_topics: false, can_pin_messages: false });
  expect(await whyOf(call("createForumTopic", { name: "Bob" }))).toBe(
    "Bad Request: not enough rights to create a topic",
  );
  const { result } = await call("sendMessage", { text: "hello" });
  expect(await whyOf(call("pinChatMessage", { message_id: result.message_id }))).toMatch(
    /not enough rights to manage pinned messages/u,
  );
});

test("a topic is closed and opened once, and one that is gone takes no message", async () => {
  const { call } = await open();
  const { result } = await call("createForumTopic", { name: "Bob" });
  const topic = { message_thread_id: result.message_thread_id };
  expect(await whyOf(call("reopenForumTopic", topic))).toBe("Bad Request: TOPIC_NOT_MODIFIED");
  expect((await call("closeForumTopic", topic)).ok).toBe(true);
  expect(await whyOf(call("closeForumTopic", topic))).toBe("Bad Request: TOPIC_NOT_MODIFIED");
  // An administrator who manages topics writes into closed ones too.
  expect((await call("sendMessage", { ...topic, text: "still here" })).ok).toBe(true);
  expect((await call("reopenForumTopic", topic)).ok).toBe(true);
  await call("deleteForumTopic", topic);
  expect(await whyOf(call("sendMessage", { ...topic, text: "hello" }))).toBe(
    "Bad Request: message thread not found",
  );
  expect(await whyOf(call("closeForumTopic", topic))).toBe("Bad Request: TOPIC_ID_INVALID");
});

test("a file goes on by its id, as what it was sent as, and a message gets one reaction", async () => {
  const { call, ask } = await open();
  const file = { kind: "voice", name: "note.ogg", base64: Buffer.from("sound").toString("base64") };
  const person = "/person/7";
  await ask(`${person}/messages`, { text: "/start" });
  const sent = await ask<{ message_id: number; voice: { file_id: string } }>(`${person}/messages`, {
    file,
  });
  const { file_id: id } = sent.voice;
  expect((await call("sendVoice", { voice: id, caption: "from 7" })).result).toMatchObject({
    voice: { file_id: id },
    caption: "from 7",
  });
  expect(await whyOf(call("sendPhoto", { photo: id }))).toBe(
    "Bad Request: can't use file of type VoiceNote as Photo",
  );
  const to = { chat_id: 7, message_id: sent.message_id };
  const thumb = { type: "emoji", emoji: "👍" };
  expect((await call("setMessageReaction", { ...to, reaction: [thumb] })).ok).toBe(true);
  const wrong = { ...to, reaction: [{ type: "emoji", emoji: "🧾" }] };
  expect(await whyOf(call("setMessageReaction", wrong))).toBe("Bad Request: REACTION_INVALID");
});
