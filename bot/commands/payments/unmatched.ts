import {
  adminMenuButton,
  unmatchedButton,
  unmatchedChargeButton,
} from "../../../domain/messaging/buttons.ts";
import type { Composer } from "telegraf";
import { resolveUnmatched } from "../../../client/payments.ts";
import type { UnmatchedCharge } from "../../../db/queries/payments/unmatched.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { lengthBeyond, longestName, tidyName } from "../../../domain/people/customer.ts";
import { escapeHtml, momentIn } from "../../../texts/index.ts";
import { moneyIn } from "../../../texts/money.ts";
import { giveButton, ignoreButton, returnButton, yesReturnButton } from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, inPressed, react, requestIdOf, say, show } from "../../request.ts";
import { truncate } from "../fit-lines.ts";
import { refuseTooLong } from "../too-long.ts";
import { type Entry, mostListed, type Page, pageOf, withBack } from "../paging.ts";
import { onAdminButton, onAdminCommand, onAdminPageButton } from "../register.ts";
import { commentLengths, transferLines } from "../../../texts/transfer-lines.ts";

/** /unmatched: what becomes of unmatched payments. The workflow decides once. */
export function addUnmatched(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onAdminCommand(bot, "unmatched", async (context) => {
    const page = unmatchedPage(context, await orUnavailable(ports.unmatched.listOpen(mostListed)));
    await say(context, page.text, page.buttons);
  });
  onAdminPageButton(bot, unmatchedButton, "unmatched", async (context, { page: number }) =>
    unmatchedPage(context, await orUnavailable(ports.unmatched.listOpen(mostListed)), number),
  );
  onAdminButton(bot, unmatchedChargeButton, "unmatched", async (context, { key }) => {
    const charge = await orUnavailable(ports.unmatched.find(key));
    if (charge === undefined)
      return answerPress(context, context.texts.payments.unmatchedResolved.notOpen, true);
    const page = unmatchedChargePage(context, charge);
    answerPress(context);
    await show(context, page.text, page.buttons);
  });
  onAdminButton(bot, ignoreButton, "ignore-unmatched", async (context, { key }) => {
    const { texts, language } = context;
    const charge = await orUnavailable(ports.unmatched.find(key));
    if (charge === undefined)
      return answerPress(context, texts.payments.unmatchedResolved.notOpen, true);
    await ports.dialogues.open(context.telegramId, "ignore", subjectOf(charge));
    answerPress(context);
    await ask(
      context,
      texts.payments.unmatched.askReason(moneyIn(language, charge.amount)),
      texts.payments.unmatched.reasonField,
    );
  });
  addReturning(bot, ports);
}

/** Returns an unmatched payment to its sender, after a second question. */
function addReturning(bot: Composer<BotContext>, { unmatched, client }: BotPorts): void {
  onAdminButton(bot, returnButton, "return-unmatched", async (context, { key }) => {
    const { texts, language } = context;
    const charge = await orUnavailable(unmatched.find(key));
    if (charge === undefined)
      return answerPress(context, texts.payments.unmatchedResolved.notOpen, true);
    answerPress(context);
    const { askReturn, yesReturn } = texts.payments.unmatched;
    const gateway = texts.payments.gateway.name(charge.gateway);
    const question = askReturn(moneyIn(language, charge.amount), escapeHtml(gateway));
    const lines = transferLines(context, charge, commentLengths.page);
    const yes = { text: yesReturn, data: yesReturnButton.data({ key }) };
    const page = { text: [question, ...lines].join("\n"), buttons: [[yes]] };
    const { text, buttons } = withBack(context, page, unmatchedChargeButton.data({ key }));
    await show(context, text, buttons);
  });
  onAdminButton(bot, yesReturnButton, "return-unmatched", async (context, { key }) => {
    const { texts } = context;
    const charge = await orUnavailable(unmatched.find(key));
    if (charge === undefined)
      return answerPress(context, texts.payments.unmatchedResolved.notOpen, true);
    const { gateway, reference } = charge;
    await resolveUnmatched(client, {
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway,
      reference,
      what: { kind: "refund" },
      ...inPressed(context),
    });
    answerPress(context, texts.messaging.answer.working);
  });
}

/** Takes the reason after "Ignore" was pressed; false where this admin was not asked for one. */
export async function takeReason(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const { dialogues, client } = ports;
  const reason = tidyName(text, "");
  if (!reason || !may(context, "resolveUnmatched")) return false;
  if (lengthBeyond(text, longestName) !== undefined) {
    return refuseTooLong(context, ports, { topic: "ignore", text, longest: longestName });
  }
  const requestId = requestIdOf(context);
  const subject = await dialogues.claim(context.telegramId, "ignore", requestId);
  if (subject === undefined) return false;
  context.handler = "ignore-unmatched";
  const [gateway = "", ...rest] = subject.split(" ");
  await resolveUnmatched(client, {
    requestId,
    by: context.telegramId,
    gateway: gatewayName(gateway),
    reference: rest.join(" "),
    what: { kind: "ignore", reason },
  });
  await react(context, "👍");
  return true;
}

const subjectOf = ({ gateway, reference }: UnmatchedCharge): string => `${gateway} ${reference}`;

/** The open unmatched payments, the page `number`, counted from 1. */
export function unmatchedPage(
  context: BotContext,
  open: readonly UnmatchedCharge[],
  number = 1,
): Page {
  const { texts } = context;
  const menu = adminMenuButton.data({});
  if (open.length === 0) {
    return withBack(context, { text: texts.payments.unmatched.none, buttons: [] }, menu);
  }
  const list = {
    head: texts.payments.unmatched.listTitle(open.length),
    entries: open.map((charge, index) => entryOf(context, charge, index + 1)),
    perPage: 3,
    turnTo: (page: number) => unmatchedButton.data({ page }),
  };
  return withBack(context, pageOf(list, number), menu);
}

/** A reference longer than /give takes is cut to its beginning. */
const longestReference = 220;

function entryOf(context: BotContext, charge: UnmatchedCharge, n: number): Entry {
  const { texts, language } = context;
  const { key, mayReturn } = charge;
  const amount = moneyIn(language, charge.amount);
  const line = texts.payments.unmatched.line(n, amount, momentIn(context, charge.at));
  const subject = Array.from(subjectOf(charge)).slice(0, longestReference).join("");
  const ignore = {
    text: texts.payments.unmatched.ignore(n, amount),
    data: ignoreButton.data({ key }),
  };
  const give = { text: texts.payments.unmatched.give(n), data: giveButton.data({ key }) };
  const back = { text: texts.payments.unmatched.return(n), data: returnButton.data({ key }) };
  const open = {
    text: texts.payments.unmatched.open(n),
    data: unmatchedChargeButton.data({ key }),
  };
  const lines = [
    `\n${line}${payerOf(context, charge)}`,
    ...transferLines(context, charge, commentLengths.list),
    `<code>${escapeHtml(subject)}</code>`,
  ];
  return {
    line: lines.join("\n"),
    buttons: may(context, "resolveUnmatched")
      ? [[give, open], mayReturn ? [ignore, back] : [ignore]]
      : [[open]],
  };
}

const payerOf = ({ texts }: BotContext, { payer }: UnmatchedCharge): string =>
  payer === undefined ? "" : `, ${texts.payments.unmatched.from(truncate(payer))}`;

/** One open unmatched payment, with all that is known of it. */
export function unmatchedChargePage(context: BotContext, charge: UnmatchedCharge): Page {
  const { texts, language } = context;
  const { unmatched, gateway } = texts.payments;
  const { key, mayReturn } = charge;
  const amount = moneyIn(language, charge.amount);
  const at = momentIn(context, charge.at);
  const text = [
    unmatched.one(amount, at, escapeHtml(gateway.name(charge.gateway))) + payerOf(context, charge),
    ...transferLines(context, charge, commentLengths.page),
    `<code>${escapeHtml(truncate(subjectOf(charge), longestReference))}</code>`,
  ].join("\n");
  const give = { text: unmatched.giveThis, data: giveButton.data({ key }) };
  const ignore = { text: unmatched.ignoreThis, data: ignoreButton.data({ key }) };
  const back = { text: unmatched.returnThis, data: returnButton.data({ key }) };
  const buttons = may(context, "resolveUnmatched")
    ? [[give], mayReturn ? [ignore, back] : [ignore]]
    : [];
  return withBack(context, { text, buttons }, unmatchedButton.data({ page: 1 }));
}
