import type { ConversionFacts, PlanFacts } from "../../facts.ts";
import { escapeHtml } from "../../html.ts";
import { days, daysInWords, devices } from "../counts.ts";

/** What customers read where they choose a plan. */
export const plan = {
  listTitle: "💳 <b>Plans</b>",
  none: "There is nothing for sale right now. Please check again later.",
  forCustomers: "Plans are for customers. Press Start to ask for access first.",
  accessEnded:
    "An administrator has ended your access, so nothing can be bought. Open Help to ask why.",
  offer: ({ name, description, days: d, devices: limit, traffic }: PlanFacts) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, up to ${devices(limit)}${traffic ? `, ${traffic} of traffic` : ""}`,
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
  timeLost: (d: number) => `⚠️ <b>By changing the plan you lose ${days(d)}.</b>`,
  changeAnyway: "Change the plan anyway",
  howToPay: "How would you like to pay?",
  payBy: (gateway: string, price: string) => `${gateway} · ${price}`,
  alreadyOrdered: "This button has been used already: the result is in this chat.",
  balanceTooSmall: "Your balance does not cover this price. Choose another way to pay.",
};

/** Why an order was not opened. */
export const notOpened = {
  notCustomer: "Press Start first: plans are for customers.",
  notForSale: "This plan is no longer for sale. Please choose another.",
  priceChanged: "The plan has changed since you saw it. Please look again.",
  gatewayOff: "This way to pay is not available right now. Please choose another.",
  alreadyOpen: "You already have an open invoice for this: see Payments.",
};
