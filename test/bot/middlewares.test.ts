import { expect, inject, onTestFinished, test } from "vitest";
import { type KeyValueStore, openMemory, openRedis } from "../../runtime/redis.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { gateTo, type IsolatedBot, makePollingBot, runsOf } from "./isolated-bot.ts";
import { devicesOf } from "./people.ts";

const app = useTestApp();

let lastPerson = 90_000;
const newId = () => (lastPerson += 1);

const waitUntilSettled = (isolated: IsolatedBot) =>
  eventually(async () => expect(await isolated.pending()).toBe(0));

function redis(url: string, isolated?: IsolatedBot): KeyValueStore {
  const { log } = isolated ?? { log: { warn: () => undefined, info: () => undefined } };
  const opened = openRedis(url, log as never);
  onTestFinished(() => opened.close());
  return opened;
}

const stores: [string, () => KeyValueStore][] = [
  ["this process", openMemory],
  ...(inject("redis") === undefined
    ? []
    : [["Redis", () => redis(inject("redis")!.url)] as [string, () => KeyValueStore]]),
];

test.each(stores)(
  "of a hundred /start in a second a few are handled, and the person is warned once (%s)",
  async (_, store) => {
    const isolated = await makePollingBot(app, { store: store() });
    const eve = isolated.person(newId());
    await Promise.all(Array.from({ length: 100 }, () => eve.send("/start")));
    await waitUntilSettled(isolated);
    const refusals = (await eve.listTexts()).filter((text) => text.includes("Too fast"));
    expect(refusals.length).toBeGreaterThanOrEqual(1);
    expect(refusals.length).toBeLessThanOrEqual(3);
    const passed = await isolated.metric('bot_messages_total{handler="start",status="ok"');
    const count = Number(passed[0]?.split(" ").at(-1));
    expect(count).toBeGreaterThanOrEqual(5);
    expect(count).toBeLessThanOrEqual(15);
    const bob = isolated.person(newId());
    await bob.send("/start");
    await bob.send("/terms");
    await bob.waitForMessage(/^Terms/u);
    await eventually(async () => expect(await runsOf(app, eve.id)).toBe(1));
  },
);

/** The throttle counts in windows of five seconds. */
const throttleWindow = () => Math.floor(Date.now() / 5_000);

test("a hundred presses at once are each answered, all but fifteen in five seconds with a request to slow down", async () => {
  const isolated = await makePollingBot(app, { store: openMemory() });
  const eve = isolated.person(newId());
  await eve.send("/start");
  await eve.send("/language");
  const { messageId } = await eve.button(/^language:en$/u);
  const first = throttleWindow();
  const answers = await Promise.all(
    // Presses without a handler: one that reaches a workflow takes longer.
    Array.from({ length: 100 }, () => eve.forgePress(messageId, "no such button")),
  );
  // A busy machine takes longer than one window.
  const windows = throttleWindow() - first + 1;
  const texts = answers.map(({ answer }) => answer?.text ?? "no answer");
  const slowed = texts.filter((text) => text.includes("Too fast")).length;
  expect(slowed).toBeGreaterThanOrEqual(100 - 15 * windows);
  expect(texts).not.toContain("no answer");
});

test("an update that waits counts once, however often it is tried", async () => {
  const counted: string[] = [];
  const increment = async (key: string) => counted.push(key);
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makePollingBot(app, {
    store: { ...openMemory(), increment },
    client: gate.client,
  });
  const eve = isolated.person(newId());
  gate.shut();
  await eve.send("/start");
  await eve.waitForMessage(/slower than usual/u);
  await eventually(() => {
    const tries = isolated.lines.filter((line) => line.includes("an update waits"));
    expect(tries.length).toBeGreaterThan(2);
  });
  gate.open();
  await waitUntilSettled(isolated);
  expect(counted).toHaveLength(1);
  for (const [name, label] of [
    ["bot_commands_total", 'command="start"'],
    ["bot_messages_total", 'handler="start",status="ok"'],
    ["bot_response_time_seconds_count", 'handler="start"'],
  ] as const) {
    expect(await isolated.metric(`${name}{`)).toEqual([
      expect.stringMatching(new RegExp(`[{,]${label}.* 1$`, "u")),
    ]);
  }
});

test("without Redis everything works, unthrottled", async () => {
  const away = redis(`redis://127.0.0.1:${await freePort()}`);
  const isolated = await makePollingBot(app, { store: away });
  const bob = await app.customer();
  const here = isolated.person(bob.id);
  await here.send("/start");
  for (let count = 0; count < 8; count += 1) await here.send("/terms");
  await eventually(async () =>
    expect((await here.listTexts()).filter((text) => text.startsWith("Terms"))).toHaveLength(8),
  );
  await here.send("/devices");
  await here.pressButton(/^device-open:/u);
  await here.pressButton(/^device-rename:/u);
  await here.waitForMessage(/Type a new name/u);
  await here.send("Without Redis");
  await eventually(async () =>
    expect(await devicesOf(app, bob)).toMatchObject([{ name: "Without Redis" }]),
  );
});

test("every metric is served at /metrics under its name", async () => {
  const isolated = await makePollingBot(app);
  const eve = isolated.person(newId());
  await eve.send("/start");
  await eve.send("/terms");
  await eve.send("/Terms");
  await eve.send("/unheard_of");
  await eve.send("hello");
  await waitUntilSettled(isolated);
  expect(await isolated.metric("bot_commands_total{")).toEqual([
    expect.stringMatching(/command="start".* 1$/u),
    expect.stringMatching(/command="terms".* 2$/u),
    expect.stringMatching(/command="unknown".* 1$/u),
  ]);
  expect(await isolated.metric("bot_messages_total{")).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/handler="start",status="ok".* 1$/u),
      expect.stringMatching(/handler="terms",status="ok"/u),
      expect.stringMatching(/handler="text",status="ok"/u),
    ]),
  );
  expect(await isolated.metric("bot_response_time_seconds_count{")).toContainEqual(
    expect.stringMatching(/handler="start".* 1$/u),
  );
  const active = await isolated.metric("bot_active_users{");
  expect(active.map((line) => /period="(\w+)".* (\d+)$/u.exec(line)?.slice(1))).toEqual([
    ["5m", "1"],
    ["1h", "1"],
    ["24h", "1"],
  ]);
  const help = (await isolated.metrics.registry.metrics()).match(/^# HELP bot_\w+/gmu);
  expect(help).toEqual(expect.arrayContaining(["# HELP bot_errors_total"]));
});

test.each(["en", "ru"])(
  "a handler that fails answers in the person's language and counts (%s)",
  async (language) => {
    const broken = {
      find: async () => ({ language, role: "customer", status: "active" }),
      listSubscriptions: async () => [],
      isWaiting: () => {
        throw new RangeError("a bug");
      },
    };
    const isolated = await makePollingBot(app, { customers: broken as never });
    const eve = await isolated.person(newId()).become({ language_code: language });
    await eve.send("/start");
    await eve.send("/devices");
    await eve.waitForMessage(language === "en" ? /Something went wrong/u : /что-то сломалось/u);
    await waitUntilSettled(isolated);
    expect(await isolated.metric('bot_errors_total{error_type="RangeError"')).toHaveLength(1);
    expect(
      await isolated.metric('bot_messages_total{handler="devices",status="error"'),
    ).toHaveLength(1);
    expect(isolated.lines.join("")).toContain("a bug");
  },
);

test("an update passes log, sender, language, throttle, metrics and command in this order", async () => {
  const order: string[] = [];
  const note = (what: string) => void order.push(what);
  const people = {
    find: async () => {
      note("customer");
      return { language: "ru", role: "customer", status: "active" };
    },
    listSubscriptions: async () => [],
    isWaiting: async () => {
      note("command");
      return false;
    },
  };
  const store = {
    ...openMemory(),
    increment: async () => {
      note("throttle");
      return 1;
    },
  };
  const isolated = await makePollingBot(app, { customers: people as never, store });
  const noteActive = isolated.metrics.noteActive.bind(isolated.metrics);
  isolated.metrics.noteActive = (person) => {
    note("metrics");
    noteActive(person);
  };
  const eve = isolated.person(newId());
  await eve.send("/start");
  await waitUntilSettled(isolated);
  order.length = 0;
  await eve.send("/devices");
  // In the customer's language, not in the phone's: setLanguage came after findSender.
  await eve.waitForMessage(/Добро пожаловать/u);
  await waitUntilSettled(isolated);
  expect(order).toEqual(["customer", "throttle", "metrics", "command"]);
  expect(isolated.lines.at(-1)).toContain('"handler":"devices"');
});
