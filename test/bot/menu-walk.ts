import { expect } from "vitest";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { type Person, wordsOf } from "../drivers/person.ts";
import type { TestApp } from "../drivers/test-app.ts";

/** The limits of Telegram, and ours for a label. */
const mostCharacters = 4_096;
const mostCaptionCharacters = 1_024;
const mostLabelCharacters = 30;

interface Found {
  readonly messageId: number;
  readonly data: string;
}

/** A button by what it does, whatever it is about: ids, marks and numbers differ each time. */
export const kindOf = (data: string): string =>
  data
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, "<id>")
    .replaceAll(/:[0-9a-f]{8}(?=:|~|$)/gu, ":<mark>")
    .replaceAll(/:\d+/gu, ":<n>")
    // One of several subscriptions is like another; a new one is not.
    .replaceAll(/~[1-9]\d*$/gu, "~<n>");

const keysOf = ({ reply_markup: markup }: Message) => (markup?.inline_keyboard ?? []).flat();

/** What is wrong with a message, whoever reads it. */
function problemsOf(message: Message): string[] {
  const words = wordsOf(message);
  const most = message.text === undefined ? mostCaptionCharacters : mostCharacters;
  const labels = keysOf(message).map(({ text }) => text);
  return [
    ...(words.length > most ? [`${words.length} characters: ${words.slice(0, 40)}`] : []),
    ...(/went wrong|сломалось|\bundefined\b|\bNaN\b|\[object/u.test(words) ? [words] : []),
    ...labels.filter((label) => Array.from(label).length > mostLabelCharacters),
  ];
}

/** What the bot has shown in a chat since then: its calls, whether or not they changed anything. */
async function countShown({ app, person }: Walk, sinceMs: number): Promise<number> {
  const answer = await fetch(`${app.emulatorUrl}/control/calls?since=${sinceMs}`);
  const calls = (await answer.json()) as Call[];
  const shows = /^(?:send|editMessage)/u;
  return calls.filter(({ method, chat_id: to }) => to === person.id && shows.test(method)).length;
}

interface Call {
  readonly method: string;
  readonly chat_id?: number;
}

/** Who walks, and where. */
interface Walk {
  readonly person: Person;
  readonly app: Pick<TestApp, "emulatorUrl" | "metrics">;
}

/** How many updates the bot has handled. */
async function countHandled({ app }: Walk): Promise<number> {
  const { values } = await app.metrics.messages.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** Waits until the bot has handled more than so many updates, and Telegram has all of its answers. */
const waitUntilAnswered = (walk: Walk, before: number) =>
  eventually(async () => {
    expect(await countHandled(walk)).toBeGreaterThan(before);
    const waiting = await walk.app.metrics.registry.getSingleMetric("bot_answers_waiting")?.get();
    expect(waiting?.values.map(({ value }) => value)).toEqual([0]);
  });

/**
 * Presses one button of each kind that can be reached from the messages of a chat after /start, and
 * returns the kinds. A kind in `left` is not pressed.
 * @throws AssertionError where a press is not answered, ends in an error, leads nowhere, or shows
 * what Telegram would not take.
 */
export async function walkMenu(walk: Walk, left: RegExp): Promise<ReadonlySet<string>> {
  const { person } = walk;
  const seen = new Set<string>();
  const queue: Found[] = [];
  const collect = async () => {
    for (const message of await person.chat()) {
      expect(problemsOf(message)).toEqual([]);
      for (const { callback_data: data } of keysOf(message)) {
        if (data === undefined || seen.has(kindOf(data)) || left.test(data)) continue;
        seen.add(kindOf(data));
        queue.push({ messageId: message.message_id, data });
      }
    }
  };
  const sinceMs = Date.now();
  const before = await countShown(walk, sinceMs);
  const handled = await countHandled(walk);
  await person.send("/start");
  await eventually(async () => expect(await countShown(walk, sinceMs)).toBeGreaterThan(before));
  await waitUntilAnswered(walk, handled);
  await collect();
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    await press(walk, next);
    await collect();
  }
  return seen;
}

async function press(walk: Walk, { messageId, data }: Found): Promise<void> {
  const { person } = walk;
  const sinceMs = Date.now();
  const before = await countShown(walk, sinceMs);
  const handled = await countHandled(walk);
  // The page may have been turned meanwhile, as when somebody goes back: the button still works.
  const { answer } = await person.forgePress(messageId, data);
  expect(answer, `${data} is not answered`).toBeDefined();
  expect(failures, `${data} fails: ${answer?.text}`).not.toContain(answer?.text);
  if (answer?.text) return;
  await eventually(async () =>
    expect(await countShown(walk, sinceMs), `${data} shows nothing`).toBeGreaterThan(before),
  );
  // What was shown may have come late from the press before, or from a workflow.
  await waitUntilAnswered(walk, handled);
  const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
  expect(page && leadsOn(page), `${data} is a dead end`).toBe(true);
}

/** What an answer to a press that nothing handles, or whose handler has failed, says. */
const failures = (["en", "ru"] as const).flatMap((language) => {
  const { answer } = textsIn(language).messaging;
  return [answer.failed, answer.oldButton, answer.notYours, answer.notYourRole];
});

/** Whether there is something to do next: a button, or a file to open. */
const leadsOn = (message: Message): boolean =>
  keysOf(message).length > 0 || message.document !== undefined || message.photo !== undefined;
