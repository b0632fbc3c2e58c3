import type { Composer } from "telegraf";
import type { UnmatchedSeen } from "../../db/readers/money-desk.ts";
import { tidyName } from "../../domain/customer.ts";
import { telegramId } from "../../domain/ids.ts";
import type { GatewayName } from "../../domain/payment.ts";
import { escapeHtml, momentIn } from "../../texts/index.ts";
import { moneyIn } from "../../texts/money.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../context.ts";
import { answerPress, type Buttons, requestIdOf, say } from "../request.ts";
import { reading } from "../unavailable.ts";
import { adminsOnly } from "./admins-only.ts";
import { fitted, mostCharacters } from "./fitted.ts";

/** /unmatched and /give: whose is the money that nobody was asked for. The workflow decides once. */
export function addUnmatched(bot: Composer<BotContext>, ports: DialoguePorts): void {
  bot.command("unmatched", adminsOnly, async (context) => {
    context.handler = "unmatched";
    const open = await reading(ports.moneyDesk.unmatched());
    if (open.length === 0) return say(context, context.texts.unmatchedNone);
    await say(context, listOf(context, open), choices(context, open));
  });
  bot.action(/^ignore:([0-9a-f]{32})$/u, adminsOnly, async (context) => {
    context.handler = "ignore-unmatched";
    const { texts, language } = context;
    const money = await reading(ports.moneyDesk.openUnmatched(context.match[1] ?? ""));
    if (money === undefined) return answerPress(context, texts.unmatchedResolved.notOpen, true);
    await ports.dialogues.open(context.telegramId, "ignore", subjectOf(money));
    await answerPress(context);
    await context.reply(texts.askIgnoreReason(moneyIn(language, money.amount)), {
      parse_mode: "HTML",
      reply_markup: { force_reply: true, input_field_placeholder: texts.ignoreWord },
    });
  });
  addGiving(bot, ports);
  addReturning(bot, ports);
}

/** Money that leaves is asked for twice. */
function addReturning(bot: Composer<BotContext>, { moneyDesk, doors }: BotPorts): void {
  bot.action(/^return:([0-9a-f]{32})$/u, adminsOnly, async (context) => {
    context.handler = "return-unmatched";
    const { texts, language } = context;
    const key = context.match[1] ?? "";
    const money = await reading(moneyDesk.openUnmatched(key));
    if (money === undefined) return answerPress(context, texts.unmatchedResolved.notOpen, true);
    await answerPress(context);
    const yes = [[{ text: texts.confirmReturn, data: `return-yes:${key}` }]];
    await say(context, texts.askReturn(moneyIn(language, money.amount), money.gateway), yes);
  });
  bot.action(/^return-yes:([0-9a-f]{32})$/u, adminsOnly, async (context) => {
    context.handler = "return-unmatched";
    const { texts } = context;
    const money = await reading(moneyDesk.openUnmatched(context.match[1] ?? ""));
    if (money === undefined) return answerPress(context, texts.unmatchedResolved.notOpen, true);
    const { gateway, reference } = money;
    await doors.payments.unmatchedResolved({
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway,
      reference,
      what: { kind: "refund" },
    });
    await answerPress(context, texts.resolutionTaken);
  });
}

function addGiving(bot: Composer<BotContext>, { doors }: BotPorts): void {
  bot.command("give", adminsOnly, async (context) => {
    context.handler = "give-unmatched";
    const { texts } = context;
    const [, gateway, reference, digits] =
      /^([a-z0-9-]{1,16})\s+(\S{1,200})\s+(\d{1,16})$/u.exec(context.payload.trim()) ?? [];
    const number = Number(digits);
    if (gateway === undefined || reference === undefined || !Number.isSafeInteger(number)) {
      return say(context, texts.unmatchedHow);
    }
    if (number === 0) return say(context, texts.unmatchedResolved.noCustomer);
    await doors.payments.unmatchedResolved({
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway: gateway as GatewayName,
      reference,
      what: { kind: "give", customer: telegramId(number) },
    });
    await say(context, texts.resolutionTaken);
  });
}

/** The message after "Ignore" was pressed; false when nobody asked this admin for a reason. */
export async function takeReason(
  context: BotContext,
  text: string,
  { dialogues, doors }: DialoguePorts,
): Promise<boolean> {
  const reason = tidyName(text, "");
  if (!reason || context.customer?.role !== "admin") return false;
  const requestId = requestIdOf(context);
  const subject = await dialogues.claim(context.telegramId, "ignore", requestId);
  if (subject === undefined) return false;
  context.handler = "ignore-unmatched";
  const [gateway = "", ...rest] = subject.split(" ");
  await doors.payments.unmatchedResolved({
    requestId,
    by: context.telegramId,
    gateway: gateway as GatewayName,
    reference: rest.join(" "),
    what: { kind: "ignore", reason },
  });
  await say(context, context.texts.resolutionTaken);
  return true;
}

const subjectOf = ({ gateway, reference }: UnmatchedSeen): string => `${gateway} ${reference}`;

function listOf({ texts, language }: BotContext, open: readonly UnmatchedSeen[]): string {
  const lines = open.map((money, index) => {
    const amount = moneyIn(language, money.amount);
    const line = texts.unmatchedLine(index + 1, amount, momentIn(language, money.at));
    return `\n${line}\n<code>${escapeHtml(subjectOf(money))}</code>`;
  });
  const [title, how] = [texts.unmatchedTitle(open.length), `\n${texts.unmatchedHow}`];
  const shown = fitted(lines, mostCharacters - title.length - how.length - 2);
  return [title, ...shown, how].join("\n");
}

function choices({ texts, language }: BotContext, open: readonly UnmatchedSeen[]): Buttons {
  return open.map(({ key, amount, mayReturn }, index) => [
    { text: texts.ignoreUnmatched(index + 1, moneyIn(language, amount)), data: `ignore:${key}` },
    ...(mayReturn ? [{ text: texts.returnUnmatched(index + 1), data: `return:${key}` }] : []),
  ]);
}
