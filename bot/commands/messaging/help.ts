import type { Composer } from "telegraf";
import { textFor } from "../../../domain/operations/shop-settings.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { escapeHtml } from "../../../texts/index.ts";
import { connectButton, helpButton } from "../../../domain/messaging/buttons.ts";
import {
  paySupportButton,
  privacyButton,
  supportButton,
  termsButton,
  troubleButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { type Page, withBack } from "../paging.ts";
import { onPage } from "../register.ts";

/** /help, /terms and /privacy: advice and the rules; how to reach a person is in `support.ts`. */
export function addHelp(bot: Composer<BotContext>): void {
  onPage(bot, "help", helpButton, helpPage);
  onPage(bot, "terms", termsButton, termsPage);
  onPage(bot, "privacy", privacyButton, privacyPage);
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
    [{ text: help.terms, data: termsButton.data({}) }, ...privacyOf(context)],
  ];
  const commands = customer?.role === "admin" ? help.admin : help.staff;
  const text = isStaff(customer?.role) ? `${help.title}\n\n${commands}` : help.title;
  return withBack(context, { text, buttons });
}

/** The button of the privacy text, where there is one. */
function privacyOf({ shop, texts, language }: BotContext) {
  const isThere = textFor(shop.privacy, language) !== undefined;
  return isThere ? [{ text: texts.messaging.help.privacy, data: privacyButton.data({}) }] : [];
}

/** The shop's own terms, or those that it comes with. */
function termsPage(context: BotContext): Page {
  const { shop, texts, language } = context;
  const { termsText, termsTitle } = texts.messaging.help;
  const own = textFor(shop.terms, language);
  const text = own === undefined ? termsText : `${termsTitle}\n${escapeHtml(own)}`;
  return withBack(context, { text, buttons: [] }, helpButton.data({}));
}

function privacyPage(context: BotContext): Page {
  const { shop, texts, language } = context;
  const { noPrivacy, privacyTitle } = texts.messaging.help;
  const own = textFor(shop.privacy, language);
  const text = own === undefined ? noPrivacy : `${privacyTitle}\n${escapeHtml(own)}`;
  const terms = { text: texts.messaging.help.terms, data: termsButton.data({}) };
  return withBack(context, { text, buttons: [[terms]] }, helpButton.data({}));
}
