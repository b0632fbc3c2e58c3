import type { Composer } from "telegraf";
import { connectButton, helpButton } from "../../../domain/messaging/buttons.ts";
import { paySupportButton, supportButton, termsButton, troubleButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { type Page, withBack } from "../paging.ts";
import { onPage } from "../register.ts";

/** /help and /terms: advice and the rules; how to reach a person is in `support.ts`. */
export function addHelp(bot: Composer<BotContext>): void {
  onPage(bot, "help", helpButton, helpPage);
  onPage(bot, "terms", termsButton, (context) => {
    const { termsText: text } = context.texts.messaging.help;
    return withBack(context, { text, buttons: [] }, helpButton.data({}));
  });
}

/** The topics of help, for admins with their commands; those who have access can connect. */
function helpPage(context: BotContext): Page {
  const { texts, customer } = context;
  const { help } = texts.messaging;
  const connecting = [
    [{ text: help.howTo, data: connectButton.data({}) }],
    [{ text: help.fails, data: troubleButton.data({}) }],
  ];
  const buttons = [
    ...(customer?.status === "active" ? connecting : []),
    [{ text: help.payment, data: paySupportButton.data({}) }],
    [{ text: help.person, data: supportButton.data({}) }],
    [{ text: help.terms, data: termsButton.data({}) }],
  ];
  const text = customer?.role === "admin" ? `${help.title}\n\n${help.admin}` : help.title;
  return withBack(context, { text, buttons });
}
