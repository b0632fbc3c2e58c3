import type { Middleware } from "telegraf";
import {
  balanceButton,
  cancelPaymentButton,
  helpButton,
  homeButton,
  paymentsButton,
  renewalButton,
  replyTicketButton,
} from "../../../domain/messaging/buttons.ts";
import { readSubscription } from "../../../domain/messaging/subscription-buttons.ts";
import {
  changeRenewalButton,
  languageButton,
  languagesButton,
  paySupportButton,
  privacyButton,
  supportButton,
  termsButton,
} from "../../buttons.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { commandIn } from "../../middlewares.ts";
import { answerPress, say, show } from "../../request.ts";
import { openBlockedHome } from "./blocked-home.ts";

const commands = new Set([
  "start",
  "help",
  "support",
  "paysupport",
  "terms",
  "privacy",
  "language",
  "balance",
  "payments",
  "renewal",
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
  balanceButton,
  paymentsButton,
  cancelPaymentButton,
  renewalButton,
];

/**
 * Leaves blocked people help, support, and the sight of their money: they buy nothing, but end what
 * is charged by itself. Anything else shows them that they are blocked.
 */
export const limitBlocked =
  (
    ports: Pick<BotPorts, "plans" | "payments" | "renewals" | "customers">,
  ): Middleware<BotContext> =>
  async (context, next) => {
    if (context.customer?.status !== "blocked" || isAllowed(context)) return next();
    context.handler = "blocked";
    const page = await openBlockedHome(context, ports);
    if (context.callbackQuery === undefined) return say(context, page.text, page.buttons);
    answerPress(context);
    await show(context, page.text, page.buttons);
  };

function isAllowed({ callbackQuery, text }: BotContext): boolean {
  const { data: pressed = "" } = (callbackQuery ?? {}) as { data?: string };
  const { data } = readSubscription(pressed);
  const change = changeRenewalButton.pattern.test(data) && changeRenewalButton.read(data);
  if (change) return change.act !== "resume";
  if (callbackQuery !== undefined) return buttons.some(({ pattern }) => pattern.test(data));
  return commands.has(commandIn(text) ?? "");
}
