import { daysInWords } from "../en-days.ts";
import { directed, escapeHtml } from "../html.ts";
import type { ConversionWords, PaymentWords, PlanWords } from "./shop-words.ts";

const states = {
  open: "waits for your payment",
  settled: "paid",
  lapsed: "lapsed unpaid",
  declined: "declined",
  cancelled: "cancelled",
  refused: "not accepted by the payment service",
  refunded: "paid back",
} as const;

/** What customers read where they choose, pay and look back. */
export const enShop = {
  plansTitle: "💳 <b>Plans</b>",
  plansNone: "There is nothing to buy just now. Look again later, or ask: /support",
  plansForCustomers:
    "Plans are for customers. Press /start and ask for access; once an administrator has let you in, /plans shows what you can buy.",
  plansAccessEnded:
    "An administrator has ended your access, so nothing can be bought. Questions: /paysupport",
  planOffer: ({ name, description, days: d, devices, traffic }: PlanWords) =>
    `<b>${escapeHtml(name)}</b>: ${escapeHtml(description)}\n${daysInWords(d)}, up to ${devices} ${devices === 1 ? "device" : "devices"}${traffic ? `, ${traffic} of traffic` : ""}`,
  planPrices: (prices: string) => `Price: ${prices}`,
  timeNow: (until: string) => `Your access runs until ${until}.`,
  timeAfter: (until: string) => `Once you have paid, it runs until <b>${until}</b>.`,
  timeAfterPaying: (prices: string, until: string) =>
    `Once you have paid ${prices}, it runs until <b>${until}</b>.`,
  timeConverted: ({ left, from, becomes, to }: ConversionWords) =>
    `What you have left of ${escapeHtml(from)}, ${daysInWords(left)}, becomes ${daysInWords(becomes)} of ${escapeHtml(to)}.`,
  howToPay: "How would you like to pay?",
  payBy: (gateway: string, price: string) => `${price}: ${gateway}`,
  orderedAlready:
    "This button has been used already: what came of it is in this chat. To buy again, open /plans anew.",
  balanceTooSmall: "Your balance is smaller than this price. Choose another way to pay: /plans",

  paymentsTitle: "🧾 <b>Your payments</b>, the newest first",
  paymentsNone: "You have not bought anything yet. /plans shows what there is.",
  paymentLine: ({ at, plan, price, gateway, state, number }: PaymentWords) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b> by ${gateway}: ${states[state]}. Number <code>${number}</code>`,
  showInvoice: (plan: string, price: string) => `🧾 Show: ${plan}, ${price}`,
  paymentOver: "This order is closed already. /payments shows how it stands.",
  cancelTold: "Noted: the order is cancelled, unless you have paid it already.",

  balanceTitle: "💰 <b>Your balance</b>",
  balanceNone:
    "Your balance is empty. What you pay too much, or too late to be used, is kept here.",
  balanceUse: "Where it covers a price, /plans offers to pay from it.",
  balanceOwed: (amounts: string) =>
    `⚠️ <b>You owe ${amounts}</b>: a payment was charged back after its money had been used. What comes to your balance goes there first. Questions: /paysupport`,

  paySupport: (contact: string) =>
    `Something is wrong with a payment? Write to ${directed(contact)}. Say when you paid, how much and by what, and the payment's number from /payments. We answer for what is bought here; Telegram's own support cannot help with it.`,

  checkout: {
    notYours: "This invoice was made for somebody else. Open the bot and get your own: /plans",
    wrongAmount: "The amount has changed. Nothing was charged; get a new invoice: /plans",
    over: "This invoice is not open any more. Nothing was charged; get a new one: /plans",
    later: "We cannot take payments right now. Nothing was charged; please try again in a minute.",
    blocked: "This payment is not possible. Nothing was charged.",
  },
};
