import type { Middleware } from "telegraf";
import { helpButton, homeButton, replyTicketButton } from "../../../domain/messaging/buttons.ts";
import {
  languageButton,
  languagesButton,
  paySupportButton,
  privacyButton,
  supportButton,
  termsButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { commandIn } from "../../middlewares.ts";
import { answerPress, say, show } from "../../request.ts";
import { blockedHome } from "./home-page.ts";

const commands = new Set([
  "start",
  "help",
  "support",
  "paysupport",
  "terms",
  "privacy",
  "language",
]);
const buttons = [
  homeButton,
  helpButton,
  supportButton,
  paySupportButton,
  replyTicketButton,
  termsButton,
  privacyButton,
  languagesButton,
  languageButton,
];

/** Leaves blocked people help and support alone; anything else shows them that they are blocked. */
export const limitBlocked: Middleware<BotContext> = async (context, next) => {
  if (context.customer?.status !== "blocked" || isAllowed(context)) return next();
  context.handler = "blocked";
  const page = blockedHome(context);
  if (context.callbackQuery === undefined) return say(context, page.text, page.buttons);
  answerPress(context);
  await show(context, page.text, page.buttons);
};

function isAllowed({ callbackQuery, text }: BotContext): boolean {
  const { data = "" } = (callbackQuery ?? {}) as { data?: string };
  if (callbackQuery !== undefined) return buttons.some(({ pattern }) => pattern.test(data));
  return commands.has(commandIn(text) ?? "");
}
