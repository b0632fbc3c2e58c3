import type { Composer } from "telegraf";
import { changeLanguage } from "../../../client/people.ts";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { answerPress, buttonMark, requestIdOf, say, show } from "../../request.ts";

/** /help, /support, /paysupport, /terms and the choice of language. */
export function addInformation(bot: Composer<BotContext>, ports: BotPorts): void {
  bot.command("help", async (context) => {
    context.handler = "help";
    const { texts, customer } = context;
    const admin = customer?.role === "admin" ? texts.messaging.help.admin : "";
    const known = customer?.status === "active";
    await say(
      context,
      known ? `${texts.messaging.help.customer}${admin}` : texts.messaging.help.newcomer,
    );
  });

  bot.command("support", async (context) => {
    context.handler = "support";
    const { texts, telegramId } = context;
    const contact = ports.supportContact ?? texts.messaging.support.defaultContact;
    await say(
      context,
      `${texts.messaging.support.contact(contact)}\n${texts.messaging.support.yourNumber(telegramId)}`,
    );
  });

  bot.command("paysupport", async (context) => {
    context.handler = "paysupport";
    const { texts, telegramId } = context;
    const contact = ports.supportContact ?? texts.messaging.support.defaultContact;
    await say(
      context,
      `${texts.messaging.support.payment(contact)}\n${texts.messaging.support.yourNumber(telegramId)}`,
    );
  });

  bot.command("terms", async (context) => {
    context.handler = "terms";
    await say(context, context.texts.messaging.help.terms);
  });

  bot.command("language", async (context) => {
    context.handler = "language";
    await say(context, context.texts.people.language.choose, [languageChoices()]);
  });

  bot.action(
    new RegExp(`^language:(${languages.join("|")})(?::[0-9a-f]{8})?$`, "u"),
    async (context) => {
      context.handler = "language";
      if (context.customer === undefined) {
        return answerPress(context, context.texts.messaging.answer.pressStart, true);
      }
      const language = context.match[1] as Language;
      const change = { telegramId: context.telegramId, language };
      await changeLanguage(ports.client, requestIdOf(context), change);
      answerPress(context, textsIn(language).people.language.name);
      // Whoever changes their mind, and changes it back, finds other buttons here.
      await show(context, textsIn(language).people.language.choose, [
        languageChoices(`:${buttonMark()}`),
      ]);
    },
  );
}

const languageChoices = (mark = "") =>
  languages.map((language) => {
    return { text: textsIn(language).people.language.name, data: `language:${language}${mark}` };
  });
