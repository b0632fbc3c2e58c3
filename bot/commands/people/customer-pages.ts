import type { EndOfAccess } from "../../../db/queries/people/admin.ts";
import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { CustomerName, TrafficUse } from "../../../db/queries/people/customers.ts";
import {
  adminMenuButton,
  answerTicketButton,
  rejectButton,
  ticketButton,
} from "../../../domain/messaging/buttons.ts";
import type { Money } from "../../../domain/money.ts";
import type { ApprovalAsk } from "../../../domain/people/approval.ts";
import { type Customer, displayName } from "../../../domain/people/customer.ts";
import { isStaff } from "../../../domain/people/permissions.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { bytesIn, escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import {
  askDaysButton,
  historyButton,
  listedButton,
  paymentsOfButton,
  sureBlockButton,
  sureEndButton,
  sureExtendButton,
  sureUnblockButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import { may } from "../../permissions.ts";
import type { Buttons } from "../../request.ts";
import { truncate } from "../fit-lines.ts";
import { lineForAdmin, linesForAdmin, type OwnSubscription } from "../access/subscription-pages.ts";
import { inRows } from "../operations/value-page.ts";
import { type Page, withBack } from "../paging.ts";
import { extraLines } from "./home-page.ts";
import { balanceIn } from "../payments/payment-lines.ts";

/** One of a customer's subscriptions, for admins. */
export interface SubscriptionDetails extends OwnSubscription {
  readonly devices: readonly DeviceDetails[];
  /** Undefined: the traffic is not limited. */
  readonly traffic: TrafficUse | undefined;
  /** Who ended it, and when; undefined: nobody did, or it is open again. */
  readonly ended: EndOfAccess | undefined;
}

/** What the page of a customer shows. */
export interface CustomerDetails {
  readonly customer: Customer;
  /** Since when their access is paused for leaving a channel; a block goes before it. */
  readonly pausedSince: Instant | undefined;
  /** By their numbers, also those that an admin has ended. */
  readonly subscriptions: readonly SubscriptionDetails[];
  readonly hasPayments: boolean;
  readonly balances: readonly Money[];
  readonly inviter: CustomerName | undefined;
  /** How many customers came by this person's invitation. */
  readonly invitedCount: number;
  /** The request that waits for a decision. */
  readonly request: ApprovalAsk | undefined;
  /** They have written to support, or support to them. */
  readonly hasTicket: boolean;
}

/** A customer's card and what can be done; their payments and history are pages of their own. */
export function customerPage(context: BotContext, details: CustomerDetails): Page {
  const { texts } = context;
  const { customer, subscriptions } = details;
  const [only, ...others] = subscriptions;
  const isOnly = others.length === 0;
  const isEnded = subscriptions.length > 0 && subscriptions.every(({ ended }) => ended);
  const card = texts.people.customer.card({
    name: displayName(customer),
    username: customer.username ? `@${escapeHtml(customer.username)}` : "",
    id: customer.telegramId,
    status: isEnded ? texts.people.customer.statusEnded : texts.people.statuses[customer.status],
    ...(isOnly
      ? {
          until: accessOf(context, only),
          devices: devicesIn(only?.devices ?? []) || "—",
        }
      : {}),
    more: [
      ...pausedOf(context, details),
      ...(isOnly ? moreOfSubscription(context, only) : listOf(context, subscriptions)),
      ...moreOf(context, details),
    ],
  });
  const text = [card, moneyOf(context, details)].join("\n");
  const page = { text, buttons: customerButtons(context, details) };
  return withBack(context, page, adminMenuButton.data({}));
}

/** Until when a subscription runs, or by whom it was ended. */
function accessOf(context: BotContext, of: SubscriptionDetails | undefined): string {
  const { customer } = context.texts.people;
  const { ended, summary } = of ?? {};
  if (ended !== undefined) return customer.ended(truncate(ended.by), momentIn(context, ended.at));
  const until = summary?.paidUntil;
  return until ? customer.until(momentIn(context, until)) : customer.noTime;
}

/** More than these have a line each. */
const mostInFull = 3;

const listOf = (context: BotContext, all: readonly SubscriptionDetails[]): readonly string[] =>
  all.length > mostInFull ? ["", ...linesForAdmin(context, all)] : all.flatMap(inList(context));

/** Each of several subscriptions by its name: its state, its devices, and the rest. */
const inList =
  (context: BotContext) =>
  (one: SubscriptionDetails): string[] => {
    const { customer } = context.texts.people;
    const devices = devicesIn(one.devices) || "—";
    return [
      "",
      lineForAdmin(context, one),
      ...(one.ended === undefined ? [] : [accessOf(context, one)]),
      customer.devices(devices),
      ...moreOfSubscription(context, one),
    ];
  };

function pausedOf(context: BotContext, { pausedSince }: CustomerDetails): string[] {
  const { paused } = context.texts.people.customer;
  return pausedSince === undefined ? [] : [paused(momentIn(context, pausedSince))];
}

/** The plan, and its traffic. */
function moreOfSubscription(context: BotContext, of: SubscriptionDetails | undefined): string[] {
  if (of === undefined) return [];
  const { texts, language } = context;
  const { summary, current, traffic, ended } = of;
  const now = instant(new Date());
  const { customer } = texts.people;
  const use = traffic && [traffic.usedBytes, traffic.limitBytes].map((n) => bytesIn(language, n));
  return [
    ...(ended === undefined ? [] : [customer.reopenHow]),
    ...(current.plan === undefined ? [] : [customer.plan(current.plan.names[language])]),
    ...extraLines(context, summary.extraDevices, now),
    ...(use === undefined ? [] : [customer.traffic(use[0] ?? "", use[1] ?? "")]),
  ];
}

/** By whom the customer came, and who came by them. */
function moreOf(context: BotContext, { inviter, invitedCount }: CustomerDetails): string[] {
  const { customer } = context.texts.people;
  return [
    ...(inviter === undefined ? [] : [customer.invitedBy(truncate(inviter.name))]),
    ...(invitedCount === 0 ? [] : [customer.invited(invitedCount)]),
  ];
}

const mostDevicesNamed = 4;

/** The first devices by name, and how many more there are. */
function devicesIn(devices: readonly DeviceDetails[]): string {
  const named = devices.slice(0, mostDevicesNamed).map(({ name }) => isolated(name));
  const more = devices.length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(", ");
}

function moneyOf(context: BotContext, { balances }: CustomerDetails): string {
  const { balance } = context.texts.payments;
  const { has, owes } = balanceIn(context, balances);
  const debt = owes ? `\n${balance.debtOfCustomer(owes)}` : "";
  return `${balance.ofCustomer(has || balance.empty)}${debt}`;
}

/** What decides on the request of somebody who waits. */
function decisionRow({ texts }: BotContext, request: ApprovalAsk): Buttons[number] {
  const { approve, reject } = texts.people.approval;
  return [
    { text: approve, data: listedButton.data({ ...request, decision: "approve" }) },
    { text: reject, data: rejectButton.data({ ...request, place: "listed" }) },
  ];
}

function customerButtons(context: BotContext, details: CustomerDetails): Buttons {
  const { texts } = context;
  const { customer, subscriptions, hasPayments } = details;
  const id = customer.telegramId;
  const payments = { text: texts.payments.payment.all, data: paymentsOfButton.data({ id }) };
  const history = { text: texts.operations.timeline.button, data: historyButton.data({ id }) };
  const past = [...(hasPayments ? [payments] : []), history];
  const { act } = texts.people;
  const extend = [1, 7, 30].map((days) => {
    return { text: act.extendBy(days), data: sureExtendButton.data({ id, days }) };
  });
  const other = { text: act.extendOther, data: askDaysButton.data({ id }) };
  const givesDays = subscriptions.length > 0 && may(context, "giveDays");
  const time = givesDays ? inRows([...extend, other]) : [];
  if (isStaff(customer.role)) return [...time, past];
  const message = { text: act.message, data: answerTicketButton.data({ id }) };
  const words = [
    ...(may(context, "answerTickets") ? [message] : []),
    ...(details.hasTicket ? [{ text: act.conversation, data: ticketButton.data({ id }) }] : []),
  ];
  const decides = details.request && may(context, "decideSignups");
  const decision = decides ? [decisionRow(context, details.request)] : [];
  const end =
    subscriptions.every(({ ended }) => ended) || !may(context, "endAccess")
      ? []
      : [{ text: act.revoke, data: sureEndButton.data({ id }) }];
  const blocking =
    customer.status === "blocked"
      ? { text: texts.people.act.unblock, data: sureUnblockButton.data({ id }) }
      : { text: texts.people.act.block, data: sureBlockButton.data({ id }) };
  const blocks = may(context, "blockCustomers") ? [blocking] : [];
  return [...decision, ...time, words, past, [...blocks, ...end]].filter((row) => row.length > 0);
}
