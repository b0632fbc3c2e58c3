import type { Composer } from "telegraf";
import { changeLanguage } from "../../../client/people.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { languageButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress, buttonMark, requestIdOf, say, show } from "../../request.ts";
import { onButton, onCommand } from "../register.ts";

/** /language: the choice of language. */
export function addLanguage(bot: Composer<BotContext>, ports: BotPorts): void {
  onCommand(bot, "language", async (context) => {
    await say(context, context.texts.people.language.choose, [languageChoices()]);
  });

  onButton(bot, languageButton, "language", async (context, { language }) => {
    if (context.customer === undefined) {
      return answerPress(context, context.texts.messaging.answer.pressStart, true);
    }
    const change = { telegramId: context.telegramId, language };
    await changeLanguage(ports.client, requestIdOf(context), change);
    answerPress(context, textsIn(language).people.language.name);
    // New buttons, so that choosing the first language again is another request.
    await show(context, textsIn(language).people.language.choose, [
      languageChoices({ mark: buttonMark() }),
    ]);
  });
}

const languageChoices = (mark: { readonly mark?: string } = {}) =>
  languages.map((language) => {
    return {
      text: textsIn(language).people.language.name,
      data: languageButton.data({ language, ...mark }),
    };
  });
