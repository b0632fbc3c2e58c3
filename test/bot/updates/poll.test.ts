import { expect, inject, onTestFinished, test } from "vitest";
import { openReaders } from "../../../bot/readers.ts";
import { poll } from "../../../bot/updates/poll.ts";
import { ReadCache } from "../../../db/read-cache.ts";
import { telegramId } from "../../../domain/ids.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { gateTo, type IsolatedBot, makeBot } from "../isolated-bot.ts";

const app = useTestApp();

let lastPerson = 70_000;
const newId = () => (lastPerson += 1);

function polling(lone: IsolatedBot) {
  const intake = poll(lone.bot, lone.log);
  onTestFinished(() => intake.stop());
  return intake;
}

const opened = (id: number) => app.client.workflow.getHandle(`signup:${id}`).describe();

test("an update that Temporal could not take is kept, told about, and handled when Temporal is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const lone = await makeBot(app, { client: gate.client });
  gate.shut();
  polling(lone);
  const [eve, bob] = [lone.person(newId()), lone.person(newId())];
  await eve.become({ language_code: "ru" });
  await eve.send("/start");
  await eve.send("/help");
  await bob.send("/start");
  await eve.waitForMessage(/медленнее обычного/u);
  await bob.waitForMessage(/slower than usual/u);
  expect(await lone.pending()).toBe(3);
  await expect(opened(eve.id)).rejects.toThrow(/not found/u);
  // The first question, and that what she said is kept.
  expect(await eve.listTexts()).toHaveLength(2);

  gate.open();
  await eve.waitForMessage(/Нажмите \/start, чтобы попросить доступ/u);
  await eventually(async () => expect(await lone.pending()).toBe(0));
  await opened(eve.id);
  await opened(bob.id);
  expect((await eve.listTexts()).filter((text) => text.includes("медленнее"))).toHaveLength(1);
  expect(await lone.metric('bot_errors_total{error_type="Unavailable"')).toHaveLength(1);
}, 90_000);

test("of a hundred presses while Temporal is away those that are not kept are answered at once, the others when it is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const lone = await makeBot(app, { client: gate.client });
  polling(lone);
  const eve = lone.person(newId());
  await eve.send("/start");
  const { customers } = openReaders(app.books.em, new ReadCache(undefined));
  await eventually(async () => expect(await customers.find(telegramId(eve.id))).toBeDefined());
  await eve.send("/language");
  const { messageId, data } = await eve.button(/^language:ru$/u);
  gate.shut();
  const answers: (string | undefined)[] = [];
  const press = async () => void answers.push((await eve.press(messageId, data)).answer?.text);
  const first = press();
  await eventually(() => expect(lone.lines.join()).toContain("an update waits"));
  const pressing = [first, ...Array.from({ length: 99 }, press)];
  await eventually(() => expect(answers.length).toBeGreaterThanOrEqual(80));
  expect(answers).toEqual(answers.map(() => expect.stringMatching(/slower|Too fast/u)));
  gate.open();
  await Promise.all(pressing);
  await eventually(async () => expect(await lone.pending()).toBe(0));
}, 60_000);

test("whose answer has to wait holds up nobody else, and gets it", async () => {
  const lone = await makeBot(app);
  polling(lone);
  const [slow, quick] = [lone.person(newId()), lone.person(newId())];
  await slow.send("/start");
  await slow.button(/^captcha:1:/u);
  await quick.send("/start");
  await lone.fault({
    kind: "429",
    method: "sendMessage",
    chat_id: slow.id,
    retry_after: 3,
    times: 1,
  });
  await slow.send("/help");
  await slow.send("/terms");
  await quick.send("/terms");
  await quick.waitForMessage(/^Terms/u);
  expect(await slow.listTexts()).toHaveLength(1);
  await slow.waitForMessage(/^Terms/u);
  const [, first, second] = await slow.listTexts();
  expect([first, second]).toEqual([
    expect.stringContaining("Press /start"),
    expect.stringContaining("Terms"),
  ]);
  await eventually(async () => expect(await lone.pending()).toBe(0));
});

test.each([
  { kind: "500", times: 5 },
  { kind: "502", times: 3 },
  { kind: "drop-connection", times: 3 },
  { kind: "429", retry_after: 1, times: 2 },
])("an answer is not lost when Telegram answers $kind", async (fault) => {
  const lone = await makeBot(app);
  polling(lone);
  const eve = lone.person(newId());
  await eve.send("/start");
  await lone.fault({ method: "sendMessage", chat_id: eve.id, ...fault });
  await eve.send("/terms");
  await eve.waitForMessage(/^Terms/u);
  await eventually(async () => expect(await lone.pending()).toBe(0));
});

test("Telegram being away when the bot begins loses no update", async () => {
  const lone = await makeBot(app);
  await lone.fault({ kind: "500", method: "getMe", times: 2 });
  await lone.fault({ kind: "502", method: "getUpdates", times: 2 });
  const eve = lone.person(newId());
  await eve.send("/start");
  const intake = polling(lone);
  await eventually(async () => expect(await lone.pending()).toBe(0));
  await opened(eve.id);
  expect(intake.isConnected()).toBe(true);
});

test("stopping confirms what was handled and nothing else; the next start takes up the rest", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const lone = await makeBot(app, { client: gate.client });
  const intake = polling(lone);
  const [done, left] = [lone.person(newId()), lone.person(newId())];
  await done.send("/start");
  await eventually(async () => expect(await lone.pending()).toBe(0));
  await done.send("/terms");
  await done.waitForMessage(/^Terms/u);
  gate.shut();
  await left.send("/start");
  await left.send("/start again");
  await left.waitForMessage(/slower than usual/u);
  await intake.stop();
  expect(await lone.pending()).toBe(2);
  await expect(opened(left.id)).rejects.toThrow(/not found/u);

  gate.open();
  polling(lone);
  await eventually(async () => expect(await lone.pending()).toBe(0));
  await opened(left.id);
  expect((await done.listTexts()).filter((text) => text.startsWith("Terms"))).toHaveLength(1);
}, 90_000);

test("what Telegram gives twice, late or out of order is each handled, and each person's in order", async () => {
  const lone = await makeBot(app);
  const eve = lone.person(newId());
  await eve.send("/start");
  const from = { id: eve.id, is_bot: false, first_name: "Eve" };
  const chat = { id: eve.id, type: "private", first_name: "Eve" };
  const saying = (text: string, message_id: number) => ({
    message_id,
    date: 1_700_000_000,
    from,
    chat,
    text,
    entities: [{ type: "bot_command", offset: 0, length: text.length }],
  });
  for (const [update_id, text] of [
    [500_000_002, "/terms"],
    [500_000_001, "/support"],
    [500_000_002, "/terms"],
  ] as const) {
    await lone.inject({ update_id, message: saying(text, update_id % 100) });
  }
  polling(lone);
  await eventually(async () => expect(await lone.pending()).toBe(0));
  const heard = await eve.listTexts();
  const firstWords = heard
    .map((text) => text.slice(0, 5))
    .filter((words) => !words.startsWith("👋"));
  expect(firstWords).toEqual(["Terms", "Write"]);
});

test("two pollers, and a token that is none, are told to the operator with the remedy", async () => {
  const lone = await makeBot(app);
  polling(lone);
  await lone.person(newId()).send("/start");
  await eventually(async () => expect(await lone.pending()).toBe(0));
  await fetch(`${lone.emulatorUrl}/bot123456:TEST/getUpdates?timeout=1`);
  await eventually(() =>
    expect(lone.lines.join("")).toMatch(/409: another process polls this bot/u),
  );
  const wrong = await makeBot(app, { token: "123456:WRONG" });
  const intake = polling(wrong);
  await eventually(() => expect(wrong.lines.join("")).toMatch(/401: BOT_TOKEN is not valid/u));
  expect(intake.isConnected()).toBe(false);
  expect(wrong.lines.join("")).not.toContain("123456:WRONG");
});
