import type { Middleware } from "telegraf";
import type { BotContext } from "../context.ts";
import { answerPress, say } from "../request.ts";

/** Lets admins through; everybody else is told that this is not for them. */
export const adminsOnly: Middleware<BotContext> = async (context, next) => {
  if (context.customer?.role === "admin") return next();
  context.handler = "not-admin";
  if (context.callbackQuery === undefined)
    return say(context, context.texts.messaging.answer.unknownCommand);
  answerPress(context, context.texts.messaging.answer.notYours, true);
};
