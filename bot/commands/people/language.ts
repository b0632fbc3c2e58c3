import type { Composer } from "telegraf";
import { changeLanguage } from "../../../client/people.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { languageButton, languagesButton } from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress, buttonMark, requestIdOf, show } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";
import { onButton, onPage } from "../register.ts";

/** /language: the choice of language. */
export function addLanguage(bot: Composer<BotContext>, ports: BotPorts): void {
  onPage(bot, "language", languagesButton, (context) => choicePage(context, {}));

  onButton(bot, languageButton, "language", async (context, { language }) => {
    if (context.customer === undefined) {
      return answerPress(context, context.texts.messaging.answer.pressStart, true);
    }
    const change = { telegramId: context.telegramId, language };
    await changeLanguage(ports.client, requestIdOf(context), change);
    answerPress(context, textsIn(language).people.language.name);
    // New buttons, so that choosing the first language again is another request.
    const page = choicePage({ texts: textsIn(language) }, { mark: buttonMark() });
    await show(context, page.text, page.buttons);
  });
}

const choicePage = (context: Pick<BotContext, "texts">, mark: { readonly mark?: string }): Page =>
  withBack(context, {
    text: context.texts.people.language.choose,
    buttons: [languageChoices(mark)],
  });

const languageChoices = (mark: { readonly mark?: string }) =>
  languages.map((language) => {
    return {
      text: textsIn(language).people.language.name,
      data: languageButton.data({ language, ...mark }),
    };
  });
