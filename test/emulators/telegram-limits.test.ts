import { expect, test } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { startTelegram, token } from "./telegram-client.ts";

const wide = { inline_keyboard: [[{ text: "A", callback_data: "x".repeat(65) }]] };

async function startAll() {
  const telegram = await startTelegram();
  await telegram.person(1).say("/start");
  return telegram;
}

test("a character counts once, also where UTF-16 has two units for it", async () => {
  const telegram = await startAll();
  const text = "😀".repeat(4096);
  expect(await telegram.call("sendMessage", { chat_id: 1, text })).toMatchObject({ ok: true });
  const more = { chat_id: 1, text: `${text}!` };
  expect(await telegram.call("sendMessage", more)).toEqual({
    ok: false,
    error_code: 400,
    description: "Bad Request: message is too long",
  });
});

test.for<[object, string]>([
  [{ type: "big" }, "can't parse MessageEntity: Unsupported type specified"],
  [{ type: "text_link" }, `can't parse MessageEntity: Can't find field "url"`],
  [{ type: "text_link", url: "nowhere" }, "entity URL 'nowhere' is invalid: Wrong HTTP URL"],
  [{ type: "custom_emoji" }, "invalid custom emoji identifier specified"],
  [{ type: "bold", offset: -1 }, "receive an entity with incorrect offset -1"],
  [{ type: "bold", length: -2 }, "receive an entity with incorrect length -2"],
  [{ type: "bold", offset: 9 }, "entity begins after the end of the text at UTF-16 offset 9"],
  [
    { type: "bold", length: 9 },
    "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
  ],
  [{ type: "bold", offset: 3 }, "entity begins in a middle of a UTF-16 symbol at byte offset 6"],
  [
    { type: "bold", length: 3 },
    "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 6",
  ],
])("an entity that there cannot be is refused: %j, %s", async ([change, words]) => {
  const telegram = await startAll();
  const entities = [{ offset: 0, length: 1, ...change }];
  const params = { chat_id: 1, text: "ab😀d", entities };
  expect(await telegram.call("sendMessage", params)).toEqual({
    ok: false,
    error_code: 400,
    description: `Bad Request: ${words}`,
  });
});

test("what Telegram finds by itself may be sent as an entity, and is found all the same", async () => {
  const telegram = await startAll();
  const entities = [{ type: "bot_command", offset: 0, length: 3 }];
  const { result } = await telegram.call<Message>("sendMessage", {
    chat_id: 1,
    text: "/help me",
    entities,
  });
  expect(result.entities).toEqual([{ type: "bot_command", offset: 0, length: 5 }]);
});

const boundary = "6f1ed002ab5595859014ebf0951522d9";

test.for([
  ["a form without a part, as bots in Go send it", `\r\n--${boundary}--\r\n`],
  ["a form of another client", `--${boundary}--\r\n`],
  ["no body at all", ""],
])("a call without parameters may come as %s", async ([, body]) => {
  const { url } = await startTelegram();
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const sent = { method: "POST", body: body ?? "", headers };
  const answer = await fetch(`${url}/bot${token}/getMe`, sent);
  expect(await answer.json()).toMatchObject({ ok: true, result: { id: 123_456, is_bot: true } });
  const broken = await fetch(`${url}/bot${token}/getMe`, { ...sent, body: "--other--" });
  expect(await broken.json()).toMatchObject({
    description: "Bad Request: can't parse multipart/form-data",
  });
});

test.for<[string, object, string]>([
  ["editMessageText", { text: "x".repeat(4097) }, "message is too long"],
  ["editMessageText", { text: "x", reply_markup: wide }, "BUTTON_DATA_INVALID"],
  ["editMessageReplyMarkup", { reply_markup: wide }, "BUTTON_DATA_INVALID"],
  ["editMessageCaption", { caption: "x".repeat(1025) }, "message caption is too long"],
])("an edit has the same limits: %s with %j, %s", async ([method, change, words]) => {
  const telegram = await startAll();
  await telegram.call("sendMessage", { chat_id: 1, text: "said" });
  expect(await telegram.call(method, { chat_id: 1, message_id: 2, ...change })).toMatchObject({
    description: `Bad Request: ${words}`,
  });
});
