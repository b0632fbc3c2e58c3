import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "./servers.ts";
import { ask, startTelegram } from "./telegram-client.ts";

interface ChatEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Everything a chat's event stream has said so far. */
async function listen(side: string): Promise<ChatEvent[]> {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(`${side}/chat/events`, { signal: leaving.signal });
  const events: ChatEvent[] = [];
  void collect(response, events).catch(() => undefined);
  return events;
}

async function collect({ body }: Response, events: ChatEvent[]): Promise<void> {
  let rest = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/u.exec(block) ?? [];
      events.push({ event, data: JSON.parse(data) as unknown });
    }
  }
}

const button = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };

test("a request with an invalid path is answered, and the server goes on", async () => {
  const { url } = await startTelegram();
  const { port } = new URL(url);
  for (const path of ["//", "///x", "http://[", "*"]) {
    const answered = new Promise<number>((status, failed) => {
      const sent = request({ port, path }, (response) => {
        response.resume();
        status(response.statusCode ?? 0);
      });
      sent.once("error", failed).end();
    });
    expect(await answered).toBeGreaterThanOrEqual(400);
  }
  expect(await ask(`${url}/healthz`)).toEqual({ ok: true });
});

test("a chat opens with /start and with nothing else", async () => {
  const { person, updates, url } = await startTelegram();
  const early = { error: 'person 1 has not pressed Start: send "/start" first' };
  expect(await person(1).say("hello")).toEqual(early);
  expect(await person(1).say("/started")).toEqual(early);
  expect(await updates()).toEqual([]);
  expect(await person(1).say("/start ref_7")).toMatchObject({
    message_id: 1,
    from: { id: 1, is_bot: false, first_name: "Person 1", language_code: "en" },
    chat: { id: 1, type: "private", first_name: "Person 1" },
    text: "/start ref_7",
    entities: [{ type: "bot_command", offset: 0, length: 6 }],
  });
  expect(await person(1).say("hello")).toMatchObject({ message_id: 2 });
  const profile = {
    id: 1,
    first_name: "Person 1",
    language_code: "en",
    started: true,
    blocked: false,
  };
  expect(await ask(`${url}/person`)).toEqual([profile]);
  expect(await ask(`${url}/person/1`)).toEqual(profile);
});

test("reading a profile does not create the person", async () => {
  const { call, person, url } = await startTelegram();
  expect(await ask(`${url}/person/9`)).toMatchObject({ first_name: "Person 9", started: false });
  expect(await person(9).chat()).toEqual([]);
  const words = { description: "Bad Request: chat not found" };
  expect(await call("getChat", { chat_id: 9 })).toMatchObject(words);
});

test.for(["0", "-1", "1.5", "x", "99999999999999999999"])("“%s” is nobody", async (id) => {
  const { url } = await startTelegram();
  expect((await fetch(`${url}/person/${id}/chat`)).status).toBe(400);
});

test("a chat is read from the beginning, or behind a message", async () => {
  const { person, url } = await startTelegram();
  for (const text of ["/start", "one", "two"]) await person(1).say(text);
  const read = (after: string) => fetch(`${url}/person/1/chat${after}`);
  const all = (await (await read("")).json()) as { message_id: number; text: string }[];
  expect(all.map(({ text }) => text)).toEqual(["/start", "one", "two"]);
  const [, one, two] = all;
  expect(await (await read(`?after=${one?.message_id}`)).json()).toEqual([two]);
  expect(await (await read(`?after=${two?.message_id}`)).json()).toEqual([]);
  for (const wrong of ["x", "-1", "1.5", ""]) {
    expect((await read(`?after=${wrong}`)).status).toBe(400);
  }
});

test("blocking and unblocking tell the bot, and /start unblocks", async () => {
  const { person, updates } = await startTelegram();
  await person(1).say("/start");
  await person(1).change({ blocked: true });
  await person(1).change({ blocked: true, first_name: "Ann" });
  expect(await person(1).say("hello")).toHaveProperty("error");
  await person(1).say("/start");
  const [, blocked, unblocked, message, ...more] = await updates();
  expect(blocked).toMatchObject({
    my_chat_member: {
      chat: { id: 1 },
      from: { id: 1 },
      old_chat_member: { status: "member", user: { id: 123456 } },
      new_chat_member: { status: "kicked" },
    },
  });
  expect(unblocked).toMatchObject({
    my_chat_member: { from: { first_name: "Ann" }, new_chat_member: { status: "member" } },
  });
  expect(message).toMatchObject({ message: { text: "/start" } });
  expect(more).toEqual([]);
});

test("only a button that stands in the chat can be pressed, except by forgery", async () => {
  const { call, person, updates } = await startTelegram();
  await person(1).say("/start");
  await call("sendMessage", { chat_id: 1, text: "x", reply_markup: button });
  const press = (body: object, query = "") =>
    ask(`${person(1).side}/callbacks${query}`, "POST", body);
  expect(await press({ message_id: 2, data: "b" })).toHaveProperty("error");
  expect(await press({ message_id: 1, data: "a" })).toHaveProperty("error");
  expect(await press({ message_id: 9, data: "a" })).toHaveProperty("error");
  expect(await press({ message_id: "2", data: "a" })).toHaveProperty("error");
  expect(await press({ message_id: 2, data: "a" })).toHaveProperty("callback_query_id");
  expect(await press({ message_id: 2, data: "zzz" }, "?forge=yes")).toHaveProperty(
    "callback_query_id",
  );
  expect((await updates()).slice(1)).toMatchObject([
    {
      callback_query: {
        data: "a",
        from: { id: 1 },
        message: { message_id: 2, reply_markup: button },
      },
    },
    { callback_query: { data: "zzz" } },
  ]);
});

test("a listener is told the chat as it is, and then whatever happens in it", async () => {
  const { call, person } = await startTelegram();
  const ann = person(1);
  await ann.say("/start");
  const events = await listen(ann.side);
  await eventually(() =>
    expect(events).toMatchObject([{ event: "chat", data: [{ text: "/start" }] }]),
  );
  await call("sendChatAction", { chat_id: 1, action: "typing" });
  await call("sendMessage", { chat_id: 1, text: "pick", reply_markup: button });
  const { callback_query_id } = await ann.press(2, "a");
  await call("answerCallbackQuery", { callback_query_id, text: "ok", show_alert: true });
  await call("editMessageText", { chat_id: 1, message_id: 2, text: "picked" });
  await call("deleteMessage", { chat_id: 1, message_id: 2 });
  await ann.say("bye");
  await person(2).say("/start");
  await eventually(() =>
    expect(events.slice(1)).toMatchObject([
      { event: "typing", data: { action: "typing" } },
      { event: "message", data: { text: "pick", reply_markup: button } },
      { event: "answer", data: { callback_query_id, text: "ok", show_alert: true } },
      { event: "edit", data: { message_id: 2, text: "picked" } },
      { event: "delete", data: { message_id: 2 } },
      { event: "message", data: { text: "bye", from: { is_bot: false } } },
    ]),
  );
});

test("a reset forgets everybody, and a bot that goes on polling misses nothing new", async () => {
  const { call, person, updates, url } = await startTelegram();
  await person(1).say("/start");
  const [before] = await updates();
  await ask(`${url}/control/reset`, "POST");
  expect(await ask(`${url}/person`)).toEqual([]);
  expect(await person(1).chat()).toEqual([]);
  const words = { description: "Bad Request: chat not found" };
  expect(await call("sendMessage", { chat_id: 1, text: "x" })).toMatchObject(words);
  await person(1).say("/start again");
  const offset = (before?.update_id ?? 0) + 1;
  expect(await updates({ offset })).toMatchObject([
    { message: { message_id: 1, text: "/start again" } },
  ]);
});

test("an unchanged chat is not sent again, and a waiting reader gets a change at once", async () => {
  const { person, url } = await startTelegram();
  await person(1).say("/start");
  const read = (headers: Record<string, string>) => fetch(`${url}/person/1/chat`, { headers });
  const tag = (await read({})).headers.get("etag") ?? "";
  expect((await read({ "if-none-match": tag })).status).toBe(304);
  expect((await read({ "if-none-match": tag, prefer: "wait=0.01" })).status).toBe(304);
  const waiting = read({ "if-none-match": tag, prefer: "wait=10" });
  await person(1).say("hello");
  const changed = await waiting;
  expect(changed.status).toBe(200);
  expect(await changed.json()).toMatchObject([{ text: "/start" }, { text: "hello" }]);
  expect((await read({ "if-none-match": tag })).status).toBe(200);
});
