import { isolated } from "../../html.ts";
import { counted, days, devices, hours, minutes } from "../counts.ts";

/** What admins read where they change the shop's settings. */
export const settings = {
  title: "⚙️ <b>Settings</b>",
  counts: "What you change counts at once.",
  sections: {
    newcomers: "🚪 Newcomers",
    payments: "💳 Payments",
    notices: "🔔 Notices",
    shop: "🏪 The shop",
    texts: "📄 Texts",
  },
  sectionTitle: (section: string) => `<b>${section}</b>`,
  sectionLine: (section: string, names: string) => `${section}: ${names}`,
  line: (name: string, value: string) => `• ${name}: ${value}`,
  page: (name: string, how: string, value: string) => `⚙️ <b>${name}</b>\n${how}\n\nNow: ${value}`,
  ask: (name: string, how: string) => `✏️ <b>${name}</b>\n${how}`,
  field: "The new value",
  type: "✏️ Write it",
  reset: "↩️ Back to the default",
  changed: (name: string, value: string, effect: string) =>
    `✅ <b>${name}</b>: ${value}\n${effect}`,
  saved: "Saved",
  same: "It was this already: nothing has changed.",
  wrong: (how: string) => `⚠️ This cannot be used. ${how}`,
  notAdmin: "Only administrators can change this.",

  names: {
    name: "Shop name",
    zone: "Time zone",
    currencies: "Currencies",
    gateways: "Ways to pay",
    "top-ups": "Top-up amounts",
    "top-up-limits": "Top-up limits",
    support: "Support contact",
    "sale-notices": "Sale notices",
    "summary-hour": "Daily summary",
    "location-changes": "Changes of location",
    maintenance: "Maintenance",
    "status-page": "Status page",
    trial: "Trial",
    "trial-devices": "Devices in the trial",
    channels: "Required channels",
    terms: "Terms",
    privacy: "Privacy",
    "maintenance-text": "Maintenance text",
  },

  about: {
    name: "People see it in the bot and as the connection's name in their app.",
    zone: "All dates and times are shown in it.",
    currencies: "Prices in these come first.",
    gateways: "Customers see the ways to pay in this order.",
    "top-ups": "Customers top up their balance by these.",
    "top-up-limits": "The least and the most of one top-up.",
    support: "The address that Help gives to people.",
    "sale-notices": "How administrators are notified of sales.",
    "summary-hour": "The hour at which administrators get the day's numbers.",
    "location-changes":
      "How often in 24 hours one device may change its location. Each change is a new key.",
    maintenance:
      "While it is on, customers get the maintenance text instead of the bot. VPN, payments and administrators go on.",
    "status-page":
      "While it is on, everybody can read at <code>/status</code> of the shop's address whether the servers work, without their names and addresses.",
    trial: "How long an approved person has access for free.",
    "trial-devices": "How many devices a new person may have.",
    channels:
      "Newcomers join these first. Free access is paused a day after somebody leaves, paid access never.",
    terms: "Shown under Help.",
    privacy: "Shown under Help.",
    "maintenance-text": "What customers get during maintenance.",
  },

  how: {
    name: "Send a name in one line, up to 32 characters.",
    zone: "Send a zone like <code>Europe/Moscow</code> or <code>+03:00</code>.",
    currencies: "Send codes in their order, like <code>RUB XTR USDT</code>, or <code>off</code>.",
    gateways: "Move them with the arrows.",
    "top-ups":
      "Send amounts by currency, like <code>RUB 300 500; XTR 250</code>, or <code>usual</code>, or <code>off</code>: then nobody can top up.",
    "top-up-limits":
      "Send them by currency, like <code>RUB 50-50000; XTR 10-10000</code>, or <code>usual</code>.",
    support:
      "Send a @username, a link or an address in one line, up to 200 characters, or <code>off</code>.",
    "sale-notices": "Choose: each one, once a day, or none.",
    "summary-hour": "Send a number from 0 to 23, or <code>off</code>.",
    "location-changes": "Send a number from 1 to 100, or <code>off</code>: then they cannot.",
    maintenance: "Choose: on or off.",
    "status-page": "Choose: on or off.",
    trial: "Send <code>3 days</code> or <code>12 hours</code>, or <code>off</code>.",
    "trial-devices":
      "Send a number from 1 to 100, or <code>plan</code>: as many as the newcomers' plan says.",
    channels:
      "Send up to 5, one a line: <code>@username</code>, or a private one's number and invite link, like <code>-1001234567890 https://t.me/+AbCdEfGh</code>. Or <code>off</code>.",
    terms:
      "Send the text, up to 3,500 characters, or <code>off</code>: then the usual one is shown.",
    privacy: "Send the text, up to 3,500 characters, or <code>off</code>.",
    "maintenance-text":
      "Send the text, up to 3,500 characters, or <code>off</code>: then the usual one is shown.",
  },

  effects: {
    name: "New keys and the bot's page carry it from now on.",
    zone: "All dates and times are shown in this zone from now on.",
    currencies: "Prices are listed in this order.",
    gateways: "Customers see the ways to pay in this order.",
    "top-ups": "Customers see these amounts.",
    "top-up-limits": "It counts from the next top-up.",
    support: "Help shows it.",
    "sale-notices": "It counts from the next sale.",
    "summary-hour": "It counts from the next summary.",
    "location-changes": "It counts from now on.",
    maintenance: "VPN, payments and administrators are not affected.",
    "status-page": "The page is there, or gone, within seconds.",
    trial: "The next approval gives this.",
    "trial-devices": "The next approval gives this.",
    channels: "It counts from now on. Members are checked once a day.",
    terms: "Help shows it.",
    privacy: "Help shows it.",
    "maintenance-text": "Customers get it while maintenance is on.",
  },

  channelChecks: {
    ready: (channel: string) => `✅ ${channel}: the bot can see who is in it.`,
    notAdmin: (channel: string) =>
      `⚠️ ${channel}: make the bot an administrator there. Without that Telegram does not show it who is in, and nobody is kept out.`,
    unknown: (channel: string, reason: string) =>
      `⚠️ ${channel}: the bot cannot look into it. Check the name, and add the bot there as an administrator. (${reason})`,
    unchecked: (channel: string) =>
      `⏳ ${channel}: Telegram did not answer in time. Save it again to check.`,
  },
  none: "not set",
  usual: "the usual text",
  place: (n: number, name: string) => `${n}. ${name}`,
  notConnected: (name: string) => `▫️ ${name}: not connected, so customers do not see it`,
  noGateways: "No way to pay is connected yet.",
  usualAmounts: "the usual ones",
  usualOrder: "the usual order",
  anyOrder: "as the ways to pay come",
  asPlan: "as the newcomers' plan says",
  off: "Off",
  on: "On",
  each: "Each sale",
  digest: "Once a day",
  hour: (hour: number) => `${String(hour).padStart(2, "0")}:00`,
  duration: (n: number, unit: "d" | "h" | "m" | "s") =>
    ({
      d: days(n),
      h: hours(n),
      m: minutes(n),
      s: counted(n, "second", "seconds"),
    })[unit],
};

/** What admins read where they change the plans. */
export const plans = {
  title: "🏷 <b>Plans</b>",
  versions: "Every change makes a new version. What people have bought stays as it was.",
  none: "There are no plans yet.",
  line: (name: string, prices: string, mode: string) =>
    `• <b>${isolated(name)}</b>: ${prices || "no price"}, ${mode}`,
  card: (name: string, version: number) => `🏷 <b>${isolated(name)}</b>, version ${version}`,
  trial: "newcomers get it",
  add: "➕ New plan",
  askName: "✏️ <b>New plan</b>\nSend its name in one line, up to 32 characters.",
  nameField: "The plan's name",
  added: "✅ The plan is there, not on sale yet. Give it a price, then put it on sale.",
  gone: "This plan no longer exists.",
  noPrice: "⚠️ A plan on sale needs a price. Set one first, or take the plan off sale.",
  effect: "People who buy from now on get this.",

  names: {
    price: (currency: string) => `Price in ${currency}`,
    days: "Days",
    grace: "Grace",
    devices: "Devices",
    traffic: "Traffic",
    period: "Traffic is for",
    lasting: "Packs last",
    name: (language: string) => `Name (${language})`,
    description: (language: string) => `Description (${language})`,
    sale: "Who can buy it",
    device: (currency: string) => `Device, ${currency}`,
    pack: (currency: string) => `Pack, ${currency}`,
    packSize: "Pack of traffic",
    locations: "Locations",
  },

  about: {
    price: "What it costs in this currency.",
    days: "How long a purchase lasts.",
    grace: "For how long customers stay connected after their time, to pay without a break.",
    devices: "How many devices it allows.",
    traffic: "How much a purchase allows, up and down.",
    period: "What the traffic is for: with a period, customers have it in full again at its end.",
    lasting: "Until when packs last, where traffic has a period.",
    name: "What it is called.",
    description: "The line about it that customers read.",
    device: "The price of one more device, for those who have as many as the plan allows.",
    pack: "The price of a pack of traffic, for those who have used 80 % of theirs.",
    packSize: "How much a pack adds, where traffic is limited.",
    locations: "The groups of locations to which its devices come.",
    sale: "Who may buy it.",
  },

  how: {
    price:
      "Send an amount like <code>299</code> or <code>3.5</code>, or <code>off</code>: then it is not sold in this currency.",
    days: "Send a number of days from 1 to 3660.",
    grace: "Send a number of days from 1 to 30, or <code>off</code>: access ends with the time.",
    devices: "Send a number from 1 to 100.",
    traffic: "Send a number of gigabytes from 1 to 1000000, or <code>off</code>: no limit.",
    period: "Choose: a purchase, 30 days, or a calendar month. Traffic needs a limit.",
    lasting: "Choose: until used up, or to the end of the period.",
    name: "Send the name in one line, up to 32 characters.",
    description: "Send a line of up to 200 characters.",
    device: "Send an amount, or <code>off</code>.",
    pack: "Send an amount, or <code>off</code>.",
    packSize: "Send gigabytes from 1 to 1000000, or <code>off</code>: none is sold.",
    locations:
      "Send groups of locations, like <code>europe premium</code>, or <code>off</code>: all of them.",
    sale: "Choose: all, only those who have it, or nobody.",
  },

  parts: {
    prices: "Prices",
    limits: "Days, devices, traffic",
    words: "Name, description",
    devices: "➕ Extra device",
    packs: "➕ Traffic packs",
    locations: "🌍 Locations",
  },
  partTitle: (name: string, part: string) => `🏷 <b>${isolated(name)}</b>: ${part}`,
  addOns: "Customers with this plan are offered it when they reach its limits.",
  modes: { all: "on sale", owners: "only for those who have it", off: "not on sale" },
  modeButtons: { all: "All", owners: "Only those who have it", off: "Nobody" },
  periods: { purchase: "a purchase", month: "every 30 days", calendar: "each month" },
  packsEnds: { usedUp: "until used up", period: "to the period's end" },
  noPriceSet: "not sold in it",
  notSold: "not sold",
  unlimited: "no limit",
  noGrace: "none",
  anywhere: "all locations",
  anywhereButton: "All locations",
  days,
  devices,
};

export type SettingsTexts = typeof settings;
export type PlanEditorTexts = typeof plans;
