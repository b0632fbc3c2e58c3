import { Telegraf } from "telegraf";
import { message } from "telegraf/filters";
import type { Logger } from "../runtime/log.ts";
import { Answers } from "./answers.ts";
import { addDevices, takeNewName } from "./commands/access/devices.ts";
import { addUsage } from "./commands/access/usage.ts";
import { addAdminPayments } from "./commands/payments/admin-payments.ts";
import { addPayments } from "./commands/payments/payments.ts";
import { addPlans } from "./commands/payments/plans.ts";
import { addRefunds } from "./commands/payments/refunds.ts";
import { addStars } from "./commands/payments/stars.ts";
import { addUnmatched, takeReason } from "./commands/payments/unmatched.ts";
import { addAdmin } from "./commands/people/admin.ts";
import { addInformation } from "./commands/people/information.ts";
import { addStart } from "./commands/people/start.ts";
import { BotContext, type BotPorts, type DialoguePorts } from "./context.ts";
import { Dialogues } from "./dialogues.ts";
import type { BotMetrics } from "./metrics.ts";
import {
  commandCount,
  customer,
  locale,
  metrics,
  onlyPrivate,
  throttle,
  updateLog,
} from "./middlewares.ts";
import { answerPress, say } from "./request.ts";

/** A bot that answers beside its updates: none of them waits for Telegram. */
export class TollgateBot extends Telegraf<BotContext> {
  readonly answers: Answers;

  constructor({ token, apiRoot }: BotOptions, answers: Answers) {
    super(token, {
      contextType: BotContext,
      telegram: { apiRoot },
      // Every call a handler makes has a time limit of its own; giving up on the whole would lose the
      // update.
      handlerTimeout: Number.POSITIVE_INFINITY,
    });
    this.answers = answers;
    this.context.answers = answers;
  }
}

export interface BotOptions {
  readonly token: string;
  readonly apiRoot: string;
}

/**
 * The bot as a composition of its middlewares and commands; it does nothing before it is given
 * updates.
 */
export function createBot(
  options: BotOptions,
  ports: BotPorts,
  { numbers, log }: { numbers: BotMetrics; log: Logger },
): TollgateBot {
  const dialogues = new Dialogues(ports.ephemeral);
  const bot = new TollgateBot(options, new Answers(log, numbers));
  const counted = metrics(numbers, log);
  bot.use(updateLog(log, numbers));
  addStars(bot, ports, counted);
  bot.use(onlyPrivate, customer(ports.customers, ports.client), locale);
  bot.use(throttle(ports.ephemeral), counted);
  bot.on(message("text"), commandCount(numbers, known));
  addStart(bot, ports);
  addPlans(bot, ports);
  addPayments(bot, ports);
  addDevices(bot, { ...ports, dialogues });
  addUsage(bot, ports);
  addInformation(bot, ports);
  addAdmin(bot, ports);
  addAdminPayments(bot, ports);
  addRefunds(bot, ports);
  addUnmatched(bot, { ...ports, dialogues });
  addTheRest(bot, { ...ports, dialogues });
  bot.catch((error) => {
    throw error;
  });
  return bot;
}

export const customerCommands = [
  "start",
  "plans",
  "devices",
  "usage",
  "payments",
  "balance",
  "language",
  "help",
  "support",
  "paysupport",
  "terms",
] as const;

export const adminCommands = [
  "admin",
  "find",
  "extend",
  "payment",
  "refund",
  "unmatched",
  "give",
] as const;

const known = new Set<string>([...customerCommands, ...adminCommands]);

/**
 * What a person can send beside text. A message with none of it is Telegram's own word about the chat: pinned,
 * a timer, a gift, a topic, and whatever there will be.
 */
const sentByPeople = [
  "animation",
  "audio",
  "checklist",
  "contact",
  "dice",
  "document",
  "game",
  "location",
  "paid_media",
  "photo",
  "poll",
  "sticker",
  "story",
  "venue",
  "video",
  "video_note",
  "voice",
] as const;

function addTheRest(bot: TollgateBot, ports: DialoguePorts): void {
  bot.on(message("text"), async (context) => {
    context.handler = "text";
    const { texts, text } = context;
    const isAnswer = !text.startsWith("/");
    if (isAnswer && (await takeNewName(context, text, ports))) return;
    if (isAnswer && (await takeReason(context, text, ports))) return;
    if (context.customer === undefined) return say(context, texts.messaging.answer.pressStart);
    const reply = context.message.reply_to_message;
    await say(
      context,
      reply === undefined
        ? texts.messaging.answer.unknownCommand
        : texts.access.device.renameForgotten,
    );
  });
  bot.on("callback_query", async (context) => {
    context.handler = "unknown-button";
    answerPress(context, context.texts.messaging.answer.notYours, true);
  });
  bot.on("message", async (context) => {
    const isSent = sentByPeople.some((kind) => kind in context.message);
    context.handler = isSent ? "other-message" : "service-message";
    if (isSent) await say(context, context.texts.messaging.answer.unknownCommand);
  });
}
