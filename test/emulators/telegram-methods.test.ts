import { expect, test } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { collectMethods } from "../../emulators/telegram/methods/method.ts";
import { ask, type BotAnswer, png, startTelegram, token } from "./telegram-client.ts";

type Telegram = Awaited<ReturnType<typeof startTelegram>>;

/** An emulator where person 1 has pressed Start and the bot has said one thing. */
async function startAll() {
  const telegram = await startTelegram();
  await telegram.person(1).say("/start");
  const { result } = await telegram.call<Message>("sendMessage", { chat_id: 1, text: "said" });
  return { telegram, said: result };
}

async function expectRefusal({ call }: Telegram, method: string, params: object, words: string) {
  const error_code = words.startsWith("Forbidden") ? 403 : 400;
  expect(await call(method, params)).toEqual({ ok: false, error_code, description: words });
}

const keyboard = (button: object) => ({ inline_keyboard: [[{ text: "A", ...button }]] });

const nothingPressed =
  "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
/** More than ten kilobytes. */
const longKeyboard = Array.from({ length: 90 }, (_, index) => [
  { text: `${index} ${"é".repeat(30)}`, callback_data: "x".repeat(60) },
]);

test("a message to someone unknown, not started or blocking is refused", async () => {
  const { telegram } = await startAll();
  const send = { text: "hi" };
  await expectRefusal(telegram, "sendMessage", send, "Bad Request: chat_id is empty");
  const stranger = { ...send, chat_id: 404 };
  await expectRefusal(telegram, "sendMessage", stranger, "Bad Request: chat not found");
  await telegram.person(2).change({ first_name: "Ann" });
  const unstarted = "Forbidden: bot can't initiate conversation with a user";
  await expectRefusal(telegram, "sendMessage", { ...send, chat_id: 2 }, unstarted);
  await telegram.person(1).change({ blocked: true });
  const blocked = "Forbidden: bot was blocked by the user";
  for (const method of ["sendMessage", "sendChatAction"]) {
    await expectRefusal(telegram, method, { ...send, chat_id: 1, action: "typing" }, blocked);
  }
});

test.for<[object, string]>([
  [{ text: "  \n" }, "message text is empty"],
  [{}, "message text is empty"],
  [{ text: "x".repeat(4097) }, "message is too long"],
  [{ text: "x", reply_markup: keyboard({ callback_data: "é".repeat(33) }) }, "BUTTON_DATA_INVALID"],
  [{ text: "x", reply_markup: keyboard({ callback_data: "" }) }, nothingPressed],
  [
    { text: "x", reply_markup: keyboard({ url: "nowhere" }) },
    "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
  ],
  [
    { text: "x", reply_markup: keyboard({ copy_text: { text: "é".repeat(257) } }) },
    "BUTTON_COPY_TEXT_INVALID",
  ],
  [{ text: "x", reply_markup: { inline_keyboard: longKeyboard } }, "reply markup is too long"],
  [{ text: "é".repeat(16_385) }, "text is too long"],
  [{ text: "x", reply_markup: "{" }, "can't parse reply keyboard markup JSON object"],
  [{ text: "x", reply_markup: 5 }, "object expected as reply markup"],
  [{ text: "x", reply_parameters: { message_id: 99 } }, "message to be replied not found"],
  [{ text: "x", parse_mode: "XML" }, "unsupported parse_mode"],
  [{ text: "x", entities: "[" }, "can't parse entities: can't parse entities JSON object"],
])("sendMessage refuses %j: %s", async ([params, words]) => {
  const { telegram } = await startAll();
  await expectRefusal(telegram, "sendMessage", { chat_id: 1, ...params }, `Bad Request: ${words}`);
  expect(await telegram.person(1).chat()).toHaveLength(2);
});

test("4096 characters count without markup, and 64 bytes of button data pass", async () => {
  const { telegram } = await startAll();
  const text = `<b>${"x".repeat(4096)}</b>`;
  const reply_markup = keyboard({ callback_data: "é".repeat(32) });
  const params = { chat_id: 1, text, parse_mode: "HTML", reply_markup };
  expect(await telegram.call("sendMessage", params)).toMatchObject({
    result: { message_id: 3, entities: [{ type: "bold", length: 4096 }], reply_markup },
  });
});

test("parameters may come as JSON, as a form and in the query", async () => {
  const { telegram } = await startAll();
  const url = `${telegram.url}/bot${token}/SendMessage`;
  const form = new URLSearchParams({
    chat_id: "1",
    text: "form",
    reply_markup: JSON.stringify(keyboard({ callback_data: "a" })),
  });
  const answer = await (await fetch(url, { method: "POST", body: form })).json();
  expect(answer).toMatchObject({ ok: true, result: { text: "form" } });
  const byQuery = await ask<BotAnswer>(`${url}?chat_id=1&text=query&reply_to_message_id=2`);
  const replied = { message_id: 2, text: "said" };
  expect(byQuery).toMatchObject({ result: { text: "query", reply_to_message: replied } });
});

test("an edit changes what the person sees, and only the bot's own messages can be edited", async () => {
  const { telegram, said } = await startAll();
  const place = { chat_id: 1, message_id: said.message_id };
  const edited = await telegram.call<Message>("editMessageText", { ...place, text: "new" });
  expect(await telegram.person(1).chat()).toMatchObject([{}, { text: "new" }]);
  expect(edited.result.edit_date).toBeGreaterThanOrEqual(said.date);
  const same =
    "Bad Request: message is not modified: specified new message content and reply markup are " +
    "exactly the same as a current content and reply markup of the message";
  await expectRefusal(telegram, "editMessageText", { ...place, text: " new " }, same);
  await expectRefusal(telegram, "editMessageReplyMarkup", place, same);
  const edit = (message_id: number, words: string) =>
    expectRefusal(telegram, "editMessageText", { chat_id: 1, message_id, text: "x" }, words);
  await edit(99, "Bad Request: message to edit not found");
  await edit(1, "Bad Request: message can't be edited");
  const caption = "Bad Request: there is no caption in the message to edit";
  await expectRefusal(telegram, "editMessageCaption", { ...place, caption: "x" }, caption);
  const nameless = { chat_id: 1, text: "x" };
  const unnamed = "Bad Request: message identifier is not specified";
  await expectRefusal(telegram, "editMessageText", nameless, unnamed);
});

test("an edit adds a keyboard to a message and removes it", async () => {
  const { telegram } = await startAll();
  const place = { chat_id: 1, message_id: 2 };
  const reply_markup = keyboard({ callback_data: "a" });
  await telegram.call("editMessageReplyMarkup", { ...place, reply_markup });
  expect(await telegram.person(1).chat()).toMatchObject([{}, { text: "said", reply_markup }]);
  await telegram.call("editMessageText", { ...place, text: "said" });
  expect((await telegram.person(1).chat())[1]).not.toHaveProperty("reply_markup");
});

test("a reply keyboard is the person's to see and no part of the bot's message", async () => {
  const { telegram } = await startAll();
  const reply_markup = { keyboard: [[{ text: "A" }]], resize_keyboard: true };
  const params = { chat_id: 1, text: "x", reply_markup };
  expect((await telegram.call("sendMessage", params)).result).not.toHaveProperty("reply_markup");
  expect(await telegram.person(1).chat()).toMatchObject([{}, {}, { reply_markup }]);
});

test("a deleted message is gone for both", async () => {
  const { telegram } = await startAll();
  const place = { chat_id: 1, message_id: 2 };
  expect(await telegram.call("deleteMessage", place)).toMatchObject({ result: true });
  expect(await telegram.person(1).chat()).toHaveLength(1);
  const words = "Bad Request: message to delete not found";
  await expectRefusal(telegram, "deleteMessage", place, words);
});

test("a pressed button is answered once, an unknown one never", async () => {
  const { telegram } = await startAll();
  const reply_markup = keyboard({ callback_data: "a" });
  await telegram.call("sendMessage", { chat_id: 1, text: "x", reply_markup });
  const { callback_query_id } = await telegram.person(1).press(3, "a");
  const answer = { callback_query_id, text: "x".repeat(201) };
  await expectRefusal(telegram, "answerCallbackQuery", answer, "Bad Request: MESSAGE_TOO_LONG");
  const short = { ...answer, text: "x".repeat(200) };
  expect(await telegram.call("answerCallbackQuery", short)).toMatchObject({ result: true });
  const old = "Bad Request: query is too old and response timeout expired or query ID is invalid";
  await expectRefusal(telegram, "answerCallbackQuery", short, old);
  await expectRefusal(telegram, "answerCallbackQuery", { callback_query_id: "1" }, old);
});

async function upload(telegram: Telegram, method: string, fields: Record<string, string | File>) {
  const body = new FormData();
  for (const [key, value] of Object.entries({ chat_id: "1", ...fields })) body.set(key, value);
  const url = `${telegram.url}/bot${token}/${method}`;
  const answer = await fetch(url, { method: "POST", body });
  return (await answer.json()) as BotAnswer<Message>;
}

test("a file sent once can be sent again by its id, but not as another kind", async () => {
  const { telegram } = await startAll();
  const document = "attach://one";
  const sent = await upload(telegram, "sendDocument", {
    document,
    one: new File(["abc"], "a.txt"),
  });
  const file_id = sent.result.document?.file_id ?? "";
  expect(sent.result.document).toMatchObject({ mime_type: "text/plain", file_size: 3 });
  const again = await telegram.call("sendDocument", { chat_id: 1, document: file_id });
  expect(again).toMatchObject({ result: { document: { file_id, file_name: "a.txt" } } });
  const asPhoto = "Bad Request: can't use file of type Document as Photo";
  await expectRefusal(telegram, "sendPhoto", { chat_id: 1, photo: file_id }, asPhoto);
  const unknown = "Bad Request: wrong file identifier/HTTP URL specified";
  await expectRefusal(telegram, "sendPhoto", { chat_id: 1, photo: "unknown" }, unknown);
  const none = "Bad Request: there is no photo in the request";
  await expectRefusal(telegram, "sendPhoto", { chat_id: 1 }, none);
});

test("a picture has to be one, a file must hold something, a caption stays short", async () => {
  const { telegram } = await startAll();
  const refuse = async (method: string, fields: Record<string, string | File>) =>
    (await upload(telegram, method, fields)).description;
  expect(await refuse("sendPhoto", { photo: new File(["text"], "a.png") })).toBe(
    "Bad Request: IMAGE_PROCESS_FAILED",
  );
  expect(await refuse("sendDocument", { document: new File([], "a.txt") })).toBe(
    "Bad Request: file must be non-empty",
  );
  const photo = new File([Uint8Array.from(png)], "a.png");
  expect(await refuse("sendPhoto", { photo, caption: "x".repeat(1025) })).toBe(
    "Bad Request: message caption is too long",
  );
});

test("a wrong token is 401, an unknown method 404, broken and oversized bodies 400 and 413", async () => {
  const { url } = await startTelegram();
  const post = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", body, headers });
    return { status: answer.status, ...((await answer.json()) as BotAnswer) };
  };
  expect(await post("/bot1:WRONG/getMe", "{}")).toEqual({
    status: 401,
    ok: false,
    error_code: 401,
    description: "Unauthorized",
  });
  expect(await post(`/bot${token}/getNothing`, "{}")).toMatchObject({
    status: 404,
    error_code: 404,
  });
  expect(await post(`/bot${token}/getMe`, "{")).toMatchObject({ status: 400, ok: false });
  const large = JSON.stringify({ text: "x".repeat(1024 * 1024) });
  expect(await post(`/bot${token}/sendMessage`, large)).toMatchObject({ status: 413, ok: false });
  expect(await post("/person/1/messages", "[]")).toMatchObject({ status: 400 });
});

const agree = () => true;

test("two methods of one name are refused, as one of them would never be called", () => {
  expect([...collectMethods([{ getMe: agree }, { close: agree }]).keys()]).toEqual([
    "getme",
    "close",
  ]);
  const again = [{ getMe: agree }, { close: agree, getme: agree }];
  expect(() => collectMethods(again)).toThrow("getme");
});

test("what the bot says about itself is kept, per language and scope", async () => {
  const { call, url } = await startTelegram();
  const commands = [{ command: "help", description: "Help" }];
  const russian = [{ command: "help", description: "Помощь" }];
  await call("setMyCommands", { commands });
  await call("setMyCommands", { commands: russian, language_code: "ru" });
  expect(await call("getMyCommands", { language_code: "ru" })).toMatchObject({ result: russian });
  await ask(`${url}/person/3`, "PUT", { language_code: "ru" });
  expect(await ask(`${url}/person/3/commands`)).toEqual(russian);
  expect(await ask(`${url}/person/4/commands`)).toEqual(commands);
  await call("deleteMyCommands", { language_code: "ru" });
  expect(await ask(`${url}/person/3/commands`)).toEqual(commands);
  await call("setMyDescription", { description: "VPN" });
  const described = { result: { description: "VPN" } };
  expect(await call("getMyDescription", { language_code: "de" })).toMatchObject(described);
  await call("setChatMenuButton", { menu_button: { type: "default" } });
  expect(await call("getChatMenuButton")).toMatchObject({ result: { type: "default" } });
});
