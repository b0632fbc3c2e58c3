import type { DeviceDetails } from "../../../db/queries/access/devices.ts";
import type { PaymentSummary } from "../../../db/queries/payments/payments.ts";
import type { TimelineEntry } from "../../../db/queries/people/admin.ts";
import type { SubscriptionSummary } from "../../../db/queries/people/customers.ts";
import type { TelegramId } from "../../../domain/ids.ts";
import { customerButton } from "../../../domain/messaging/buttons.ts";
import type { Money } from "../../../domain/money.ts";
import { type Customer, displayName } from "../../../domain/people/customer.ts";
import { escapeHtml, isolated, momentIn } from "../../../texts/index.ts";
import {
  actButtons,
  adminMenuButton,
  extendButton,
  foundCustomersButton,
  paymentsOfButton,
  sureBlockButton,
} from "../../buttons.ts";
import type { BotContext } from "../../context.ts";
import type { Buttons } from "../../request.ts";
import { fitLines, mostCharacters, truncate } from "../fit-lines.ts";
import { type Page, pageOf, searchedIn, withBack } from "../paging.ts";
import { balanceIn, paymentLine } from "../payments/payment-lines.ts";

/** The customers that a search found, to choose from. */
export function foundPage(
  context: BotContext,
  found: readonly { readonly telegramId: TelegramId; readonly name: string }[],
  { searched, number }: { readonly searched: string; readonly number: number },
): Page {
  const entries = found.map(({ telegramId: id, name }) => ({
    buttons: [[{ text: `👤 ${truncate(name)}`, data: customerButton.data({ id }) }]],
  }));
  const head = context.texts.people.customer.found(found.length);
  const beginning = searchedIn(searched);
  const turnTo = (page: number) => foundCustomersButton.data({ page, searched: beginning });
  const page = pageOf({ head, entries, perPage: 10, turnTo }, number);
  return withBack(context, page, adminMenuButton.data({}));
}

/** What the page of a customer shows. */
export interface CustomerDetails {
  readonly customer: Customer;
  readonly subscription: SubscriptionSummary | undefined;
  readonly devices: readonly DeviceDetails[];
  /** The newest few, newest first. */
  readonly payments: readonly PaymentSummary[];
  readonly balances: readonly Money[];
  readonly timeline: readonly TimelineEntry[];
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
  });
  const head = [card, moneyOf(context, details), "", texts.operations.timeline.title].join("\n");
  const entries = timeline.map((entry) => timelineLine(context, entry));
  const text = [head, ...fitLines(entries, mostCharacters - head.length)].join("\n");
  const page = { text, buttons: customerButtons(context, details) };
  return withBack(context, page, adminMenuButton.data({}));
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

function timelineLine(context: BotContext, entry: TimelineEntry): string {
  const { texts } = context;
  const detail = entry.detail ? ` (${isolated(truncate(entry.detail))})` : "";
  const by = entry.by ? `, ${isolated(truncate(entry.by))}` : "";
  const what = `${texts.people.events[entry.kind]}${detail}${by}`;
  return texts.operations.timeline.entry(momentIn(context, entry.at), what);
}

function customerButtons({ texts }: BotContext, details: CustomerDetails): Buttons {
  const { customer, subscription, payments } = details;
  const id = customer.telegramId;
  const money =
    payments.length > 0
      ? [[{ text: texts.payments.payment.all, data: paymentsOfButton.data({ id }) }]]
      : [];
  const extend = [7, 30, 90].map((days) => {
    return { text: texts.people.act.extendBy(days), data: extendButton.data({ id, days }) };
  });
  const time = subscription === undefined ? [] : [extend];
  if (customer.role === "admin") return [...time, ...money];
  const blocking =
    customer.status === "blocked"
      ? { text: texts.people.act.unblock, data: actButtons.unblock.data({ id }) }
      : { text: texts.people.act.block, data: sureBlockButton.data({ id }) };
  return [...time, ...money, [blocking]];
}

/** The question before a customer is blocked. */
export function sureBlockPage({ texts }: BotContext, customer: Customer): Page {
  const { telegramId: id } = customer;
  return {
    text: texts.people.act.sureBlock(displayName(customer)),
    buttons: [
      [{ text: texts.people.act.yesBlock, data: actButtons.block.data({ id }) }],
      [{ text: texts.messaging.menu.back, data: customerButton.data({ id }) }],
    ],
  };
}
