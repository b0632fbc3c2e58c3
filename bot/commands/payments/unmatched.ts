import type { Composer } from "telegraf";
import { resolveUnmatched } from "../../../client/payments.ts";
import type { UnmatchedCharge } from "../../../db/queries/payments/unmatched.ts";
import { telegramId } from "../../../domain/ids.ts";
import type { GatewayName } from "../../../domain/payments/payment.ts";
import { tidyName } from "../../../domain/people/customer.ts";
import { escapeHtml, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, ask, requestIdOf, say, show } from "../../request.ts";
import { adminsOnly } from "../admins-only.ts";
import { type Entry, mostListed, type Page, pageOf } from "../paging.ts";

/** /unmatched and /give: whose is the money that nobody was asked for. The workflow decides once. */
export function addUnmatched(bot: Composer<BotContext>, ports: DialoguePorts): void {
  bot.command("unmatched", adminsOnly, async (context) => {
    context.handler = "unmatched";
    const page = unmatchedPage(context, await orUnavailable(ports.unmatched.open(mostListed)));
    await say(context, page.text, page.buttons);
  });
  bot.action(/^unmatched:(\d{1,4})$/u, adminsOnly, async (context) => {
    context.handler = "unmatched";
    const open = await orUnavailable(ports.unmatched.open(mostListed));
    const page = unmatchedPage(context, open, Number(context.match[1]));
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  bot.action(/^ignore:([0-9a-f]{32})$/u, adminsOnly, async (context) => {
    context.handler = "ignore-unmatched";
    const { texts, language } = context;
    const money = await orUnavailable(ports.unmatched.find(context.match[1] ?? ""));
    if (money === undefined)
      return answerPress(context, texts.payments.unmatchedResolved.notOpen, true);
    await ports.dialogues.open(context.telegramId, "ignore", subjectOf(money));
    answerPress(context);
    await ask(
      context,
      texts.payments.unmatched.askReason(moneyIn(language, money.amount)),
      texts.payments.unmatched.reasonField,
    );
  });
  addGiving(bot, ports);
  addReturning(bot, ports);
}

/** Money that leaves is asked for twice. */
function addReturning(bot: Composer<BotContext>, { unmatched, client }: BotPorts): void {
  bot.action(/^return:([0-9a-f]{32})$/u, adminsOnly, async (context) => {
    context.handler = "return-unmatched";
    const { texts, language } = context;
    const key = context.match[1] ?? "";
    const money = await orUnavailable(unmatched.find(key));
    if (money === undefined)
      return answerPress(context, texts.payments.unmatchedResolved.notOpen, true);
    answerPress(context);
    const yes = [[{ text: texts.payments.unmatched.yesReturn, data: `return-yes:${key}` }]];
    await say(
      context,
      texts.payments.unmatched.askReturn(moneyIn(language, money.amount), money.gateway),
      yes,
    );
  });
  bot.action(/^return-yes:([0-9a-f]{32})$/u, adminsOnly, async (context) => {
    context.handler = "return-unmatched";
    const { texts } = context;
    const money = await orUnavailable(unmatched.find(context.match[1] ?? ""));
    if (money === undefined)
      return answerPress(context, texts.payments.unmatchedResolved.notOpen, true);
    const { gateway, reference } = money;
    await resolveUnmatched(client, {
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway,
      reference,
      what: { kind: "refund" },
    });
    answerPress(context, texts.payments.unmatched.taken);
  });
}

function addGiving(bot: Composer<BotContext>, { client }: BotPorts): void {
  bot.command("give", adminsOnly, async (context) => {
    context.handler = "give-unmatched";
    const { texts } = context;
    const [, gateway, reference, digits] =
      /^([a-z0-9-]{1,16})\s+(\S{1,200})\s+(\d{1,16})$/u.exec(context.payload.trim()) ?? [];
    const number = Number(digits);
    if (gateway === undefined || reference === undefined || !Number.isSafeInteger(number)) {
      return say(context, texts.payments.unmatched.how);
    }
    if (number === 0) return say(context, texts.payments.unmatchedResolved.noCustomer);
    await resolveUnmatched(client, {
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway: gateway as GatewayName,
      reference,
      what: { kind: "give", customer: telegramId(number) },
    });
    await say(context, texts.payments.unmatched.taken);
  });
}

/** The message after "Ignore" was pressed; false when nobody asked this admin for a reason. */
export async function takeReason(
  context: BotContext,
  text: string,
  { dialogues, client }: DialoguePorts,
): Promise<boolean> {
  const reason = tidyName(text, "");
  if (!reason || context.customer?.role !== "admin") return false;
  const requestId = requestIdOf(context);
  const subject = await dialogues.claim(context.telegramId, "ignore", requestId);
  if (subject === undefined) return false;
  context.handler = "ignore-unmatched";
  const [gateway = "", ...rest] = subject.split(" ");
  await resolveUnmatched(client, {
    requestId,
    by: context.telegramId,
    gateway: gateway as GatewayName,
    reference: rest.join(" "),
    what: { kind: "ignore", reason },
  });
  await say(context, context.texts.payments.unmatched.taken);
  return true;
}

const subjectOf = ({ gateway, reference }: UnmatchedCharge): string => `${gateway} ${reference}`;

export function unmatchedPage(
  context: BotContext,
  open: readonly UnmatchedCharge[],
  number = 1,
): Page {
  const { texts } = context;
  if (open.length === 0) return { text: texts.payments.unmatched.none, buttons: [] };
  const list = {
    head: texts.payments.unmatched.listTitle(open.length),
    entries: open.map((money, index) => entryOf(context, money, index + 1)),
    foot: `\n${texts.payments.unmatched.how}`,
    perPage: 10,
    name: "unmatched",
  };
  return pageOf(list, number);
}

/** A reference that is longer than /give takes is shown by its beginning. */
const longestReference = 220;

function entryOf({ texts, language }: BotContext, money: UnmatchedCharge, n: number): Entry {
  const { key, mayReturn } = money;
  const amount = moneyIn(language, money.amount);
  const line = texts.payments.unmatched.line(n, amount, momentIn(language, money.at));
  const subject = Array.from(subjectOf(money)).slice(0, longestReference).join("");
  const ignore = { text: texts.payments.unmatched.ignore(n, amount), data: `ignore:${key}` };
  const back = { text: texts.payments.unmatched.return(n), data: `return:${key}` };
  return {
    line: `\n${line}\n<code>${escapeHtml(subject)}</code>`,
    buttons: [mayReturn ? [ignore, back] : [ignore]],
  };
}
