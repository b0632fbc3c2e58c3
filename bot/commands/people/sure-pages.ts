import type { TelegramId } from "../../../domain/ids.ts";
import { customerButton } from "../../../domain/messaging/buttons.ts";
import { type Customer, displayName } from "../../../domain/people/customer.ts";
import { addMs, dayMs, type Instant, toMs } from "../../../domain/time.ts";
import { dayIn } from "../../../texts/index.ts";
import { actButtons, extendButton } from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import type { Buttons } from "../../request.ts";
import { type Page, withBack } from "../paging.ts";

/** What a customer has, for the questions before an act. */
export interface CustomerEnd {
  readonly customer: Customer;
  /** When their time ends, or has ended; undefined: they never had any. */
  readonly paidUntil: Instant | undefined;
}

/** The question before days are given, with the new end. */
export function sureExtendPage(
  context: BotContext,
  { customer, paidUntil }: CustomerEnd,
  { days, now }: { readonly days: number; readonly now: Instant },
): Page {
  const { act } = context.texts.people;
  const { telegramId: id } = customer;
  const from = paidUntil !== undefined && toMs(paidUntil) > toMs(now) ? paidUntil : now;
  const until = dayIn(context, addMs(from, days * dayMs), now);
  return surePage(context, id, {
    text: act.sureExtend(displayName(customer), days, until),
    yes: { text: act.yesExtend(days), data: extendButton.data({ id, days }) },
  });
}

/** The question before a customer is unblocked, with what they have left. */
export function sureUnblockPage(
  context: BotContext,
  { customer, paidUntil }: CustomerEnd,
  now: Instant,
): Page {
  const { act } = context.texts.people;
  const { telegramId: id } = customer;
  const hasTime = paidUntil !== undefined && toMs(paidUntil) > toMs(now);
  const until = hasTime ? dayIn(context, paidUntil, now) : "";
  return surePage(context, id, {
    text: act.sureUnblock(displayName(customer), until),
    yes: { text: act.yesUnblock, data: actButtons.unblock.data({ id }) },
  });
}

/** The question before a customer is blocked. */
export function sureBlockPage(context: BotContext, customer: Customer): Page {
  const { act } = context.texts.people;
  const { telegramId: id } = customer;
  return surePage(context, id, {
    text: act.sureBlock(displayName(customer)),
    yes: { text: act.yesBlock, data: actButtons.block.data({ id }) },
  });
}

/** The question before a customer's access is ended for good. */
export function sureEndPage(context: BotContext, customer: Customer): Page {
  const { act } = context.texts.people;
  const { telegramId: id } = customer;
  return surePage(context, id, {
    text: act.sureRevoke(displayName(customer)),
    yes: { text: act.yesRevoke, data: actButtons.revoke.data({ id }) },
  });
}

const surePage = (
  context: BotContext,
  id: TelegramId,
  { text, yes }: { readonly text: string; readonly yes: Buttons[number][number] },
): Page =>
  withBack(context, { text, buttons: [[yes]] }, customerButton.data({ id, place: "here" }));
