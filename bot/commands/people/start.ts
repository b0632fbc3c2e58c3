import type { Composer } from "telegraf";
import { answerCaptcha, openSignup, reportJoined, reportReturn } from "../../../client/people.ts";
import { captchaButton, joinedButton } from "../../../domain/messaging/buttons.ts";
import { firstChallenge } from "../../../domain/people/captcha.ts";
import type { Customer } from "../../../domain/people/customer.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { instant } from "../../../domain/time.ts";
import { renderNotice } from "../../../texts/notices.ts";
import type { BotContext, BotPorts } from "../../context.ts";
import { profileOf } from "../../middlewares.ts";
import { answerPress, requestIdOf, say, sayNumbered } from "../../request.ts";
import { onButton, onCommand } from "../register.ts";
import { openHome } from "./home.ts";

const longestPayload = 64;

/** /start and the captcha: the way to becoming a customer. */
export function addStart(bot: Composer<BotContext>, ports: BotPorts): void {
  const { client } = ports;
  const strangers = new Strangers();
  /** An update that waited for Temporal and is handled again has been answered already. */
  const answered = new WeakSet<object>();
  onCommand(bot, "start", async (context, text) => {
    const payload = text.slice(0, longestPayload);
    const opened = { requestId: requestIdOf(context), profile: profileOf(context) };
    const isAnswered = hasHome(context.customer);
    if (isAnswered && !answered.has(context.update)) {
      answered.add(context.update);
      const page = await openHome(context, ports);
      await say(context, page.text, page.buttons);
    }
    const asked = await strangers.ask(context);
    await openSignup(client, {
      ...opened,
      ...(isAnswered ? { isAnswered } : {}),
      ...(payload ? { payload } : {}),
      ...(asked === undefined ? {} : { asked }),
    });
  });

  onButton(bot, captchaButton, "captcha", async (context, answer) => {
    const result = await answerCaptcha(client, context.telegramId, answer);
    if (result === "taken") return answerPress(context);
    answerPress(context, context.texts.people.captcha.over);
  });

  onButton(bot, joinedButton, "joined", async (context) => {
    const { telegramId, customer, texts } = context;
    const press = { requestId: requestIdOf(context) };
    const result =
      customer?.status === "active"
        ? await reportReturn(client, { ...press, telegramId })
        : await reportJoined(client, telegramId, press);
    if (result === "taken") return answerPress(context, texts.messaging.answer.working);
    answerPress(context, texts.messaging.answer.pressStart, true);
  });
}

/** Whether the home screen answers /start; the others are answered by their signup. */
const hasHome = (customer: Customer | undefined): boolean =>
  customer !== undefined &&
  (customer.status === "active" || customer.status === "blocked" || isStaff(customer.role));

/**
 * Asks people who are not in the database yet their first question at once, before their signup
 * starts in Temporal; those who work here are not asked. Where Telegram does not take it, the signup
 * asks.
 */
class Strangers {
  /** By update: one that waited for Temporal and is handled again has been asked already. */
  readonly #asked = new WeakMap<object, number>();

  /** Telegram's number of the question; undefined where none is known to have been sent. */
  async ask(context: BotContext): Promise<number | undefined> {
    const { customer, role, telegramId, language, zone, update } = context;
    if (customer !== undefined || isStaff(role)) return undefined;
    const known = this.#asked.get(update);
    if (known !== undefined) return known;
    const challenge = firstChallenge(telegramId);
    const { html, keyboard } = renderNotice(
      { language, zone },
      { kind: "captchaAsked", challenge },
      instant(new Date()),
    );
    const asked = await sayNumbered(context, html, keyboard ?? []);
    if (asked !== undefined) this.#asked.set(update, asked);
    return asked;
  }
}
