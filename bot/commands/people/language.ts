import type { Composer } from "telegraf";
import { changeLanguage } from "../../../client/people.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { languageButton, languagesButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress, buttonMark, inPressed, requestIdOf } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onButton, onPage } from "../register.ts";

/** /language: the choice of language. */
export function addLanguage(bot: Composer<BotContext>, ports: BotPorts): void {
  onPage(bot, "language", languagesButton, choicePage);

  onButton(bot, languageButton, "language", async (context, { language }) => {
    if (context.customer === undefined) {
      return answerPress(context, context.texts.messaging.answer.pressStart, true);
    }
    const change = { telegramId: context.telegramId, language, ...inPressed(context) };
    await changeLanguage(ports.client, requestIdOf(context), change);
    answerPress(context, textsIn(language).people.language.name);
  });
}

/** A message that has shown the choice before shows new buttons: each choice is a request. */
function choicePage(context: BotContext): Page {
  const mark = context.callbackQuery === undefined ? {} : { mark: buttonMark() };
  const choices = languages.map((language) => ({
    text: textsIn(language).people.language.name,
    data: languageButton.data({ language, ...mark }),
  }));
  return withBack(context, { text: context.texts.people.language.choose, buttons: [choices] });
}
