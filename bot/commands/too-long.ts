import { lengthBeyond } from "../../domain/people/customer.ts";
import type { BotContext, DialoguePorts } from "../context.ts";
import type { Topic } from "../dialogues.ts";
import { ask } from "../request.ts";

/** What somebody wrote, and what for. */
interface Written {
  readonly topic: Topic;
  readonly text: string;
  /** How many characters are kept. */
  readonly longest: number;
}

/**
 * Says how long an answer may be and asks again: the question stays open, and what was typed is
 * still in the chat. False where this person was not asked for it.
 */
export async function refuseTooLong(
  context: BotContext,
  { dialogues }: Pick<DialoguePorts, "dialogues">,
  { topic, text, longest }: Written,
): Promise<boolean> {
  if ((await dialogues.find(context.telegramId, topic)) === undefined) return false;
  context.handler = "too-long";
  const { tooLong, shorter } = context.texts.messaging.input;
  await ask(context, tooLong(lengthBeyond(text, longest) ?? longest, longest), shorter);
  return true;
}
