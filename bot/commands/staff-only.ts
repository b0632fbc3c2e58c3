import type { Middleware } from "telegraf";
import { helpButton } from "../../domain/messaging/buttons.ts";
import { isStaff } from "../../domain/people/permissions.ts";
import type { BotContext } from "../context.ts";
import { may, needs, type StaffHandler } from "../permissions.ts";
import { answerPress, say } from "../request.ts";
import { sayToStaff } from "./paging.ts";

/**
 * Lets those through whose role allows what this handler does. The shop's other people read
 * that theirs does not, and everybody else that this is not for them.
 */
export const staffOnly =
  (handler: StaffHandler): Middleware<BotContext> =>
  async (context, next) => {
    if (may(context, needs[handler])) return next();
    const { notYourRole, notYours, unknownCommand } = context.texts.messaging.answer;
    const works = isStaff(context.customer?.role);
    context.handler = works ? "not-allowed" : "not-admin";
    if (context.callbackQuery === undefined) {
      if (works) return sayToStaff(context, notYourRole);
      const help = { text: context.texts.messaging.menu.help, data: helpButton.data({}) };
      return say(context, unknownCommand, [[help]]);
    }
    answerPress(context, works ? notYourRole : notYours, true);
  };
