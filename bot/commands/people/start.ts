import type { Composer } from "telegraf";
import { answerCaptcha, openSignup } from "../../../client/people.ts";
import { firstChallenge } from "../../../domain/people/captcha.ts";
import { renderNotice } from "../../../texts/notices.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { profileOf } from "../../middlewares.ts";
import { answerPress, requestIdOf, sayNumbered } from "../../request.ts";

const longestPayload = 64;

/** /start and the captcha: what a person does before they are a customer. */
export function addStart(bot: Composer<BotContext>, { client }: BotPorts): void {
  const strangers = new Strangers();
  bot.start(async (context) => {
    context.handler = "start";
    const payload = context.payload.slice(0, longestPayload);
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    const asked = await strangers.ask(context);
    await openSignup(client, {
      ...opened,
      ...(payload ? { payload } : {}),
      ...(asked === undefined ? {} : { asked }),
    });
  });

  bot.action(/^captcha:(\d{1,3}):([a-z]{1,20})$/u, async (context) => {
    context.handler = "captcha";
    const [, round = "", choice = ""] = context.match;
    const answer = { round: Number(round), choice };
    const taken = await answerCaptcha(client, context.telegramId, answer);
    if (taken === "taken") return answerPress(context);
    answerPress(context, context.texts.people.captcha.over, true);
  });
}

/**
 * Whom the books do not know yet is asked their first question at once, before Temporal is told of them. Where
 * Telegram does not take it their signup asks.
 */
class Strangers {
  /** By update: one that has to wait for Temporal, and comes again, has been asked. */
  readonly #asked = new WeakMap<object, number>();

  /** Telegram's number of the question; undefined: nobody was asked, as far as is known. */
  async ask(context: BotContext): Promise<number | undefined> {
    const { customer, telegramId, language, update } = context;
    if (customer !== undefined) return undefined;
    const known = this.#asked.get(update);
    if (known !== undefined) return known;
    const challenge = firstChallenge(telegramId);
    const { html, keyboard } = renderNotice(language, { kind: "captchaAsked", challenge });
    const asked = await sayNumbered(context, html, keyboard ?? []);
    if (asked !== undefined) this.#asked.set(update, asked);
    return asked;
  }
}
