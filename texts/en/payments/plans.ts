import type { ConversionFacts, PlanFacts } from "../../facts.ts";
import { escapeHtml } from "../../html.ts";
import { daysInWords, devices } from "../counts.ts";

/** What customers read where they choose a plan. */
export const plan = {
  listTitle: "💳 <b>Plans</b>",
  none: "There is nothing to buy right now. Check again later, or ask: /support",
  forCustomers:
    "Plans are for customers. Press /start to ask for access; once an administrator has approved you, /plans shows what you can buy.",
  accessEnded:
    "An administrator has ended your access, so nothing can be bought. Questions: /paysupport",
  offer: ({ name, description, days: d, devices: limit, traffic }: PlanFacts) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, up to ${devices(limit)}${traffic ? `, ${traffic} of traffic` : ""}`,
  prices: (prices: string) => `Price: ${prices}`,
};

/** What paying does to the customer's time, shown before they pay. */
export const purchase = {
  timeNow: (until: string) => `Your access runs until ${until}.`,
  timeAfter: (until: string) => `After payment, your access runs until <b>${until}</b>.`,
  timeAfterPaying: (prices: string, until: string) =>
    `After paying ${prices}, your access runs until <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }: ConversionFacts) =>
    `Your remaining time on ${escapeHtml(from)} (${daysInWords(left)}) becomes ${daysInWords(becomes)} on ${escapeHtml(to)}.`,
  howToPay: "How would you like to pay?",
  payBy: (gateway: string, price: string) => `${price}: ${gateway}`,
  alreadyOrdered:
    "This button has already been used: the result is in this chat. To buy again, reopen /plans.",
  balanceTooSmall: "Your balance does not cover this price. Choose another way to pay: /plans",
};

/** Why an order was not opened. */
export const notOpened = {
  notCustomer: "Press /start first: plans are for customers.",
  notForSale: "This plan is no longer for sale. See what is available: /plans",
  priceChanged: "The plan has changed since you saw it. Look again: /plans",
  gatewayOff: "This way to pay is currently unavailable. Choose another: /plans",
  alreadyOpen: "You already have an open invoice for this; here it is.",
};
