import { unmatchedButton } from "../../../domain/messaging/buttons.ts";
import type { Composer } from "telegraf";
import { resolveUnmatched } from "../../../client/payments.ts";
import type { UnmatchedCharge } from "../../../db/queries/payments/unmatched.ts";
import { telegramId } from "../../../domain/ids.ts";
import { gatewayName } from "../../../domain/payments/payment.ts";
import { displayName, tidyName } from "../../../domain/people/customer.ts";
import { moneyIn } from "../../../texts/money.ts";
import { giveButton, sureGiveButton, yesGiveButton } from "../../buttons.ts";
import type { BotContext, BotPorts, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { may } from "../../permissions.ts";
import { answerPress, ask, inPressed, react, requestIdOf, say, show } from "../../request.ts";
import { longestLabel, truncate } from "../fit-lines.ts";
import { sayToStaff, withBack } from "../paging.ts";
import { searchCustomers } from "../people/customer-search.ts";
import { onAdminButton, onAdminCommand } from "../register.ts";
import { commentLengths, transferLines } from "../../../texts/transfer-lines.ts";

/** The most customers to choose from: a more exact name finds fewer. */
const mostOffered = 8;

/** "Give to…" and /give: an unmatched payment becomes a customer's balance. */
export function addGiving(bot: Composer<BotContext>, ports: DialoguePorts): void {
  const { client, customers } = ports;
  addCommand(bot, ports);
  onAdminButton(bot, giveButton, "give-ask", async (context, { key }) => {
    const charge = await findCharge(context, ports, key);
    if (charge === undefined) return;
    await ports.dialogues.open(context.telegramId, "give", key);
    answerPress(context);
    const { unmatched } = context.texts.payments;
    const question = unmatched.askWhom(moneyIn(context.language, charge.amount));
    const lines = transferLines(context, charge, commentLengths.page);
    await ask(context, [question, ...lines].join("\n"), unmatched.field);
  });
  onAdminButton(bot, sureGiveButton, "give-sure", async (context, { key, id }) => {
    const charge = await findCharge(context, ports, key);
    if (charge === undefined) return;
    const { unmatched, unmatchedResolved } = context.texts.payments;
    const customer = id && (await orUnavailable(customers.find(id)));
    if (customer === undefined) return answerPress(context, unmatchedResolved.noCustomer, true);
    const { telegramId: to } = customer;
    const amount = moneyIn(context.language, charge.amount);
    const yes = { text: unmatched.yesGive, data: yesGiveButton.data({ key, id: to }) };
    const question = unmatched.sureGive(amount, displayName(customer), to);
    const lines = transferLines(context, charge, commentLengths.page);
    const page = { text: [question, ...lines].join("\n"), buttons: [[yes]] };
    answerPress(context);
    const { text, buttons } = withBack(context, page, unmatchedButton.data({ page: 1 }));
    await show(context, text, buttons);
  });
  onAdminButton(bot, yesGiveButton, "give-unmatched", async (context, { key, id }) => {
    const charge = await findCharge(context, ports, key);
    if (charge === undefined) return;
    const { unmatchedResolved } = context.texts.payments;
    if (id === undefined) return answerPress(context, unmatchedResolved.noCustomer, true);
    const { gateway, reference } = charge;
    await resolveUnmatched(client, {
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway,
      reference,
      what: { kind: "give", customer: id },
      ...inPressed(context),
    });
    answerPress(context, context.texts.messaging.answer.working);
  });
}

/** The open charge; where it is decided already, the press is answered so. */
async function findCharge(
  context: BotContext,
  { unmatched }: BotPorts,
  key: string,
): Promise<UnmatchedCharge | undefined> {
  const charge = await orUnavailable(unmatched.find(key));
  if (charge === undefined) {
    answerPress(context, context.texts.payments.unmatchedResolved.notOpen, true);
  }
  return charge;
}

/** Offers the customers whom an admin named after "Give to…"; false where nobody asked. */
export async function takeGiving(
  context: BotContext,
  text: string,
  ports: DialoguePorts,
): Promise<boolean> {
  const wanted = tidyName(text, "");
  if (!wanted || !may(context, "resolveUnmatched")) return false;
  // The question stays open: who is not found under one name is looked for under another.
  const key = await ports.dialogues.find(context.telegramId, "give");
  if (key === undefined) return false;
  context.handler = "give-find";
  const { unmatched } = context.texts.payments;
  const { notFound } = context.texts.people.customer;
  const found = (await searchCustomers(ports, wanted)).slice(0, mostOffered);
  const choices = found.map(({ telegramId: id, name }) => [
    { text: truncate(`👤 ${name}`, longestLabel), data: sureGiveButton.data({ key, id }) },
  ]);
  const page = { text: found.length === 0 ? notFound : unmatched.choose, buttons: choices };
  const back = withBack(context, page, unmatchedButton.data({ page: 1 }));
  await say(context, back.text, back.buttons);
  return true;
}

function addCommand(bot: Composer<BotContext>, { client }: BotPorts): void {
  onAdminCommand(bot, "give", async (context, payload) => {
    const { texts } = context;
    const [, gateway, reference, digits] =
      /^([a-z0-9-]{1,16})\s+(\S{1,200})\s+(\d{1,16})$/u.exec(payload.trim()) ?? [];
    const number = Number(digits);
    if (gateway === undefined || reference === undefined || !Number.isSafeInteger(number)) {
      return sayToStaff(context, texts.payments.unmatched.how);
    }
    if (number === 0) return sayToStaff(context, texts.payments.unmatchedResolved.noCustomer);
    await resolveUnmatched(client, {
      requestId: requestIdOf(context),
      by: context.telegramId,
      gateway: gatewayName(gateway),
      reference,
      what: { kind: "give", customer: telegramId(number) },
    });
    await react(context, "👍");
  });
}
