import { Telegraf } from "telegraf";
import { message } from "telegraf/filters";
import type { Logger } from "../runtime/log.ts";
import { addAdmin } from "./commands/admin.ts";
import { addDevices, type DevicePorts, takeNewName } from "./commands/devices.ts";
import { addInformation } from "./commands/information.ts";
import { addStart } from "./commands/start.ts";
import { addUsage } from "./commands/usage.ts";
import { BotContext, type BotPorts } from "./context.ts";
import { Dialogues } from "./dialogues.ts";
import type { BotMetrics } from "./metrics.ts";
import { customer, locale, metrics, throttle, updateLog } from "./middlewares.ts";
import { answerPress, say } from "./request.ts";

export type TollgateBot = Telegraf<BotContext>;

export interface BotOptions {
  readonly token: string;
  readonly apiRoot: string;
}

/**
 * The bot as a composition of its middlewares and commands; it does nothing before it is given
 * updates.
 */
export function createBot(
  { token, apiRoot }: BotOptions,
  ports: BotPorts,
  { numbers, log }: { numbers: BotMetrics; log: Logger },
): TollgateBot {
  const dialogues = new Dialogues(ports.ephemeral);
  const bot = new Telegraf(token, {
    contextType: BotContext,
    telegram: { apiRoot },
    // Every call a handler makes has a time limit of its own; giving up on the whole would lose the
    // update.
    handlerTimeout: Number.POSITIVE_INFINITY,
  });
  bot.use(updateLog(log, numbers), customer(ports.people), locale, throttle(ports.ephemeral));
  bot.use(metrics(numbers, log));
  bot.on(message("text"), async ({ text }, next) => {
    const command = /^\/(\w{1,32})/u.exec(text)?.[1]?.toLowerCase();
    if (command !== undefined) {
      numbers.commands.inc({ command: known.has(command) ? command : "unknown" });
    }
    await next();
  });
  addStart(bot, ports);
  addDevices(bot, { ...ports, dialogues });
  addUsage(bot, ports);
  addInformation(bot, ports);
  addAdmin(bot, ports);
  addTheRest(bot, { ...ports, dialogues });
  bot.catch((error) => {
    throw error;
  });
  return bot;
}

export const customerCommands = [
  "start",
  "devices",
  "usage",
  "language",
  "help",
  "support",
  "terms",
] as const;

export const adminCommands = ["admin", "find", "extend"] as const;

const known = new Set<string>([...customerCommands, ...adminCommands]);

function addTheRest(bot: TollgateBot, ports: DevicePorts): void {
  bot.on(message("text"), async (context) => {
    context.handler = "text";
    const { texts, text } = context;
    if (!text.startsWith("/") && (await takeNewName(context, text, ports))) return;
    if (context.customer === undefined) return say(context, texts.pressStart);
    const reply = context.message.reply_to_message;
    await say(context, reply === undefined ? texts.unknownCommand : texts.renameForgotten);
  });
  bot.on("callback_query", async (context) => {
    context.handler = "unknown-button";
    await answerPress(context, context.texts.notYours, true);
  });
  bot.on("message", async (context) => {
    context.handler = "other-message";
    await say(context, context.texts.unknownCommand);
  });
}
