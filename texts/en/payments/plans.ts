import type { ConversionFacts, PlanFacts } from "../../facts.ts";
import { namedDevices } from "../../device-names.ts";
import { escapeHtml } from "../../html.ts";
import { days, daysInWords, devices } from "../counts.ts";

/** How often a plan gives its traffic. */
const each = { month: " every 30 days", calendar: " each month" };

/** What customers read where they choose a plan. */
export const plan = {
  listTitle: "💳 <b>Plans</b>",
  none: "There are no plans on sale right now. Please come back later.",
  offer: ({ name, description, days: d, devices: limit, traffic, period }: PlanFacts) =>
    [
      `<b>${escapeHtml(name)}</b>`,
      daysInWords(d),
      `up to ${devices(limit)}`,
      ...(traffic ? [`${traffic} of traffic${period ? each[period] : ""}`] : []),
    ].join(" · ") + (description === name ? "" : `\n<i>${escapeHtml(description)}</i>`),
  bestValue: "🔥 Best value",
  button: (name: string, price: string, isBest: boolean) =>
    `${isBest ? "🔥 " : ""}${name} · ${price}`,
};

/** What paying does to the customer's time, shown before they pay. */
export const purchase = {
  timeNow: (until: string) => `Your access runs until ${until}.`,
  timeAfter: (until: string, d: number) =>
    `After payment: until <b>${until}</b>, ${daysInWords(d)} from now.`,
  timeAfterPaying: (prices: string, until: string) =>
    `After paying ${prices}: until <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }: ConversionFacts) =>
    `Your remaining time on ${escapeHtml(from)} (${daysInWords(left)}) becomes ${daysInWords(becomes)} on ${escapeHtml(to)}.`,
  timeLost: (d: number) => `⚠️ <b>If you change the plan, you lose ${days(d)}.</b>`,
  devicesPaused: (limit: number, names: readonly string[]) =>
    `⚠️ <b>This plan is for ${devices(limit)}.</b> Paused after payment: ${namedDevices(names)}. The keys stay the same, and in Devices you choose which to use.`,
  trafficLimited: (amount: string) =>
    `⚠️ <b>This plan has ${amount} of traffic.</b> Your traffic is not limited now; after payment it is.`,
  changeAnyway: "Change it anyway",
  howToPay: "How would you like to pay?",
  payBy: (icon: string, gateway: string, price: string) => `${icon} ${gateway} · ${price}`,
  alreadyOrdered: "You have pressed this already: the result is in this chat.",
  balanceTooSmall: "There is not enough on your balance. Choose another way to pay.",
};

/** Why an order was not opened. */
export const notOpened = {
  notCustomer: "Plans open once we have approved your request. Press Start to send it.",
  notForSale: "This plan is no longer on sale. Please choose another.",
  priceChanged: "This plan has just changed. Please look at it again.",
  gatewayOff: "This way to pay is not available right now. Please choose another.",
  wrongAmount: "The balance cannot be topped up by this amount. Please choose another.",
  addOnOff: "This is not on sale right now. Nothing was charged.",
  addOnChanged: "This offer has just changed. Please look at it again.",
  alreadyOpen: "You already have an invoice for this: it is in Payments.",
};
