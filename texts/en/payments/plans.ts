import { daysInWords } from "../counts.ts";
import type { ConversionFacts, PlanFacts } from "../../facts.ts";
import { escapeHtml } from "../../html.ts";

export const plan = {
  listTitle: "💳 <b>Plans</b>",
  none: "There is nothing to buy just now. Look again later, or ask: /support",
  forCustomers:
    "Plans are for customers. Press /start and ask for access; once an administrator has let you in, /plans shows what you can buy.",
  accessEnded:
    "An administrator has ended your access, so nothing can be bought. Questions: /paysupport",
  offer: ({ name, description, days: d, devices, traffic }: PlanFacts) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, up to ${devices} ${devices === 1 ? "device" : "devices"}${traffic ? `, ${traffic} of traffic` : ""}`,
  prices: (prices: string) => `Price: ${prices}`,
};

export const purchase = {
  timeNow: (until: string) => `Your access runs until ${until}.`,
  timeAfter: (until: string) => `Once you have paid, it runs until <b>${until}</b>.`,
  timeAfterPaying: (prices: string, until: string) =>
    `Once you have paid ${prices}, it runs until <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }: ConversionFacts) =>
    `What you have left of ${escapeHtml(from)}, ${daysInWords(left)}, becomes ${daysInWords(becomes)} of ${escapeHtml(to)}.`,
  howToPay: "How would you like to pay?",
  payBy: (gateway: string, price: string) => `${price}: ${gateway}`,
  alreadyOrdered:
    "This button has been used already: what came of it is in this chat. To buy again, open /plans anew.",
  balanceTooSmall: "Your balance is smaller than this price. Choose another way to pay: /plans",
};

export const notOpened = {
  notCustomer: "Press /start first: plans are for customers.",
  notForSale: "This plan is not for sale any more. See what is: /plans",
  priceChanged: "The plan has changed since you saw it. Look again: /plans",
  gatewayOff: "This way to pay is switched off at the moment. Choose another: /plans",
  alreadyOpen: "You have an open invoice for this already; here it is.",
};
