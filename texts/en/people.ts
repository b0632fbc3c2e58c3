import { days, hours, minutes } from "./counts.ts";
import type { CustomerCardFacts, SignupRequestFacts } from "../facts.ts";
import { isolated } from "../html.ts";

export const people = {
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

  captcha: {
    asked: (picture: string, round: number) =>
      `👋 Welcome! ${round > 1 ? `Try ${round} of 3. ` : "One small check that you are a person. "}Press the <b>${picture}</b>.`,
    right: "✅ That is right.",
    wrong: (seconds: number, tries: number) =>
      `❌ That was another one. The next question comes in ${seconds} s; ${tries === 1 ? "one try is" : `${tries} tries are`} left.`,
    failed: (wait: number) => `❌ That was the last try. Press /start again in ${minutes(wait)}.`,
    lapsed: "⌛ The question has expired. Press /start to get a new one.",
    over: "This question is over. Press /start for a new one.",
  },

  signup: {
    waiting:
      "🕓 Thank you! Your request is with an administrator. You will get a message here as soon as they decide; there is nothing else to do.",
    stillWaiting: "🕓 Your request is still with an administrator. You will get a message here.",
    approvedWithTrial: (until: string) =>
      `🎉 You are approved. Your trial runs until <b>${until}</b>. Your key follows.`,
    approvedWithoutTime:
      "🎉 You are approved. Access begins as soon as an administrator gives you time; your key comes here by itself then.",
    rejected: (at: string) =>
      `🚫 An administrator declined your request. You may ask again after ${at} with /start.`,
    tooEarly: (at: string) => `🚫 Your request was declined. You may ask again after ${at}.`,
    lapsed: "⌛ Nobody decided in time. Press /start to ask again.",
    welcomeBack:
      "👋 Welcome back. /devices shows your keys, /plans what you can buy, /help everything else.",
    adminWelcome:
      "🛡 You are an administrator here. New requests come to this chat; /admin opens the desk.",
  },

  approval: {
    listTitle: (n: number) => `🙋 <b>Waiting: ${n}</b>`,
    none: "Nobody is waiting.",
    askSignup: (facts: SignupRequestFacts) =>
      `🙋 <b>New request</b>\n${isolated(facts.name)} ${facts.username}\nNumber: <code>${facts.id}</code>\nLanguage: ${facts.language}${facts.invited ? `\nInvited by: <code>${facts.invited}</code>` : ""}\nAsked: ${facts.at}`,
    approve: "✅ Approve",
    reject: "🚫 Reject",
    approved: (by: string, at: string) => `✅ Approved by ${isolated(by)}, ${at}`,
    rejected: (by: string, at: string) => `🚫 Rejected by ${isolated(by)}, ${at}`,
    lapsed: (at: string) => `⌛ Nobody decided; closed ${at}`,
    reminder: (name: string, waited: number) =>
      `⏰ ${isolated(name)} has been waiting for ${hours(waited)}.`,
    digest: (n: number) =>
      `🙋 ${n === 1 ? "1 request is" : `${n} requests are`} waiting for a decision.`,
    alreadyDecided: "This request is closed already.",
    taken: "Noted.",
  },

  language: {
    name: "English",
    choose: "Choose your language:",
    changed: "I speak English with you now.",
  },

  customer: {
    findHow: "Send /find and a name, an @username or a number, e.g. <code>/find 5001</code>",
    notFound: "Nobody found. Try a part of the name, an @username or a Telegram number.",
    found: (n: number) => `Found ${n}; the newest first:`,
    card: (c: CustomerCardFacts) =>
      `👤 <b>${isolated(c.name)}</b> ${c.username}\nNumber: <code>${c.id}</code>\nStatus: ${c.status}\nAccess: ${c.until}\nDevices: ${c.devices}`,
    until: (until: string) => `until ${until}`,
    noTime: "no time yet",
  },

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

  act: {
    extendBy: (d: number) => `➕ ${days(d)}`,
    extendHow:
      "Send <code>/extend &lt;number&gt; &lt;days&gt;</code>, e.g. <code>/extend 5001 30</code>; days from 1 to 3660.",
    block: "⛔ Block",
    sureBlock: (name: string) =>
      `Block ${isolated(name)}? The VPN stops at once and they hear nothing more.`,
    yesBlock: "Yes, block",
    unblock: "♻️ Unblock",
    done: (what: string) => `✅ Done: ${what}.`,
    alreadyDone: "Done already. Open the customer again to do it once more.",
    waits: (what: string, hosts: string) =>
      `⏳ Booked: ${what}. It is not done yet on servers that do not answer: ${hosts}. It is done there as soon as they are back.`,
    waitsForRoom: (what: string) =>
      `⏳ Booked: ${what}. No server has room for a device of this customer: add or widen one. It is put there as soon as there is room.`,
    notAdmin: "Only administrators may do that.",
    noCustomer: "There is no such customer.",
    onAdmin: "An administrator stays one as long as ADMIN_IDS says so: change that first.",
    noSubscription: "This customer has no subscription yet: approve the request first.",
  },
};

export type PeopleTexts = typeof people;
