import type { Composer } from "telegraf";
import type { BotContext, BotPorts } from "../../context.ts";
import { say } from "../../request.ts";
import { onCommand } from "../register.ts";

/** /help, /support, /paysupport and /terms: what the bot can do, and whom to write to. */
export function addHelp(bot: Composer<BotContext>, ports: BotPorts): void {
  onCommand(bot, "help", async (context) => {
    const { texts, customer } = context;
    const admin = customer?.role === "admin" ? texts.messaging.help.admin : "";
    const known = customer?.status === "active";
    await say(
      context,
      known ? `${texts.messaging.help.customer}${admin}` : texts.messaging.help.newcomer,
    );
  });

  onCommand(bot, "support", async (context) => {
    const { texts, telegramId } = context;
    const contact = ports.supportContact ?? texts.messaging.support.defaultContact;
    const { contact: contactLine, yourNumber } = texts.messaging.support;
    await say(context, `${contactLine(contact)}\n${yourNumber(telegramId)}`);
  });

  onCommand(bot, "paysupport", async (context) => {
    const { texts, telegramId } = context;
    const contact = ports.supportContact ?? texts.messaging.support.defaultContact;
    const { payment, yourNumber } = texts.messaging.support;
    await say(context, `${payment(contact)}\n${yourNumber(telegramId)}`);
  });

  onCommand(bot, "terms", async (context) => {
    await say(context, context.texts.messaging.help.terms);
  });
}
