import { daysInWords } from "../en-days.ts";
import { escapeHtml, isolated } from "../html.ts";
import { enDesk } from "./en-desk.ts";
import { enShop } from "./en-shop.ts";
import type { InvoiceWords } from "./invoice-words.ts";

const states = {
  open: (until: string) => `⏳ Waiting for your payment until ${until}.`,
  settled: () => "✅ Paid. Thank you!",
  lapsed: () =>
    "⌛ This invoice has lapsed. If you have paid it, the money still counts; otherwise choose a plan again: /plans",
  declined: () => "❌ The payment was declined and nothing was taken. Choose a plan again: /plans",
  cancelled: () => "✖️ Cancelled. Choose a plan again whenever you like: /plans",
  refused: () => "❌ The payment service did not accept this. Choose another way to pay: /plans",
  refunded: () => "↩️ Paid back.",
} as const;

/** What is said about money. */
export const enMoney = {
  ...enShop,
  ...enDesk,
  invoiceDescription: (plan: string, d: number) => `${plan}: VPN access for ${daysInWords(d)}`,
  invoice: ({ plan, days: d, price, gateway, until, state, address, comment }: InvoiceWords) =>
    `🧾 <b>${escapeHtml(plan)}</b>, ${daysInWords(d)}\nPrice: <b>${price}</b> by ${gateway}\n${
      address
        ? `Send exactly this amount to\n<code>${address}</code>\nwith exactly this comment:\n<code>${comment}</code>\n`
        : ""
    }${states[state](until)}`,
  transferQr: (price: string) => `Scan with your wallet: ${price}`,
  payButton: "💳 Pay",
  cancelPayment: "✖️ Cancel",
  gatewayName: (name: string) =>
    ({
      stars: "Telegram Stars",
      ton: "TON",
      cryptobot: "CryptoBot",
      tbank: "card or SBP (T-Bank)",
      balance: "your balance",
    })[name] ?? name,

  timePaid: (until: string) =>
    `✅ Payment received. Your access runs until <b>${until}</b>. Your keys stay the same: /devices`,
  timeTakenBack: (until: string) =>
    `↩️ A payment was returned, so your access now runs until <b>${until}</b>.`,
  usageAllowance: (used: string, limit: string) => `Of your plan's traffic: ${used} of ${limit}`,
  trafficUsedUp: (until: string) =>
    `📊 The traffic of your plan is used up, so your access pauses (it is paid until ${until}). A new purchase brings new traffic: /plans`,
  notOpened: {
    notCustomer: "Press /start first: plans are for customers.",
    notForSale: "This plan is not for sale any more. See what is: /plans",
    priceChanged: "The plan has changed since you saw it. Look again: /plans",
    gatewayOff: "This way to pay is switched off at the moment. Choose another: /plans",
    alreadyOpen: "You have an open invoice for this already; here it is.",
  },
  invoiceRefused: "❌ The payment service did not accept this. Choose another way to pay: /plans",
  invoiceDelayed:
    "🕓 The payment service does not answer right now. We keep trying; the invoice comes by itself.",
  underpaid: (paid: string, missing: string) =>
    `⚠️ ${paid} has arrived, which is ${missing} too little. It is kept on your /balance: pay the rest by the same invoice, or pay from the balance when it is enough.`,
  credited: (amount: string, why: string) => `💰 ${amount} is now on your /balance: ${why}.`,
  creditReasons: {
    underpaid: "it was less than the price",
    wrongCurrency: "it came in another currency than the invoice",
    paidTwice: "this invoice was paid before",
    blocked: "your access is blocked; write to /support",
    noAccess: "your subscription has ended; write to /support",
    found: "an administrator found your payment",
  },
  balanceShort: (amount: string) =>
    `⚠️ Your /balance does not hold ${amount} any more. Nothing was taken and nothing was bought: /plans`,
  surplusCredited: (amount: string) => `💰 You paid ${amount} more: it is on your /balance.`,
  refundUnderWay: (amount: string) => `↩️ ${amount} that came twice is on its way back to you.`,
  moneyReturned: (amount: string) => `↩️ ${amount} has been paid back to you.`,
  refundFailed: (amount: string, isOnBalance: boolean) =>
    `⚠️ ${amount} could not be paid back to you${isOnBalance ? ": it is on your /balance" : ""}. Questions: /paysupport`,
  unmatchedResolved: {
    done: "✅ Booked.",
    notAdmin: "Only administrators may do that.",
    noCustomer: "There is no such customer.",
    notOpen: "Somebody has decided over this money already.",
    notPossible: "This gateway cannot send money back. Give it to a customer, or send it by hand.",
    returned: "✅ It is back with whoever paid it.",
    refused: "⚠️ The gateway would not send it back. It is where it was: /unmatched",
  },
  refundNotOpened: {
    notAdmin: "Only administrators may do that.",
    noPayment: "There is no such paid charge.",
    nothingLeft: "All of it has been returned already.",
    tooMuch: "That is more than is left of this payment, or another currency.",
    underWay: "A refund of this charge is under way already.",
    onlyWhole: "This gateway returns a payment as a whole or not at all.",
    notPossible: "This gateway cannot return money. Send it by hand.",
    spent: "This money went to the customer's balance and has been spent: the balance is smaller.",
  },
  askRefund: (facts: {
    name: string;
    id: number;
    amount: string;
    gateway: string;
    reason: string;
    at: string;
  }) =>
    `↩️ <b>Refund of ${facts.amount}</b> by ${facts.gateway}\nTo: ${isolated(facts.name)} (<code>${facts.id}</code>)\nReason: ${escapeHtml(facts.reason)}\nAsked: ${facts.at}`,

  askRemovals: (host: string, count: number, at: string) =>
    `🧹 <b>${count} peers on ${host}</b> should not be there by the books, more than may go without a yes. May they be removed?\nAsked: ${at}`,
  askUnknownPeers: (host: string, count: number, at: string) =>
    `❓ <b>${count === 1 ? "One peer" : `${count} peers`} on ${host}</b> with addresses of ours ${count === 1 ? "has a key" : "have keys"} that the books do not know. May ${count === 1 ? "it" : "they"} be removed?\nAsked: ${at}`,
  pendingPeers: {
    removals: (host: string, count: number) =>
      `🧹 ${host}: remove ${count} peers that should not be there?`,
    unknownPeers: (host: string, count: number) =>
      `❓ ${host}: remove ${count} peers that nobody knows?`,
  },

  forAdmins: {
    unmatchedMoney: (gateway: string, amount: string) =>
      `❓ ${amount} came by ${gateway} and no invoice asked for it. Decide: /unmatched`,
    chargedBack: (gateway: string, amount: string) =>
      `⚠️ A payer charged back ${amount} at ${gateway}. The access that it bought is taken back.`,
    returnedOutside: (gateway: string, amount: string) =>
      `↩️ ${amount} was returned at ${gateway}, not by us. The access that it bought is taken back.`,
    creditedBlocked: (gateway: string, amount: string) =>
      `⚠️ A blocked customer paid ${amount} by ${gateway}. It is kept as their balance.`,
    foundAndFixed: (gateway: string, count: number) =>
      `🔎 ${gateway}: found and fixed ${count === 1 ? "one message" : `${count} messages`} that never arrived.`,
    linesSkipped: (gateway: string, count: number) =>
      `ℹ️ ${gateway}: ${count === 1 ? "one payment" : `${count} payments`} from before this shop first used this account ${count === 1 ? "was" : "were"} passed over. SHOP_STARTED_AT sets another moment.`,
    quarantined: (gateway: string, reason: string) =>
      `⚠️ ${gateway}: something could not be handled and is put aside; everything else goes on. It is tried again by itself. Reason: ${escapeHtml(reason)}`,
    refundRefused: (gateway: string, amount: string, why: string) =>
      `❌ ${gateway} refused to return ${amount}: ${escapeHtml(why)}. Nothing was changed.`,
    refundNotAgreed: {
      rejected: (gateway: string, amount: string) =>
        `✋ Returning ${amount} by ${gateway} was declined by an administrator. Nothing was changed.`,
      lapsed: (gateway: string, amount: string) =>
        `⌛ Nobody agreed in time to returning ${amount} by ${gateway}. Nothing was changed; ask again if it is still wanted.`,
    },
    refundReturned: (gateway: string, amount: string) => `✅ ${amount} was returned by ${gateway}.`,
    hostAway: (host: string, trouble: string) =>
      `🔌 The server ${host} does not answer: ${trouble}. Customers on it wait; what was decided meanwhile follows when it is back.`,
    hostBack: (host: string) => `✅ The server ${host} answers again and follows the books.`,
    messageNotSent: (content: string, reason: string) =>
      `⚠️ A message (${escapeHtml(content)}) could not be sent and was put aside: ${escapeHtml(reason)}`,
    inconsistent: (gateway: string, reason: string) =>
      `⚠️ ${gateway} reports something that cannot be right: ${escapeHtml(reason)}. Nothing was booked; look into the payment.`,
    refundWaits: (gateway: string, amount: string) =>
      `⏳ ${gateway} has not returned ${amount} yet. We keep asking; you will hear how it ends.`,
    unmatchedReturned: (gateway: string, amount: string) =>
      `↩️ ${gateway} sent back ${amount} that no order had asked for.`,
    debt: (gateway: string, amount: string) =>
      `⚠️ ${amount} of a chargeback at ${gateway} was taken off the customer's balance. What they had spent of it is their debt.`,
  },
};
