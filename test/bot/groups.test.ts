import { expect, test } from "vitest";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { type IsolatedBot, makePollingBot } from "./isolated-bot.ts";

const app = useTestApp();

let lastPerson = 95_000;
const newId = () => (lastPerson += 1);

const waitUntilSettled = (isolated: IsolatedBot) =>
  eventually(async () => expect(await isolated.pending()).toBe(0));

const group = { id: -100_123, type: "supergroup", title: "Friends" };

const written = (text: string) => {
  const [command = ""] = text.split(" ");
  const entities = [{ type: "bot_command", offset: 0, length: command.length }];
  return text.startsWith("/") ? { text, entities } : { text };
};

test.each([
  "hello all",
  "/start",
  "/help@tollgate_demo_bot",
  "/help@another_bot",
  "/etc/passwd is a file",
])("in a group nothing is said to %s", async (text) => {
  const isolated = await makePollingBot(app);
  const eve = isolated.person(newId());
  await eve.send("/start");
  await waitUntilSettled(isolated);
  // A busy machine may have warned her in private that it takes longer.
  const before = (await isolated.calls()).length;
  const from = { id: eve.id, is_bot: false, first_name: "Eve" };
  const message = { message_id: 7, date: 1, from, ...written(text) };
  for (const chat of [group, { ...group, type: "group" }, { id: eve.id, type: "group" }]) {
    await isolated.inject({ message: { ...message, chat } });
  }
  await isolated.inject({
    callback_query: { id: "1", from, message: { ...message, chat: group }, data: "devices" },
  });
  await waitUntilSettled(isolated);
  const calls = (await isolated.calls()).slice(before);
  expect(calls.filter(({ method }) => /^(?:send|answer|edit)/u.test(method))).toEqual([]);
});

const booksAway = { find: () => Promise.reject(new Error("away")) };

test("a group's message gets no warning while the database is unreachable", async () => {
  const isolated = await makePollingBot(app, { customers: booksAway as never });
  const from = { id: newId(), is_bot: false, first_name: "Eve" };
  await isolated.inject({ message: { message_id: 7, date: 1, from, chat: group, text: "hello" } });
  await waitUntilSettled(isolated);
  expect((await isolated.calls()).filter(({ method }) => method === "sendMessage")).toEqual([]);
});

test.each([
  ["pinned_message", { message_id: 1 }],
  ["message_auto_delete_timer_changed", { message_auto_delete_time: 86_400 }],
  ["gift", { gift: { id: "1" } }],
  ["forum_topic_created", { name: "General", icon_color: 1 }],
  ["users_shared", { request_id: 1, users: [] }],
  ["something_that_comes_next_year", {}],
])(
  "Telegram's own word about the chat (%s) is not answered, and what a person sends is",
  async (kind, what) => {
    const isolated = await makePollingBot(app);
    const bob = await app.customer();
    const here = isolated.person(bob.id);
    await here.send("/start");
    await waitUntilSettled(isolated);
    // A busy machine may have warned him that it takes longer.
    const before = (await here.listTexts()).length;
    const from = { id: bob.id, is_bot: false, first_name: "Bob" };
    const chat = { id: bob.id, type: "private", first_name: "Bob" };
    await isolated.inject({ message: { message_id: 8, date: 1, from, chat, [kind]: what } });
    await waitUntilSettled(isolated);
    expect((await here.listTexts()).slice(before)).toEqual([]);
    await isolated.inject({
      message: { message_id: 9, date: 1, from, chat, sticker: { emoji: "👋" } },
    });
    await here.waitForMessage(/did not understand that/u);
    expect((await here.listTexts()).slice(before)).toHaveLength(1);
  },
);
