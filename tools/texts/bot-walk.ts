import type { SampleAnswer, SampleBot } from "./sample-bot.ts";

/** One thing that a person has done, and what the bot has answered. */
export interface Step {
  /** The command, or the kind of button. */
  readonly name: string;
  /** The button's data; undefined: it was a message. */
  readonly data?: string;
  readonly answer: SampleAnswer;
}

/** A button by what it does, whatever it is about: ids, marks, numbers, currencies. */
export const kindOf = (data: string): string =>
  data
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, "<id>")
    .replaceAll(/:[0-9a-f]{32}(?=:|$)/gu, ":<key>")
    // Which currency comes first depends on the language, and with it the gateway.
    .replace(/^top-up-pay:[\w-]+/u, "top-up-pay:<gateway>")
    .replace(/^(top-up-\w+:(?:<gateway>:)?)[A-Z]{3,4}:\d+/u, "$1<currency>:<n>")
    .replaceAll(/:[0-9a-f]{8}(?=:|~|$)/gu, ":<mark>")
    .replaceAll(/:[A-Z]{3,4}(?=:|~|$)/gu, ":<currency>")
    .replaceAll(/:\d+/gu, ":<n>");

/** Where a walk begins: with what a person writes, and with buttons of pages that are gone. */
export interface WalkStart {
  readonly written: readonly string[];
  readonly pressed?: readonly string[];
}

/**
 * Writes and presses what is given, and then one button of each kind that the answers lead to; a
 * kind in `left` is not pressed.
 */
export async function walk(
  bot: SampleBot,
  { written, pressed = [] }: WalkStart,
  left?: RegExp,
): Promise<Step[]> {
  const steps: Step[] = [];
  const queue: string[] = [...pressed];
  const seen = new Set<string>();
  const add = (step: Step) => {
    steps.push(step);
    for (const data of step.answer.data) {
      if (seen.has(kindOf(data)) || left?.test(data) === true) continue;
      seen.add(kindOf(data));
      queue.push(data);
    }
  };
  for (const text of written) add({ name: text, answer: await bot.send(text) });
  for (let data = queue.shift(); data !== undefined; data = queue.shift()) {
    add({ name: kindOf(data), data, answer: await bot.press(data) });
  }
  return steps;
}
