import { expect, test } from "vitest";
import { ask, startTelegram } from "./telegram-client.ts";

const list = (description: string) => [{ command: "help", description }];

test("a list is kept for exactly its scope and language", async () => {
  const { call, person } = await startTelegram();
  await person(7).say("/start");
  const places = [
    {},
    { language_code: "ru" },
    { scope: { type: "all_private_chats" } },
    { scope: { type: "all_private_chats" }, language_code: "ru" },
    { scope: { type: "all_chat_administrators" } },
    { scope: { type: "chat", chat_id: 7 } },
    { scope: { type: "chat", chat_id: "7" }, language_code: "ru" },
  ];
  const setAt = async (place: object) => {
    const commands = list(JSON.stringify(place));
    await call("setMyCommands", { ...place, commands });
  };
  for (const place of places) await setAt(place);
  for (const place of places) {
    const commands = list(JSON.stringify(place));
    expect(await call("getMyCommands", place)).toEqual({ ok: true, result: commands });
  }
  expect(await call("getMyCommands", { language_code: "de" })).toMatchObject({ result: [] });
  await call("deleteMyCommands", { scope: { type: "chat", chat_id: 7 } });
  const gone = { scope: { type: "chat", chat_id: 7 } };
  expect(await call("getMyCommands", gone)).toMatchObject({ result: [] });
});

test("a person's app shows the narrowest list, in it the person's language", async () => {
  const { call, person } = await startTelegram();
  await person(7).say("/start");
  await person(7).change({ language_code: "ru" });
  const shown = async () => {
    const [command] = await ask<{ description: string }[]>(`${person(7).side}/commands`);
    return command?.description;
  };
  const places = [
    {},
    { language_code: "ru" },
    { scope: { type: "all_private_chats" } },
    { scope: { type: "all_private_chats" }, language_code: "ru" },
    { scope: { type: "chat", chat_id: 7 } },
    { scope: { type: "chat", chat_id: 7 }, language_code: "ru" },
  ];
  expect(await shown()).toBeUndefined();
  for (const [index, place] of places.entries()) {
    await call("setMyCommands", { ...place, commands: list(`${index}`) });
    await call("setMyCommands", { ...place, language_code: "de", commands: list("German") });
    expect(await shown()).toBe(`${index}`);
  }
});

const command = (change: object) => ({ commands: [{ command: "a", description: "b", ...change }] });

test.for<[object, string]>([
  [command({ command: "Bad" }), "BOT_COMMAND_INVALID"],
  [command({ command: " / " }), "command must be non-empty"],
  [command({ command: "x".repeat(33) }), "command length must not exceed 32"],
  [command({ description: " " }), "command description must be non-empty"],
  [command({ description: "é".repeat(257) }), "command description length must not exceed 256"],
  [{ commands: "[" }, "can't parse commands JSON object"],
  [{ language_code: "deu" }, "invalid language code specified"],
  [{ scope: "{" }, "can't parse BotCommandScope JSON object"],
  [{ scope: { type: "all" } }, "can't parse BotCommandScope: Unsupported type specified"],
  [{ scope: { type: "chat" } }, `can't parse BotCommandScope: Can't find field "chat_id"`],
  [{ scope: { type: "chat", chat_id: 404 } }, "chat not found"],
  [
    { scope: { type: "chat_member", chat_id: 7, user_id: 7 } },
    "can't use specified scope in private chats",
  ],
])("%j is refused: %s", async ([change, words]) => {
  const { call, person } = await startTelegram();
  await person(7).say("/start");
  const refused = { ok: false, error_code: 400, description: `Bad Request: ${words}` };
  expect(await call("setMyCommands", { ...command({}), ...change })).toEqual(refused);
});

test("a command may be set with its slash, and is kept without it", async () => {
  const { call } = await startTelegram();
  await call("setMyCommands", command({ command: "/start", description: " Begin " }));
  const kept = [{ command: "start", description: "Begin" }];
  expect(await call("getMyCommands")).toMatchObject({ result: kept });
});

test("a person's app shows name and descriptions in the person's language", async () => {
  const { call, person } = await startTelegram();
  const shown = () => ask(`${person(7).side}/bot`);
  const username = "tollgate_demo_bot";
  const before = { username, name: "Tollgate", description: "", short_description: "" };
  expect(await shown()).toEqual(before);
  await call("setMyName", { name: "Тариф", language_code: "ru" });
  await call("setMyDescription", { description: "VPN" });
  await call("setMyShortDescription", { short_description: "Коротко", language_code: "ru" });
  expect(await shown()).toEqual({ ...before, description: "VPN" });
  await person(7).change({ language_code: "ru" });
  const russian = { username, name: "Тариф", description: "VPN", short_description: "Коротко" };
  expect(await shown()).toEqual(russian);
});
