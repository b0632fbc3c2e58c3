import { expect, inject, onTestFinished, test } from "vitest";
import { poll } from "../../bot/updates/poll.ts";
import { eventually } from "../support/eventually.ts";
import type { Person } from "../support/person.ts";
import { useStage } from "../support/stage.ts";
import { gateTo, type LoneBot, makeBot } from "./lone-bot.ts";

const stage = useStage();

let lastPerson = 110_000;
const newId = () => (lastPerson += 1);

function polling(lone: LoneBot): void {
  const intake = poll(lone.bot, lone.log);
  onTestFinished(() => intake.stop());
}

/** How long it takes until this person is answered, in milliseconds. */
async function answerMs(person: Person): Promise<number> {
  const started = Date.now();
  await person.say("/terms");
  while (!(await person.heard()).some((text) => text.startsWith("Terms"))) {
    if (Date.now() - started > 20_000) throw new Error("nobody answers");
    await new Promise((tell) => setTimeout(tell, 20));
  }
  return Date.now() - started;
}

async function crowd(lone: LoneBot, size: number): Promise<Person[]> {
  const people = Array.from({ length: size }, () => lone.person(newId()));
  for (const one of people) await one.say("/start");
  await eventually(async () => expect(await lone.pending()).toBe(0));
  return people;
}

test.each(["of the same person", "of a crowd"])(
  "behind a chat that Telegram answers 429 and 110 updates %s others are answered at once",
  async (whose) => {
    const lone = await makeBot(stage);
    polling(lone);
    const [stuck, probe, ...others] = await crowd(lone, 57);
    const fault = { kind: "429", retry_after: 60, times: 1, method: "sendMessage" };
    await lone.fault({ ...fault, chat_id: stuck!.id });
    await stuck!.say("/help");
    const senders = whose === "of the same person" ? [stuck!] : others;
    for (let count = 0; count < 110; count += 1) {
      await senders[count % senders.length]!.say(`/help ${count}`);
    }
    expect(await answerMs(probe!)).toBeLessThan(1_000);
    // Everything is confirmed, though an answer still waits.
    await eventually(async () => expect(await lone.pending()).toBe(0));
    // The question that came before it was stuck.
    expect(await stuck!.heard()).toHaveLength(1);
    expect(await lone.metric("bot_answers_waiting")).not.toContainEqual(
      expect.stringMatching(/ 0$/u),
    );
  },
  90_000,
);

test("a chat whose answers hang holds up nobody else", async () => {
  const lone = await makeBot(stage);
  polling(lone);
  const [stuck, probe, ...others] = await crowd(lone, 30);
  const fault = { kind: "timeout-after-success", hold_ms: 30_000, times: 1, method: "sendMessage" };
  await lone.fault({ ...fault, chat_id: stuck!.id });
  for (let count = 0; count < 110; count += 1) {
    await (count % 2 === 0 ? stuck! : others[count % others.length]!).say("/help");
  }
  expect(await answerMs(probe!)).toBeLessThan(1_000);
}, 90_000);

test("what Temporal does not take leaves room for others, and is done when Temporal is back", async () => {
  const gate = await gateTo(inject("temporal").address, stage.namespace);
  const lone = await makeBot(stage, { client: gate.client });
  polling(lone);
  const probe = lone.person(newId());
  await probe.say("/start");
  await eventually(async () => expect(await lone.pending()).toBe(0));
  gate.shut();
  const waiting = Array.from({ length: 130 }, () => lone.person(newId()));
  for (const one of waiting) await one.say("/start");
  await waiting[0]!.hears(/taking longer than it should/u);
  expect(await answerMs(probe)).toBeLessThan(8_000);
  // Most is still with Telegram; what had to be confirmed was told to those who sent it.
  expect(await lone.pending()).toBeGreaterThanOrEqual(60);
  expect((await waiting.at(-1)!.heard()).join()).not.toMatch(/taking longer/u);
  gate.open();
  await eventually(async () => expect(await lone.pending()).toBe(0));
  for (const { id } of [...waiting.slice(0, 5), ...waiting.slice(-5)]) {
    await eventually(() => stage.client.workflow.getHandle(`signup:${id}`).describe());
  }
}, 120_000);
