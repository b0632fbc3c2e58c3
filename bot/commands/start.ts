import type { Composer } from "telegraf";
import type { BotContext, BotPorts } from "../context.ts";
import { profileOf } from "../middlewares.ts";
import { answerPress, requestIdOf } from "../request.ts";

const longestPayload = 64;

/** /start and the captcha: what a person does before they are a customer. */
export function addStart(bot: Composer<BotContext>, { doors }: BotPorts): void {
  bot.start(async (context) => {
    context.handler = "start";
    const payload = context.payload.slice(0, longestPayload);
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    await doors.opened({ ...opened, ...(payload ? { payload } : {}) });
  });

  bot.action(/^captcha:(\d{1,3}):([a-z]{1,20})$/u, async (context) => {
    context.handler = "captcha";
    const [, round = "", choice = ""] = context.match;
    const answer = { round: Number(round), choice };
    const taken = await doors.captchaAnswered(context.telegramId, answer);
    if (taken === "taken") return answerPress(context);
    answerPress(context, context.texts.captchaOver, true);
  });
}
