import { expect, inject, test } from "vitest";
import { openReaders } from "../../../bot/readers.ts";
import { ReadCache } from "../../../db/read-cache.ts";
import { telegramId } from "../../../domain/ids.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { gateTo, makeBot, startPolling } from "../isolated-bot.ts";

const app = useTestApp();

let lastPerson = 70_000;
const newId = () => (lastPerson += 1);

const describeSignup = (id: number) => app.client.workflow.getHandle(`signup:${id}`).describe();

test("an update that Temporal could not take is kept, its sender is told, and it is handled when Temporal is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makeBot(app, { client: gate.client });
  gate.shut();
  startPolling(isolated);
  const eve = isolated.person(newId());
  const bob = isolated.person(newId());
  await eve.become({ language_code: "ru" });
  await eve.send("/start");
  await eve.send("/help");
  await bob.send("/start");
  await eve.waitForMessage(/медленнее обычного/u);
  await bob.waitForMessage(/slower than usual/u);
  expect(await isolated.pending()).toBe(3);
  await expect(describeSignup(eve.id)).rejects.toThrow(/not found/u);
  // The first question, and the notice that her message is kept.
  expect(await eve.listTexts()).toHaveLength(2);

  gate.open();
  await eve.waitForMessage(/Чем помочь/u);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await describeSignup(eve.id);
  await describeSignup(bob.id);
  expect((await eve.listTexts()).filter((text) => text.includes("медленнее"))).toHaveLength(1);
  expect(await isolated.metric('bot_errors_total{error_type="Unavailable"')).toHaveLength(1);
}, 90_000);

test("of a hundred presses while Temporal is unreachable the dropped ones are answered at once, the others when it is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makeBot(app, { client: gate.client });
  startPolling(isolated);
  const eve = isolated.person(newId());
  await eve.send("/start");
  const { customers } = openReaders(app.books.em, new ReadCache(undefined));
  await eventually(async () => expect(await customers.find(telegramId(eve.id))).toBeDefined());
  await eve.send("/language");
  const { messageId, data } = await eve.button(/^language:ru$/u);
  gate.shut();
  const answers: (string | undefined)[] = [];
  const press = async () => void answers.push((await eve.press(messageId, data)).answer?.text);
  const first = press();
  await eventually(() => expect(isolated.lines.join()).toContain("an update waits"));
  const pressing = [first, ...Array.from({ length: 99 }, press)];
  await eventually(() => expect(answers.length).toBeGreaterThanOrEqual(80));
  expect(answers).toEqual(answers.map(() => expect.stringMatching(/slower|Too fast/u)));
  gate.open();
  await Promise.all(pressing);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
}, 60_000);

test("a person whose answer waits delays nobody else, and gets it", async () => {
  const isolated = await makeBot(app);
  startPolling(isolated);
  const slow = isolated.person(newId());
  const quick = isolated.person(newId());
  await slow.send("/start");
  await slow.button(/^captcha:1:/u);
  await quick.send("/start");
  await isolated.fault({
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
    expect.stringContaining("How can we help"),
    expect.stringContaining("Terms"),
  ]);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
});

test.each([
  { kind: "500", times: 5 },
  { kind: "502", times: 3 },
  { kind: "drop-connection", times: 3 },
  { kind: "429", retry_after: 1, times: 2 },
])("an answer is not lost when Telegram answers $kind", async (fault) => {
  const isolated = await makeBot(app);
  startPolling(isolated);
  const eve = isolated.person(newId());
  await eve.send("/start");
  await isolated.fault({ method: "sendMessage", chat_id: eve.id, ...fault });
  await eve.send("/terms");
  await eve.waitForMessage(/^Terms/u);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
});

test("Telegram being unreachable at the start loses no update", async () => {
  const isolated = await makeBot(app);
  await isolated.fault({ kind: "500", method: "getMe", times: 2 });
  await isolated.fault({ kind: "502", method: "getUpdates", times: 2 });
  const eve = isolated.person(newId());
  await eve.send("/start");
  const source = startPolling(isolated);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await describeSignup(eve.id);
  expect(source.isConnected()).toBe(true);
});

test("stopping confirms what was handled and nothing else; the next start handles the rest", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makeBot(app, { client: gate.client });
  const source = startPolling(isolated);
  const done = isolated.person(newId());
  const left = isolated.person(newId());
  await done.send("/start");
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await done.send("/terms");
  await done.waitForMessage(/^Terms/u);
  gate.shut();
  await left.send("/start");
  await left.send("/start again");
  await left.waitForMessage(/slower than usual/u);
  await source.stop();
  expect(await isolated.pending()).toBe(2);
  await expect(describeSignup(left.id)).rejects.toThrow(/not found/u);

  gate.open();
  startPolling(isolated);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await describeSignup(left.id);
  expect((await done.listTexts()).filter((text) => text.startsWith("Terms"))).toHaveLength(1);
}, 90_000);

test("repeated, late or unordered updates are each handled, and each person's in order", async () => {
  const isolated = await makeBot(app);
  const eve = isolated.person(newId());
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
    await isolated.inject({ update_id, message: saying(text, update_id % 100) });
  }
  startPolling(isolated);
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  const received = await eve.listTexts();
  const firstWords = received
    .map((text) => text.slice(0, 5))
    .filter((words) => !words.startsWith("👋"));
  expect(firstWords).toEqual(["Terms", "Write"]);
});

test("two pollers, and an invalid token, are logged with the remedy", async () => {
  const isolated = await makeBot(app);
  startPolling(isolated);
  await isolated.person(newId()).send("/start");
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  await fetch(`${isolated.emulatorUrl}/bot123456:TEST/getUpdates?timeout=1`);
  await eventually(() =>
    expect(isolated.lines.join("")).toMatch(/409: another process polls this bot/u),
  );
  const wrong = await makeBot(app, { token: "123456:WRONG" });
  const source = startPolling(wrong);
  await eventually(() => expect(wrong.lines.join("")).toMatch(/401: BOT_TOKEN is not valid/u));
  expect(source.isConnected()).toBe(false);
  expect(wrong.lines.join("")).not.toContain("123456:WRONG");
});
