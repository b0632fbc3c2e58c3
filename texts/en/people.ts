import type { CustomerCardFacts, SignupRequestFacts } from "../facts.ts";
import { isolated } from "../html.ts";
import { counted, days, daysInWords, hours, minutes } from "./counts.ts";

/** What people read from their first /start on, and what admins read about customers. */
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
    asked: (picture: string, round: number, tries: number) =>
      `👋 Welcome! ${round > 1 ? `Try ${round} of ${tries}. ` : "A quick check that you are human. "}Press the <b>${picture}</b>.`,
    right: "✅ Correct.",
    wrong: (seconds: number, tries: number) =>
      `❌ Not that one. Another question in ${counted(seconds, "second", "seconds")}; ${counted(tries, "try", "tries")} left.`,
    failed: (wait: number) => `❌ That was your last try. Press Start again in ${minutes(wait)}.`,
    lapsed: "⌛ That question has expired. Press Start for a new one.",
    over: "This question is closed. Press Start for a new one.",
  },

  signup: {
    waiting: "🕓 Thank you! We have your request and will answer right here.",
    stillWaiting: "🕓 We are still looking at your request and will answer right here.",
    approvedWithTrial: (until: string) => `🎉 <b>You are in!</b> Free until ${until}.`,
    approvedWithoutTime: "🎉 <b>You are in!</b> Choose a plan to begin.",
    rejected: (at: string, why?: string) =>
      `🚫 Your request was declined, sorry.${why ? `\n${why}\n` : " "}You can ask again after ${at}.`,
    waitsAgain: {
      over: "🕓 We are looking at your request again, and will answer right here.",
      approved:
        "🕓 Your access was opened by mistake and is paused. We are looking at your request again and will answer right here.",
      rejected: "🕓 Good news: we are looking at your request again and will answer right here.",
    },
    tooEarly: (at: string) =>
      `🚫 Your request was declined earlier. You can ask again after ${at}.`,
    lapsed: "⌛ Sorry, we did not get to your request in time. Press Start to ask again.",
    welcomeBack: "👋 <b>Welcome back!</b>",
    staffWelcome: {
      support:
        "💬 <b>You are support here.</b> Requests and questions arrive in this chat; Admin opens the rest.",
      viewer: "👀 <b>You may look at everything here.</b> Admin opens it. You change nothing.",
    },
    adminWelcome: "🛡 <b>You are an administrator here.</b> New requests arrive in this chat.",
  },

  channels: {
    /** The channels by name, or what stands for those without one. */
    named: (names: readonly string[]) => (names.length === 0 ? "our channel" : names.join(", ")),
    open: (n: number) => (n === 0 ? "📢 Open the channel" : `📢 Open channel ${n}`),
    joined: "✅ I have joined",
    back: "✅ I have joined",
    missing: "📢 <b>One more step.</b> Join below, then press “I have joined”.",
    missingAgain:
      "📢 <b>We do not see you there yet.</b> Join below, then press “I have joined” again.",
    lapsed: "⌛ The time to join is over. Press Start to try again.",
    left: (names: string, until: string) =>
      `📢 <b>To keep your VPN, join ${names}.</b> Free access is for members. Join below by ${until}, and nothing changes; otherwise your VPN pauses then.`,
    paused: (names: string) =>
      `⏸ <b>Your VPN is paused</b>, because you are not in ${names}. Join below, then press “I have joined”. A paid plan works without it.`,
    thanks: "✅ Thank you for being with us!",
    stays: "✅ Your VPN stays on: nothing will be paused.",
  },

  approval: {
    listTitle: (n: number) => `🙋 <b>Waiting: ${n}</b>`,
    none: "Nobody is waiting.",
    askSignup: (facts: SignupRequestFacts) =>
      `🙋 <b>New request</b>\n${isolated(facts.name)} ${facts.username}\nNumber: <code>${facts.id}</code>\nLanguage: ${facts.language}${facts.invited ? `\nInvited by: ${isolated(facts.invited.name)} (<code>${facts.invited.id}</code>)` : ""}\nRequested: ${facts.at}`,
    approve: "✅ Approve",
    reject: "🚫 Reject",
    approved: (by: string, at: string) => `✅ Approved by ${isolated(by)}, ${at}`,
    rejected: (by: string, at: string) => `🚫 Rejected by ${isolated(by)}, ${at}`,
    undone: (by: string, at: string) => `↩️ Undone by ${isolated(by)}, ${at}. It waits again.`,
    reasons: {
      full: "We have no free places right now.",
      unknown: "We do not know who you are. Please tell us in Help before you ask again.",
      invited: "We take people by invitation only.",
      twice: "You have access from another account already.",
    },
    reasonButtons: {
      full: "No free places",
      unknown: "We do not know them",
      invited: "By invitation only",
      twice: "Has another account",
    },
    ownReason: (words: string) => `Reason: ${isolated(words)}`,
    askWhy: (name: string) =>
      `🚫 <b>Reject ${isolated(name)}?</b>\nChoose the reason: they will read it.`,
    withoutReason: "🚫 Without a reason",
    ownWords: "✍️ In your own words",
    ownWordsNext: (name: string) =>
      `🚫 <b>Reject ${isolated(name)}?</b>\nThe reason comes next: send it as a message.`,
    askWords: (name: string) => `Why is ${isolated(name)} rejected? They will read your answer.`,
    reasonField: "Reason",
    approveAll: (n: number) => `✅ Approve all ${n}`,
    sureAll: (n: number, names: string) =>
      `<b>Approve ${counted(n, "person", "people")}?</b>\n${names}\nRequests that come in later are not included.`,
    yesAll: (n: number) => `✅ Yes, approve ${n}`,
    andMore: (n: number) => `and ${n} more`,
    approvingAll: (n: number) => `✅ ${counted(n, "request is", "requests are")} being approved.`,
    listGone: "That list is too old. Open it again.",
    decisions: "🕘 Last decisions",
    decisionsTitle: "🕘 <b>Last decisions</b>",
    noDecisions: "Nothing has been decided yet.",
    decided: {
      approved: (name: string, by: string, at: string) =>
        `✅ ${isolated(name)}: approved by ${isolated(by)}, ${at}`,
      rejected: (name: string, by: string, at: string) =>
        `🚫 ${isolated(name)}: rejected by ${isolated(by)}, ${at}`,
    },
    wasUndone: (by: string) => `↩️ undone by ${isolated(by)}`,
    undo: (name: string) => `↩️ Undo: ${name}`,
    sureUndo: {
      over: (name: string) =>
        `Undo the approval of ${isolated(name)}? Their time has ended already; the request waits again.`,
      approved: (name: string, until: string) =>
        `Undo the approval of ${isolated(name)}? ${until ? `Their access until ${until} ends now, and` : "Their access ends now, and"} the request waits again.`,
      rejected: (name: string) =>
        `Undo the rejection of ${isolated(name)}? The request waits again, and they are told.`,
    },
    yesUndo: "↩️ Yes, undo",
    undoOver: "A decision can be undone for an hour.",
    lapsed: (at: string) => `⌛ Closed without a decision, ${at}`,
    reminder: (name: string, waited: number) =>
      `⏰ ${isolated(name)} has been waiting for ${hours(waited)}.`,
    digest: (n: number) => `🙋 ${counted(n, "request is", "requests are")} waiting for a decision.`,
    alreadyDecided: "This request is already closed.",
    decidedNow: {
      approve: (whom: string) => `✅ Approved: ${whom}`,
      reject: (whom: string) => `🚫 Rejected: ${whom}`,
    },
  },

  invite: {
    how: (link: string) => `🎁 <b>Invite a friend</b>\nSend them your link:\n<code>${link}</code>`,
    came: (n: number) => `${counted(n, "friend has", "friends have")} joined by your link.`,
    share: "📨 Send to a friend",
    shareText: "This VPN works for me:",
  },

  /** What admins read of a person's language. */
  languages: { en: "English", ru: "Russian" },

  language: {
    name: "English",
    choose: "Choose your language:",
    changed: "The bot now speaks English.",
  },

  customer: {
    findHow: "Send /find and a name, an @username or a number, e.g. <code>/find 5001</code>",
    findWhat:
      "🔎 Send what you know: a name, an @username, a Telegram number, a payment's number or charge, a wallet, or part of a comment. <code>/find</code> does the same.",
    findField: "Name, number, payment…",
    notFound: "Nobody found. Try part of a name or a comment, an @username, a number or a wallet.",
    found: (n: number) => `Found ${n}; newest first:`,
    card: (c: CustomerCardFacts) =>
      `👤 <b>${isolated(c.name)}</b> ${c.username}\nNumber: <code>${c.id}</code>\nStatus: ${c.status}${c.until === undefined ? "" : `\nAccess: ${c.until}`}${c.devices === undefined ? "" : `\nDevices: ${c.devices}`}${(c.more ?? []).map((line) => `\n${line}`).join("")}`,
    devices: (names: string) => `Devices: ${names}`,
    plan: (name: string) => `Plan: ${isolated(name)}`,
    traffic: (used: string, limit: string) => `Traffic: ${used} of ${limit}`,
    invitedBy: (name: string) => `Invited by ${isolated(name)}`,
    invited: (n: number) => `Invited: ${n}`,
    until: (until: string) => `until ${until}`,
    noTime: "no time yet",
    statusEnded: "access ended",
    ended: (by: string, at: string) => `ended by ${isolated(by)}, ${at}`,
    reopenHow: "➕ days open their access again, with the time that was left.",
    paused: (since: string) => `⏸ Paused since ${since}: not in a required channel`,
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
    lapsed: "request expired",
    trial: "trial given",
    payment: "time bought",
    maintenance: "time given back after a maintenance",
    deviceAdded: "device added",
    deviceRevoked: "device removed",
    extend: "time given by an administrator",
    adopt: "taken over with a key from before",
    block: "blocked",
    unblock: "unblocked",
    revoke: "access revoked",
    refund: "time taken back or returned",
    undo: "decision undone",
  },

  act: {
    extendBy: (d: number) => `➕ ${days(d)}`,
    extendHow: (longest: number) =>
      `Send <code>/extend &lt;number&gt; &lt;days&gt;</code>, e.g. <code>/extend 5001 30</code>; days from 1 to ${longest}.`,
    daysHow: (longest: number) => `Send a whole number of days, from 1 to ${longest}.`,
    extendOther: "➕ Other",
    askDays: (name: string) => `How many days for ${isolated(name)}? Send a number.`,
    daysField: "Days",
    sureExtend: (name: string, n: number, until: string) =>
      `Give ${daysInWords(n)} to ${isolated(name)}? Access then runs until ${until}.`,
    yesExtend: (n: number) => `➕ Yes, give ${days(n)}`,
    effects: {
      extend: (name: string, n: number, until: string) =>
        `+${daysInWords(n)} for ${isolated(name)}, until ${until}`,
      block: (name: string) => `${isolated(name)} is blocked, and their VPN is off`,
      unblock: (name: string, until: string) =>
        `${isolated(name)} is unblocked${until ? `, and their VPN works until ${until}` : ", with no time left"}`,
      revoke: (name: string) => `${isolated(name)} has no access any more: all keys are removed`,
      undo: (name: string) =>
        `The decision about ${isolated(name)} is undone, and their request waits again`,
    },
    message: "✉️ Message",
    conversation: "💬 Conversation",
    revoke: "🗑 End access",
    sureRevoke: (name: string) =>
      `End the access of ${isolated(name)}? All keys stop working, and they can buy nothing until you give them days.`,
    yesRevoke: "Yes, end access",
    block: "⛔ Block",
    sureBlock: (name: string) =>
      `Block ${isolated(name)}? Their VPN stops immediately, and in the bot they can only reach help.`,
    yesBlock: "Yes, block",
    unblock: "♻️ Unblock",
    sureUnblock: (name: string, until: string) =>
      `Unblock ${isolated(name)}? ${until ? `Their VPN works again, until ${until}.` : "They have no time left, and can buy some again."}`,
    yesUnblock: "♻️ Yes, unblock",
    done: (what: string) => `✅ ${what}.`,
    alreadyDone: "Already done. Reopen the customer to repeat.",
    waits: (what: string, hosts: string) =>
      `⏳ ${what}. Some servers are not responding: ${hosts}. The change will be made there as soon as they are back.`,
    waitsForRoom: (what: string) =>
      `⏳ ${what}. No server has room for this customer's device: add or enlarge one. The device is placed as soon as there is room.`,
    notAdmin: "Your role does not allow that.",
    noCustomer: "There is no such customer.",
    onAdmin: "This person works here. Take them out of ADMIN_IDS, SUPPORT_IDS or VIEWER_IDS first.",
    undone: "That decision does not count any more.",
    tooLate: "A decision can be undone for an hour only.",
    notBooked: "The decision is just being carried out. Try again in a moment.",
    changedSince:
      "Something has been bought, given or changed since. Use the buttons on the customer's card.",
    noSubscription: "This customer has no subscription yet: approve the request first.",
  },
};

export type PeopleTexts = typeof people;
