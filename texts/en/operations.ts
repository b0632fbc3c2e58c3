import type { MoneyNumbers, PeopleNumbers } from "../facts.ts";
import { escapeHtml } from "../html.ts";

export const operations = {
  menu: {
    title: "🛡 <b>Desk</b>",
    requests: "🙋 Requests",
    today: "📈 Today",
    find: "🔎 Find a customer",
  },

  today: {
    numbers: (n: PeopleNumbers) =>
      `📈 <b>Today</b>\nNew people: ${n.newToday}\nWaiting: ${n.waiting}\nActive subscriptions: ${n.active}\nDevices: ${n.devices}, connected now: ${n.online}\nTraffic: ⬇ ${n.down}, ⬆ ${n.up}`,
    money: (n: MoneyNumbers) =>
      `Paid today: ${n.paid}\nMoney without an owner: ${n.unmatched}\nFound and fixed today: ${n.found}`,
    nothingPaid: "nothing yet",
  },

  timeline: {
    title: "<b>Timeline</b>",
    entry: (at: string, what: string) => `${at}: ${what}`,
  },

  peers: {
    askRemovals: (host: string, count: number, at: string) =>
      `🧹 <b>${count} peers on ${host}</b> should not be there by the books, more than may go without a yes. May they be removed?\nAsked: ${at}`,
    askUnknownPeers: (host: string, count: number, at: string) =>
      `❓ <b>${count === 1 ? "One peer" : `${count} peers`} on ${host}</b> with addresses of ours ${count === 1 ? "has a key" : "have keys"} that the books do not know. May ${count === 1 ? "it" : "they"} be removed?\nAsked: ${at}`,
    removals: (host: string, count: number) =>
      `🧹 ${host}: remove ${count} peers that should not be there?`,
    unknownPeers: (host: string, count: number) =>
      `❓ ${host}: remove ${count} peers that nobody knows?`,
  },

  notice: {
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
    inconsistent: (gateway: string, reason: string) =>
      `⚠️ ${gateway} reports something that cannot be right: ${escapeHtml(reason)}. Nothing was booked; look into the payment.`,
    refundReturned: (gateway: string, amount: string) => `✅ ${amount} was returned by ${gateway}.`,
    refundWaits: (gateway: string, amount: string) =>
      `⏳ ${gateway} has not returned ${amount} yet. We keep asking; you will hear how it ends.`,
    refundRefused: (gateway: string, amount: string, why: string) =>
      `❌ ${gateway} refused to return ${amount}: ${escapeHtml(why)}. Nothing was changed.`,
    refundRejected: (gateway: string, amount: string) =>
      `✋ Returning ${amount} by ${gateway} was declined by an administrator. Nothing was changed.`,
    refundLapsed: (gateway: string, amount: string) =>
      `⌛ Nobody agreed in time to returning ${amount} by ${gateway}. Nothing was changed; ask again if it is still wanted.`,
    unmatchedReturned: (gateway: string, amount: string) =>
      `↩️ ${gateway} sent back ${amount} that no order had asked for.`,
    debt: (gateway: string, amount: string) =>
      `⚠️ ${amount} of a chargeback at ${gateway} was taken off the customer's balance. What they had spent of it is their debt.`,
    hostAway: (host: string, trouble: string) =>
      `🔌 The server ${host} does not answer: ${trouble}. Customers on it wait; what was decided meanwhile follows when it is back.`,
    hostBack: (host: string) => `✅ The server ${host} answers again and follows the books.`,
    messageNotSent: (content: string, reason: string) =>
      `⚠️ A message (${escapeHtml(content)}) could not be sent and was put aside: ${escapeHtml(reason)}`,
  },
};

export type OperationsTexts = typeof operations;
