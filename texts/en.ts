import { directed, isolated } from "./html.ts";
import { enMoney } from "./money/en.ts";

const hours = (n: number) => (n === 1 ? "1 hour" : `${n} hours`);
const minutes = (n: number) => (n === 1 ? "1 minute" : `${n} minutes`);
const days = (n: number) => (n === 1 ? "1 day" : `${n} days`);

export const en = {
  ...enMoney,
  locale: "en-GB",
  languageName: "English",
  pictures: {
    apple: "apple",
    banana: "banana",
    car: "car",
    cat: "cat",
    dog: "dog",
    fish: "fish",
    flower: "flower",
    house: "house",
    key: "key",
    moon: "moon",
    rocket: "rocket",
    star: "star",
    sun: "sun",
    tree: "tree",
    umbrella: "umbrella",
    watch: "watch",
  },

  captchaAsked: (picture: string, round: number) =>
    `👋 Welcome! ${round > 1 ? `Try ${round} of 3. ` : "One small check that you are a person. "}Press the <b>${picture}</b>.`,
  captchaRight: "✅ That is right.",
  captchaWrong: (seconds: number, tries: number) =>
    `❌ That was another one. The next question comes in ${seconds} s; ${tries === 1 ? "one try is" : `${tries} tries are`} left.`,
  captchaFailed: (wait: number) =>
    `❌ That was the last try. Press /start again in ${minutes(wait)}.`,
  captchaLapsed: "⌛ The question has expired. Press /start to get a new one.",
  captchaOver: "This question is over. Press /start for a new one.",
  waitingForApproval:
    "🕓 Thank you! Your request is with an administrator. You will get a message here as soon as they decide; there is nothing else to do.",
  stillWaiting: "🕓 Your request is still with an administrator. You will get a message here.",
  approvedWithTrial: (until: string) =>
    `🎉 You are approved. Your trial runs until <b>${until}</b>. Your key follows.`,
  approvedWithoutTime:
    "🎉 You are approved. Access begins as soon as an administrator gives you time; your key comes here by itself then.",
  rejected: (at: string) =>
    `🚫 An administrator declined your request. You may ask again after ${at} with /start.`,
  tooEarly: (at: string) => `🚫 Your request was declined. You may ask again after ${at}.`,
  approvalLapsed: "⌛ Nobody decided in time. Press /start to ask again.",
  welcomeBack:
    "👋 Welcome back. /devices shows your keys, /plans what you can buy, /help everything else.",
  adminWelcome:
    "🛡 You are an administrator here. New requests come to this chat; /admin opens the desk.",
  hostTrouble:
    "⚠️ The VPN server does not answer just now. We keep trying, and your key comes here by itself as soon as it is back. You need not do anything.",
  changeDelayed:
    "⚠️ The VPN server does not answer just now. Your change is noted and is made as soon as it is back. You need not do anything.",
  hostRefused:
    "⚠️ The VPN server did not accept this. An operator has been told; we try again every few minutes and write to you.",
  noHostFree:
    "⚠️ All VPN servers are full just now. An operator has been told; your key comes here by itself when there is room.",
  timeGiven: (until: string) => `➕ Your access now runs until <b>${until}</b>.`,
  reminder: (left: number, until: string) =>
    `⏳ ${days(left)} of access left: it ends on <b>${until}</b>. Renew: /plans`,
  graceBegan: (until: string) =>
    `⏳ Your time is over. The VPN goes on until ${until} for you to renew: /plans`,
  expired:
    "⌛ Your access has ended and the VPN is off. Your devices are kept: with new time the same keys work again: /plans",
  accessBack: "✅ Your access is back. The same keys work again.",
  subscriptionRevoked: "🚫 Your access was ended by an administrator. Questions: /support",

  confCaption: (name: string) => `🔐 Your key for ${isolated(name)}. Keep it to yourself.`,
  qrCaption: "📱 Or scan this with the AmneziaWG app on a phone.",
  /** Only what came is named: long keys have no picture, or no link. */
  instruction: (given: { readonly link: string | undefined; readonly hasQr: boolean }) =>
    `<b>How to connect</b>\n1. Install <b>AmneziaWG</b> or <b>AmneziaVPN</b> (App Store, Google Play, amnezia.org).\n2. Open the .conf file above with it${given.hasQr ? ", or scan the QR picture" : ""}.\n3. Turn the switch on.${given.link === undefined ? "" : `\n\nFor AmneziaVPN you can also copy this key and paste it:\n<blockquote expandable><code>${given.link}</code></blockquote>`}`,

  devicesTitle: (count: number, limit: number) => `📱 <b>Your devices</b>: ${count} of ${limit}`,
  devicesNone: "You have no devices. Add one, and its key comes here.",
  deviceLine: (name: string, seen: string) => `• ${isolated(name)}, ${seen}`,
  deviceTitle: (name: string, host: string, address: string, seen: string) =>
    `📱 <b>${isolated(name)}</b>\nServer: ${isolated(host)}\nAddress: ${address}\n${seen}`,
  seenNow: "connected now",
  seenAt: (at: string) => `last seen ${at}`,
  seenNever: "not connected yet",
  seenWaiting: "waits for a server with room",
  seenOff: "off for now",
  deviceWaits: (name: string) =>
    `📱 <b>${isolated(name)}</b>\nAll servers are full. The key comes here by itself as soon as there is room.`,
  deviceOff: (name: string) =>
    `📱 <b>${isolated(name)}</b>\nYour access is off for now. Once it is on, the key comes here by itself.`,
  addDevice: "➕ Add a device",
  showKey: "🔐 Send the key",
  rename: "✏️ Rename",
  reissue: "🔄 New key",
  revoke: "🗑 Remove",
  back: "« Back",
  yesReissue: "Yes, make a new key",
  yesRevoke: "Yes, remove it",
  sureReissue: (name: string) =>
    `A new key for ${isolated(name)}? The present one stops working at once.`,
  sureRevoke: (name: string) => `Remove ${isolated(name)}? Its key stops working at once.`,
  askDeviceName: (name: string) =>
    `Send the new name for ${isolated(name)} as a message (up to 32 characters).`,
  renameForgotten: "Which device? Open /devices and press Rename again.",
  newDeviceName: (n: number) => `Device ${n}`,
  deviceLimit: (limit: number) =>
    `You already have ${limit === 1 ? "1 device" : `${limit} devices`}, which is your limit. Remove one first: /devices`,
  deviceRenamed: (name: string) => `✏️ Renamed to ${isolated(name)}.`,
  deviceRevoked: (name: string) => `🗑 ${isolated(name)} is removed; its key works no more.`,
  deviceUnknown: "That device is no longer there. /devices shows what you have.",
  noAccessNow: "Your access is not running just now, so no key can be sent. More time: /plans",
  working: "One moment…",

  usageTitle: "📊 <b>Your traffic</b>",
  usageNone: "No traffic yet. It is counted every half minute while you are connected.",
  usageLine: (name: string, down: string, up: string, seen: string) =>
    `• ${isolated(name)}: ⬇ ${down}, ⬆ ${up}; ${seen}`,
  usageToday: (down: string, up: string) => `Today: ⬇ ${down}, ⬆ ${up}`,
  usageUntil: (until: string) => `Access until ${until}`,
  bytes: ["B", "KB", "MB", "GB", "TB"],

  chooseLanguage: "Choose your language:",
  languageChanged: "I speak English with you now.",
  help: "<b>What I can do</b>\n/devices: your keys; add, rename, renew or remove a device\n/usage: your traffic\n/plans: choose a plan and pay\n/payments: what you have paid, and what waits for payment\n/balance: what you have with us\n/language: English or Russian\n/support: write to a person\n/paysupport: a question about a payment\n/terms: the rules",
  helpNewcomer: "Press /start to ask for access.\n/language: English or Russian\n/support, /terms",
  helpAdmin:
    "\n\n<b>For administrators</b>\n/admin: requests, customers, numbers\n/find &lt;name, @username or id&gt;: a customer and their timeline\n/payment &lt;what you know of it&gt;: a payment and its timeline\n/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;: return a part\n/unmatched: money that nobody was asked for",
  support: (contact: string) => `Write to ${directed(contact)} and say what happened.`,
  supportDefault: "the administrator who let you in",
  supportId: (id: number) => `Your number: <code>${id}</code>`,
  terms:
    "<b>Terms</b>\nAccess is personal: do not give your keys away. No spam, no attacks, nothing unlawful. We keep your Telegram name and number, your keys (encrypted) and how many bytes your devices moved; we do not record where you go. An administrator may end access that harms others. Ask for your data or its removal with /support.\n\n<b>What you buy</b>\nA plan is a digital service: access for the days that it names, beginning as soon as your payment is confirmed, at the price that you were shown. Nothing renews by itself. If it does not work, write to /paysupport: what cannot be put right is paid back by the way it came, and the time goes with it. We sell and answer for it; Telegram does not, and its support cannot help.",
  unknownCommand: "I do not know that. /help shows what I can do.",
  pressStart: "Press /start first.",
  notYours: "That is not for you.",
  tooFast: "A little slower, please: one message a second. Send it again in a moment.",
  failed: "⚠️ Something went wrong on our side. Nothing is lost; please try again in a minute.",
  delayed:
    "⏳ We are slower than usual just now. What you sent is kept and will be done by itself; you need not send it again.",
  takesLong:
    "⏳ This takes longer than it should. We go on trying; if nothing has happened in ten minutes, please send it again.",

  askSignup: (facts: {
    name: string;
    username: string;
    id: number;
    language: string;
    invited: string;
    at: string;
  }) =>
    `🙋 <b>New request</b>\n${isolated(facts.name)} ${facts.username}\nNumber: <code>${facts.id}</code>\nLanguage: ${facts.language}${facts.invited ? `\nInvited by: <code>${facts.invited}</code>` : ""}\nAsked: ${facts.at}`,
  approve: "✅ Approve",
  reject: "🚫 Reject",
  decidedApproved: (by: string, at: string) => `✅ Approved by ${isolated(by)}, ${at}`,
  decidedRejected: (by: string, at: string) => `🚫 Rejected by ${isolated(by)}, ${at}`,
  decidedLapsed: (at: string) => `⌛ Nobody decided; closed ${at}`,
  approvalReminder: (name: string, waited: number) =>
    `⏰ ${isolated(name)} has been waiting for ${hours(waited)}.`,
  approvalDigest: (n: number) =>
    `🙋 ${n === 1 ? "1 request is" : `${n} requests are`} waiting for a decision.`,
  alreadyDecided: "This request is closed already.",
  decisionTaken: "Noted.",
  doneAlready: "Done already. Open the customer again to do it once more.",

  adminTitle: "🛡 <b>Desk</b>",
  adminPending: "🙋 Requests",
  adminNumbers: "📈 Today",
  adminFind: "🔎 Find a customer",
  pendingNone: "Nobody is waiting.",
  pendingTitle: (n: number) => `🙋 <b>Waiting: ${n}</b>`,
  findHow: "Send /find and a name, an @username or a number, e.g. <code>/find 5001</code>",
  foundNone: "Nobody found. Try a part of the name, an @username or a Telegram number.",
  foundMany: (n: number) => `Found ${n}; the newest first:`,
  customerCard: (c: {
    name: string;
    username: string;
    id: number;
    status: string;
    until: string;
    devices: string;
  }) =>
    `👤 <b>${isolated(c.name)}</b> ${c.username}\nNumber: <code>${c.id}</code>\nStatus: ${c.status}\nAccess: ${c.until}\nDevices: ${c.devices}`,
  timeline: "<b>Timeline</b>",
  timelineEntry: (at: string, what: string) => `${at}: ${what}`,
  noTime: "no time yet",
  untilTime: (until: string) => `until ${until}`,
  statuses: {
    pending: "waiting",
    active: "active",
    rejected: "rejected",
    blocked: "blocked",
  },
  events: {
    joined: "pressed Start",
    asked: "asked for access",
    approved: "approved",
    rejected: "rejected",
    lapsed: "request lapsed",
    trial: "trial given",
    admin: "time given by an administrator",
    payment: "time paid",
    deviceAdded: "device added",
    deviceRevoked: "device removed",
    extend: "extended",
    block: "blocked",
    unblock: "unblocked",
    revoke: "access revoked",
    refund: "time taken back with its money",
  },
  extendBy: (d: number) => `➕ ${days(d)}`,
  block: "⛔ Block",
  unblock: "♻️ Unblock",
  sureBlock: (name: string) =>
    `Block ${isolated(name)}? The VPN stops at once and they hear nothing more.`,
  yesBlock: "Yes, block",
  actDone: (what: string) => `✅ Done: ${what}.`,
  actWaits: (what: string, hosts: string) =>
    `⏳ Booked: ${what}. It is not done yet on servers that do not answer: ${hosts}. It is done there as soon as they are back.`,
  actWaitsForRoom: (what: string) =>
    `⏳ Booked: ${what}. No server has room for a device of this customer: add or widen one. It is put there as soon as there is room.`,
  actNotAdmin: "Only administrators may do that.",
  actNoCustomer: "There is no such customer.",
  actOnAdmin: "An administrator stays one as long as ADMIN_IDS says so: change that first.",
  actNoSubscription: "This customer has no subscription yet: approve the request first.",
  extendHow:
    "Send <code>/extend &lt;number&gt; &lt;days&gt;</code>, e.g. <code>/extend 5001 30</code>; days from 1 to 3660.",
  numbers: (n: {
    newToday: number;
    waiting: number;
    active: number;
    devices: number;
    online: number;
    down: string;
    up: string;
  }) =>
    `📈 <b>Today</b>\nNew people: ${n.newToday}\nWaiting: ${n.waiting}\nActive subscriptions: ${n.active}\nDevices: ${n.devices}, connected now: ${n.online}\nTraffic: ⬇ ${n.down}, ⬆ ${n.up}`,
  commands: {
    start: "Begin",
    devices: "Your keys and devices",
    usage: "Your traffic",
    plans: "Choose a plan and pay",
    payments: "Your payments",
    balance: "What you have with us",
    paysupport: "A question about a payment",
    language: "English or Russian",
    help: "What I can do",
    support: "Write to a person",
    terms: "The rules",
    admin: "The administrators' desk",
    find: "Find a customer",
    extend: "Give a customer days",
    payment: "Find a payment",
    refund: "Return a part of a payment",
    unmatched: "Money that nobody was asked for",
    give: "Give such money to a customer",
  },
};

export type Texts = typeof en;
