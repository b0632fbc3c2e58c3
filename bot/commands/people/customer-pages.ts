import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import type { TimelineEntry } from "../../../db/queries/people/admin.ts";
import type {
  CustomerName,
  SubscriptionSummary,
  TrafficUse,
} from "../../../db/queries/people/customers.ts";
import type { TelegramId } from "../../../domain/ids.ts";
import {
  answerTicketButton,
  customerButton,
  ticketButton,
} from "../../../domain/messaging/buttons.ts";
import type { Money } from "../../../domain/money.ts";
import { type Customer, displayName, type Language } from "../../../domain/people/customer.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { addMs, dayMs, type Instant, instant, toMs } from "../../../domain/time.ts";
import { bytesIn, dayIn, escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import {
  actButtons,
  adminMenuButton,
  askDaysButton,
  extendButton,
  paymentsOfButton,
  sureBlockButton,
  sureEndButton,
  sureExtendButton,
  sureUnblockButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import type { Buttons } from "../../request.ts";
import { fitLines, mostCharacters, truncate } from "../fit-lines.ts";
import { inRows } from "../operations/value-page.ts";
import { type Page, withBack } from "../paging.ts";
import { extraLines } from "./home-page.ts";
import { balanceIn, paymentLine } from "../payments/payment-lines.ts";

/** What the page of a customer shows. */
export interface CustomerDetails {
  readonly customer: Customer;
  /** Since when their access is paused for leaving a channel; a block goes before it. */
  readonly pausedSince: Instant | undefined;
  readonly subscription: SubscriptionSummary | undefined;
  readonly devices: readonly DeviceDetails[];
  /** Undefined: the traffic is not limited. */
  readonly traffic: TrafficUse | undefined;
  /** The plan's name in each language; undefined: none yet. */
  readonly plan: Readonly<Record<Language, string>> | undefined;
  /** The newest few, newest first. */
  readonly payments: readonly PaymentSummary[];
  readonly balances: readonly Money[];
  readonly timeline: readonly TimelineEntry[];
  readonly inviter: CustomerName | undefined;
  /** How many customers came by this person's invitation. */
  readonly invitedCount: number;
  /** They have written to support, or support to them. */
  readonly hasTicket: boolean;
}

/** A customer's card, money and timeline, cut to what one message holds, and what can be done. */
export function customerPage(context: BotContext, details: CustomerDetails): Page {
  const { texts } = context;
  const { customer, subscription, devices, timeline } = details;
  const until = subscription?.paidUntil;
  const card = texts.people.customer.card({
    name: displayName(customer),
    username: customer.username ? `@${escapeHtml(customer.username)}` : "",
    id: customer.telegramId,
    status: texts.people.statuses[customer.status],
    until: until
      ? texts.people.customer.until(momentIn(context, until))
      : texts.people.customer.noTime,
    devices: devicesIn(devices) || "—",
    more: moreOf(context, details),
  });
  const head = [card, moneyOf(context, details), "", texts.operations.timeline.title].join("\n");
  const entries = timeline.map((entry) => timelineLine(context, entry));
  const text = [head, ...fitLines(entries, mostCharacters - head.length)].join("\n");
  const page = { text, buttons: customerButtons(context, details) };
  return withBack(context, page, adminMenuButton.data({}));
}

/** The plan, its traffic, and by whom the customer came. */
function moreOf(context: BotContext, details: CustomerDetails): string[] {
  const { texts, language } = context;
  const { pausedSince, plan, traffic, inviter, invitedCount, subscription } = details;
  const now = instant(new Date());
  const { customer } = texts.people;
  const use = traffic && [traffic.usedBytes, traffic.limitBytes].map((n) => bytesIn(language, n));
  return [
    ...(pausedSince === undefined ? [] : [customer.paused(momentIn(context, pausedSince))]),
    ...(plan === undefined ? [] : [customer.plan(plan[language])]),
    ...extraLines(context, subscription?.extraDevices ?? [], now),
    ...(use === undefined ? [] : [customer.traffic(use[0] ?? "", use[1] ?? "")]),
    ...(inviter === undefined ? [] : [customer.invitedBy(truncate(inviter.name))]),
    ...(invitedCount === 0 ? [] : [customer.invited(invitedCount)]),
  ];
}

const mostDevicesNamed = 10;

/** The first devices by name, and how many more there are. */
function devicesIn(devices: readonly DeviceDetails[]): string {
  const named = devices.slice(0, mostDevicesNamed).map(({ name }) => isolated(name));
  const more = devices.length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(", ");
}

function moneyOf(context: BotContext, { payments, balances }: CustomerDetails): string {
  const { texts } = context;
  const { has, owes } = balanceIn(context, balances);
  const debt = owes ? `\n${texts.payments.balance.debtOfCustomer(owes)}` : "";
  const balance = `${texts.payments.balance.ofCustomer(has || texts.payments.balance.empty)}${debt}`;
  if (payments.length === 0) return balance;
  const lines = payments.map((payment) => paymentLine(context, payment));
  return [balance, "", texts.payments.payment.last, ...lines].join("\n");
}

/** What gives or takes time: its detail is a number of days. */
const countsDays: ReadonlySet<TimelineEntry["kind"]> = new Set([
  "trial",
  "admin",
  "payment",
  "refund",
  "extend",
]);

function timelineLine(context: BotContext, entry: TimelineEntry): string {
  const { texts } = context;
  const { timeline } = texts.operations;
  const said = countsDays.has(entry.kind) ? timeline.days(Number(entry.detail)) : entry.detail;
  const detail = entry.detail ? ` (${isolated(truncate(said))})` : "";
  const by = entry.by ? `, ${isolated(truncate(entry.by))}` : "";
  const what = `${texts.people.events[entry.kind]}${detail}${by}`;
  return timeline.entry(momentIn(context, entry.at), what);
}

function customerButtons(context: BotContext, details: CustomerDetails): Buttons {
  const { texts } = context;
  const { customer, subscription, payments } = details;
  const id = customer.telegramId;
  const money =
    payments.length > 0
      ? [[{ text: texts.payments.payment.all, data: paymentsOfButton.data({ id }) }]]
      : [];
  const { act } = texts.people;
  const extend = [1, 7, 30].map((days) => {
    return { text: act.extendBy(days), data: sureExtendButton.data({ id, days }) };
  });
  const other = { text: act.extendOther, data: askDaysButton.data({ id }) };
  const givesDays = subscription !== undefined && may(context, "giveDays");
  const time = givesDays ? inRows([...extend, other]) : [];
  if (isStaff(customer.role)) return [...time, ...money];
  const message = { text: act.message, data: answerTicketButton.data({ id }) };
  const words = [
    ...(may(context, "answerTickets") ? [message] : []),
    ...(details.hasTicket ? [{ text: act.conversation, data: ticketButton.data({ id }) }] : []),
  ];
  const end =
    subscription === undefined || !may(context, "endAccess")
      ? []
      : [{ text: act.revoke, data: sureEndButton.data({ id }) }];
  const blocking =
    customer.status === "blocked"
      ? { text: texts.people.act.unblock, data: sureUnblockButton.data({ id }) }
      : { text: texts.people.act.block, data: sureBlockButton.data({ id }) };
  const blocks = may(context, "blockCustomers") ? [blocking] : [];
  return [...time, ...money, words, [...blocks, ...end]].filter((row) => row.length > 0);
}

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
): Page => withBack(context, { text, buttons: [[yes]] }, customerButton.data({ id }));
