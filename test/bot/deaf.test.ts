import { expect, inject, test } from "vitest";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { gateTo, type IsolatedBot, makeBot, startPolling } from "./isolated-bot.ts";

const app = useTestApp();

let lastPerson = 110_000;
const newId = () => (lastPerson += 1);

/** Asks for a page, and waits for the answer. */
async function ask(person: Person): Promise<void> {
  await person.send("/terms");
  await person.waitForMessage(/^Terms/u);
}

async function sendFromCrowd(isolated: IsolatedBot, size: number): Promise<Person[]> {
  const people = Array.from({ length: size }, () => isolated.person(newId()));
  for (const one of people) await one.send("/start");
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  return people;
}

test.each(["of the same person", "of a crowd"])(
  "behind a chat that Telegram answers 429 and 110 updates %s others are answered at once",
  async (whose) => {
    const isolated = await makeBot(app);
    startPolling(isolated);
    const [stuck, probe, ...others] = await sendFromCrowd(isolated, 57);
    const fault = { kind: "429", retry_after: 60, times: 1, method: "sendMessage" };
    await isolated.fault({ ...fault, chat_id: stuck!.id });
    await stuck!.send("/help");
    const senders = whose === "of the same person" ? [stuck!] : others;
    for (let count = 0; count < 110; count += 1) {
      await senders[count % senders.length]!.send(`/help ${count}`);
    }
    await ask(probe!);
    // Everything is confirmed, although an answer still waits.
    await eventually(async () => expect(await isolated.pending()).toBe(0));
    // The question before it got stuck.
    expect(await stuck!.listTexts()).toHaveLength(1);
    expect(await isolated.metric("bot_answers_waiting")).not.toContainEqual(
      expect.stringMatching(/ 0$/u),
    );
  },
  90_000,
);

test("a chat whose answers hang delays nobody else", async () => {
  const isolated = await makeBot(app);
  startPolling(isolated);
  const [stuck, probe, ...others] = await sendFromCrowd(isolated, 30);
  const fault = { kind: "timeout-after-success", hold_ms: 30_000, times: 1, method: "sendMessage" };
  await isolated.fault({ ...fault, chat_id: stuck!.id });
  for (let count = 0; count < 110; count += 1) {
    await (count % 2 === 0 ? stuck! : others[count % others.length]!).send("/help");
  }
  await ask(probe!);
  // The chat that hangs still waits.
  expect(await isolated.metric("bot_answers_waiting")).not.toContainEqual(
    expect.stringMatching(/ 0$/u),
  );
}, 90_000);

test("updates that wait for Temporal leave room for others, and are handled when it is back", async () => {
  const gate = await gateTo(inject("temporal").address, app.namespace);
  const isolated = await makeBot(app, { client: gate.client });
  startPolling(isolated);
  const probe = isolated.person(newId());
  await probe.send("/start");
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  gate.shut();
  const waiting = Array.from({ length: 130 }, () => isolated.person(newId()));
  for (const one of waiting) await one.send("/start");
  await waiting[0]!.waitForMessage(/taking longer than it should/u);
  await ask(probe);
  // Telegram still has most of them; the senders of confirmed ones were warned.
  expect(await isolated.pending()).toBeGreaterThanOrEqual(60);
  expect((await waiting.at(-1)!.listTexts()).join()).not.toMatch(/taking longer/u);
  gate.open();
  await eventually(async () => expect(await isolated.pending()).toBe(0));
  for (const { id } of [...waiting.slice(0, 5), ...waiting.slice(-5)]) {
    await eventually(() => app.client.workflow.getHandle(`signup:${id}`).describe());
  }
}, 120_000);
