import type { PayerFacts, RemovalsAsked, SaleFacts } from "../facts.ts";
import { escapeHtml, isolated } from "../html.ts";
import { counted, days, devices } from "./counts.ts";
import { hostMaintenance } from "./operations/host-maintenance.ts";
import { hostMoves } from "./operations/host-moves.ts";
import { hosts } from "./operations/hosts.ts";
import { locations } from "./operations/locations.ts";
import { plans, settings } from "./operations/shop.ts";

/** What admins read about the product as a whole: their menu, figures and notices. */
export const operations = {
  menu: {
    title: "🛡 <b>Admin menu</b>",
    requests: "🙋 Requests",
    find: "🔎 Find a customer",
    unmatched: "❓ Unmatched payments",
    support: "💬 Support",
    plans: "🏷 Plans",
    settings: "⚙️ Settings",
    maintenance: (isOn: boolean) => `🛠 Maintenance: ${isOn ? "ON" : "off"}`,
    counted: (label: string, n: number) => (n === 0 ? label : `${label}: ${n}`),
  },

  settings,
  plans,
  hosts,
  locations,
  hostMaintenance,
  hostMoves,

  figures: {
    periods: { today: "Today", week: "7 days", month: "30 days" },
    title: (what: string) => `📈 <b>${what}</b>`,
    income: (amounts: string) => `Came in: <b>${amounts}</b>`,
    ofGateway: (gateway: string, amounts: string) => `• ${gateway}: ${amounts}`,
    nothing: "nothing",
    unmatchedIncome: (amounts: string) => `Of it unmatched: ${amounts}`,
    returned: (amounts: string) => `Returned: ${amounts}`,
    sales: (n: number) => `Sales: ${n}`,
    topUps: (n: number) => `Top-ups: ${n}`,
    newPeople: (n: number) => `New people: ${n}`,
    found: (n: number) => `Missed payments found: ${n}`,
    traffic: (down: string, up: string) => `Traffic: ⬇ ${down}, ⬆ ${up}`,
    now: "<b>Now</b>",
    active: (n: number) => `Active: ${n}`,
    devices: (n: number, online: number) => `Devices: ${n}, connected: ${online}`,
    waiting: (n: number) => `Waiting requests: ${n}`,
    questions: (n: number) => `Open questions: ${n}`,
    unmatched: (n: number) => `Unmatched payments: ${n}`,
  },

  sale: {
    notice: (s: SaleFacts) =>
      `💰 <b>${s.price}</b> by ${s.gateway}\n${isolated(s.name)} ${s.username}\n${isolated(s.plan)}${s.until === undefined ? "" : `, access until ${s.until}`}`,
    toppedUp: (p: PayerFacts) =>
      `💰 <b>${p.price}</b> by ${p.gateway}\n${isolated(p.name)} ${p.username}\nThe balance was topped up.`,
    line: (s: SaleFacts) => `• ${s.price}, ${s.gateway}: ${isolated(s.name)}, ${isolated(s.plan)}`,
    list: "<b>Sales</b>",
    more: (n: number) => `and ${n} more`,
    card: "👤 Customer",
  },

  timeline: {
    title: "<b>Timeline</b>",
    button: "🕘 History",
    ofCustomer: (name: string) => `🕘 <b>History of ${isolated(name)}</b>, newest first`,
    entry: (at: string, what: string) => `${at}: ${what}`,
    days: (n: number) => `${n < 0 ? "−" : "+"}${days(Math.abs(n))}`,
  },

  peers: {
    askRemovals: (host: string, { count, owners, at }: RemovalsAsked) =>
      [
        `🧹 <b>${counted(count, "extra peer", "extra peers")} on ${host}</b>: more than may be removed without approval.`,
        ...owners.map(({ name, device }) => `• ${isolated(name)}: ${isolated(device)}`),
        ...(owners.length > 0 && count > owners.length
          ? [`and ${count - owners.length} more`]
          : []),
        `Remove?\nRequested: ${at}`,
      ].join("\n"),
    askUnknownPeers: (host: string, count: number, at: string) =>
      `❓ <b>${counted(count, "unknown peer", "unknown peers")} on ${host}</b>: our addresses, but keys that are not in the books. Remove?\nRequested: ${at}`,
    removals: (host: string, count: number) =>
      `🧹 ${host}: remove ${counted(count, "extra peer", "extra peers")}?`,
    unknownPeers: (host: string, count: number) =>
      `❓ ${host}: remove ${counted(count, "unknown peer", "unknown peers")}?`,
  },

  notice: {
    unmatchedMoney: (gateway: string, amount: string) =>
      `❓ Unmatched payment: ${amount} by ${gateway}. Decide what to do with it.`,
    owner: (name: string, until: string, balance: string) =>
      `${isolated(name)}: ${until ? `access until ${until}` : "no access now"}${balance && `, balance ${balance}`}`,
    chargedBack: (gateway: string, amount: string) =>
      `⚠️ A payer charged back ${amount} at ${gateway}. The access it bought has been taken back.`,
    returnedOutside: (gateway: string, amount: string) =>
      `↩️ ${amount} was refunded at ${gateway}, not by us. The access it bought has been taken back.`,
    creditedBlocked: (gateway: string, amount: string) =>
      `⚠️ A blocked customer paid ${amount} by ${gateway}. It is on their balance.`,
    foundAndFixed: (gateway: string, count: number) =>
      `🔎 ${gateway}: found and processed ${counted(count, "missed event", "missed events")}.`,
    linesSkipped: (gateway: string, count: number) =>
      `ℹ️ ${gateway}: skipped ${counted(count, "payment", "payments")} made before this shop first used the account. SHOP_STARTED_AT sets another start.`,
    quarantined: (gateway: string, reason: string) =>
      `⚠️ ${gateway}: something could not be processed and was put aside; everything else continues. It will be retried automatically. Reason: ${escapeHtml(reason)}`,
    inconsistent: (gateway: string, reason: string) =>
      `⚠️ ${gateway} reported something impossible: ${escapeHtml(reason)}. Nothing was booked; check the payment.`,
    refundReturned: (gateway: string, amount: string) => `✅ ${amount} was refunded by ${gateway}.`,
    refundWaits: (gateway: string, amount: string) =>
      `⏳ ${gateway} has not refunded ${amount} yet. We keep asking; the result will arrive here.`,
    refundRefused: (gateway: string, amount: string, why: string) =>
      `❌ ${gateway} refused to refund ${amount}: ${escapeHtml(why)}. Nothing has changed.`,
    refundRejected: (gateway: string, amount: string) =>
      `✋ An administrator rejected the refund of ${amount} by ${gateway}. Nothing has changed.`,
    refundLapsed: (gateway: string, amount: string) =>
      `⌛ Nobody approved the refund of ${amount} by ${gateway} in time. Nothing has changed; request it again if it is still needed.`,
    unmatchedReturned: (gateway: string, amount: string) =>
      `↩️ ${gateway} returned an unmatched payment: ${amount}.`,
    debt: (gateway: string, amount: string) =>
      `⚠️ ${amount} of a chargeback at ${gateway} was taken from the customer's balance. What they had already spent is now their debt.`,
    hostAway: (host: string, trouble: string) =>
      `🔌 The server ${host} is not responding: ${trouble}. Its customers are waiting; pending changes will be made when it is back.`,
    hostEmptied: (host: string, moved: number) =>
      `✅ Host ${host} is empty: ${devices(moved)} moved to other hosts. Old keys end within a day; then it can be removed.`,
    hostLost: (host: string, moved: number) =>
      `⚫️ Host ${host} is given up. ${devices(moved)} got another host, or wait for room.`,
    timeGivenBack: (host: string, given: number) =>
      `🎁 The time that the maintenance of ${host} has cost is given back to ${counted(given, "subscription", "subscriptions")}.`,
    hostMigrationWaits: (host: string, left: number) =>
      `⏳ No host has room for the ${devices(left)} that are still on ${host}. They stay there until there is.`,
    hostBack: (host: string) =>
      `✅ The server ${host} is back, and pending changes are being made.`,
    hostSick: (host: string, trouble: string) =>
      `🤒 Customers cannot connect through the server ${host}: ${trouble}. It gets no new devices, and its customers have been told.`,
    hostWell: (host: string) =>
      `✅ Customers can connect through the server ${host} again, and those who were told of the trouble know.`,
    hostBlocked: (host: string, source: string, trouble: string) =>
      `🚧 The server ${host} works, but cannot be reached from ${source}: ${trouble}. It may be blocked there. Customers have not been told.`,
    hostUnblocked: (host: string, source: string) =>
      `✅ The server ${host} can be reached from ${source} again.`,
    channelUnreadable: (channel: string, reason: string) =>
      `⚠️ The bot cannot see who is in ${channel}, so nobody is kept out for it. Make the bot an administrator there, or take the channel out of Settings. (${escapeHtml(reason)})`,
    answerNotDelivered: (name: string) =>
      `⚠️ Your message to ${isolated(name)} did not arrive: this person has stopped the bot. If they come back, it is in the conversation; they do not get it by themselves.`,
    messageNotSent: (content: string, reason: string) =>
      `⚠️ A message (${escapeHtml(content)}) could not be sent and was put aside: ${escapeHtml(reason)}`,
  },
};

export type OperationsTexts = typeof operations;
