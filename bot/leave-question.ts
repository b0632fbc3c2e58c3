import type { Middleware } from "telegraf";
import { bookTransactionButton } from "./buttons.ts";
import type { BotContext, DialoguePorts } from "./context.ts";
import { commandIn } from "./middlewares.ts";

/** Buttons that finish what was asked about. */
const ofQuestion = [bookTransactionButton];

/**
 * Any other button or command leaves an open question: what is typed after it is not its answer.
 * A button or a command that asks something itself opens its own question afterwards.
 */
export function leaveQuestion({ dialogues }: DialoguePorts): Middleware<BotContext> {
  return async ({ callbackQuery, text, telegramId }, next) => {
    const { data = "" } = (callbackQuery ?? {}) as { data?: string };
    const leaves =
      callbackQuery === undefined
        ? commandIn(text) !== undefined
        : !ofQuestion.some(({ pattern }) => pattern.test(data));
    if (leaves) await dialogues.leave(telegramId);
    await next();
  };
}
