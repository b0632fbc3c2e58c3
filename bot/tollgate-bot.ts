import { Telegraf } from "telegraf";
import type { Answers } from "./answers.ts";
import { BotContext } from "./context.ts";

/** A bot whose answers are sent in the background: no update waits for Telegram. */
export class TollgateBot extends Telegraf<BotContext> {
  readonly answers: Answers;

  constructor({ token, apiRoot }: BotOptions, answers: Answers) {
    super(token, {
      contextType: BotContext,
      telegram: { apiRoot },
      // Every call of a handler has its own timeout; a timeout of the whole would lose the update.
      handlerTimeout: Number.POSITIVE_INFINITY,
    });
    this.answers = answers;
    this.context.answers = answers;
  }
}

/** How the bot reaches the Bot API. */
export interface BotOptions {
  readonly token: string;
  readonly apiRoot: string;
}
