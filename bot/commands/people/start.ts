import type { Composer } from "telegraf";
import { answerCaptcha, openSignup } from "../../../client/people.ts";
import { captchaButton } from "../../../domain/messaging/buttons.ts";
import { firstChallenge } from "../../../domain/people/captcha.ts";
import { renderNotice } from "../../../texts/notices.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { profileOf } from "../../middlewares.ts";
import { answerPress, requestIdOf, sayNumbered } from "../../request.ts";
import { onButton, onCommand } from "../register.ts";

const longestPayload = 64;

/** /start and the captcha: the way to becoming a customer. */
export function addStart(bot: Composer<BotContext>, { client }: BotPorts): void {
  const strangers = new Strangers();
  onCommand(bot, "start", async (context, text) => {
    const payload = text.slice(0, longestPayload);
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    const asked = await strangers.ask(context);
    await openSignup(client, {
      ...opened,
      ...(payload ? { payload } : {}),
      ...(asked === undefined ? {} : { asked }),
    });
  });

  onButton(bot, captchaButton, "captcha", async (context, answer) => {
    const result = await answerCaptcha(client, context.telegramId, answer);
    if (result === "taken") return answerPress(context);
    answerPress(context, context.texts.people.captcha.over, true);
  });
}

/**
 * Asks people who are not in the database yet their first question at once, before their signup
 * starts in Temporal. Where Telegram does not take it, the signup asks.
 */
class Strangers {
  /** By update: one that waited for Temporal and is handled again has been asked already. */
  readonly #asked = new WeakMap<object, number>();

  /** Telegram's number of the question; undefined where none is known to have been sent. */
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
