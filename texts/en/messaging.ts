import type { TicketSender } from "../facts.ts";
import { directed, isolated } from "../html.ts";
import { hours } from "./counts.ts";

/** The bot's answers to what it cannot do, its commands, help and support. */
export const messaging = {
  answer: {
    working: "One moment…",
    unknownCommand: "Sorry, I did not understand that. Help shows what I can do.",
    unknownToStaff: "I did not understand that. Admin has your pages, and Find looks people up.",
    pressStart: "Press Start first.",
    textWanted: "I need this as text, please: type your answer.",
    editNotRead:
      "I read each message once, so your change does not count. Please send it as a new message.",
    notYours: "This button is not for you.",
    oldButton: "That button is old. Here is the menu as it is now.",
    notYourRole: "Your role does not allow that.",
    tooFast: "Too fast for me! Wait a moment and send it again.",
    failed: "⚠️ Something went wrong on our side. Nothing is lost: please try again in a minute.",
    delayed:
      "⏳ We are slower than usual right now. We have your message: no need to send it again.",
    takesLong:
      "⏳ This is taking longer than it should. If nothing has come in ten minutes, please send it again.",
  },

  input: {
    tooLong: (n: number, most: number) =>
      `⚠️ That has ${n} characters, and at most ${most} fit. Your message is still above: send it again, shorter.`,
    shorter: "The same, shorter",
  },

  bot: {
    description: (shop: string) =>
      `${shop}: VPN right here in Telegram. Press Start, get your key, and connect in a minute. A person answers your questions.`,
    shortDescription: (shop: string) => `${shop}: VPN, your key in a minute.`,
  },

  maintenance: {
    text: "🛠 <b>We are doing some maintenance.</b> Your VPN stays on, and what you have paid for counts. Please come back in a little while.",
    short: "🛠 Maintenance: we will be back soon.",
    again: "🔄 Try again",
  },

  menu: {
    back: "« Back",
    home: "🏠 Menu",
    start: "▶️ Start",
    askAgain: "🙋 Ask again",
    connect: "🔌 Connect",
    extend: "💳 Extend",
    choosePlan: "💳 Choose a plan",
    devices: "📱 Devices",
    traffic: "📊 Traffic",
    balance: "💰 Balance",
    topUp: "➕ Top up",
    moreTraffic: "➕ More traffic",
    moreDevices: "➕ One more device",
    payments: "🧾 Payments",
    renewal: "🔁 Auto-renewal",
    invite: "🎁 Invite",
    help: "❓ Help",
    language: "🌐 Language",
    admin: "🛡 Admin",
    myAccess: "📱 My access",
  },

  commands: {
    start: "Menu",
    connect: "Connect a device",
    devices: "Your devices and keys",
    invite: "Invite a friend",
    usage: "Your traffic",
    plans: "Choose a plan and pay",
    payments: "Your payments",
    balance: "Your balance",
    paysupport: "A question about a payment",
    language: "Change the language",
    help: "What I can do",
    support: "Ask a person",
    terms: "Terms of use",
    privacy: "What we keep about you",
    admin: "Admin menu",
    find: "Find a customer",
    extend: "Give a customer more days",
    payment: "Find a payment",
    refund: "Refund part of a payment",
    unmatched: "Unmatched payments",
    give: "Credit an unmatched payment to a customer",
  },

  help: {
    title: "❓ <b>How can we help?</b>",
    howTo: "🔌 How to connect",
    fails: "🆘 It does not work",
    payment: "🧾 About a payment",
    person: "💬 Ask a person",
    terms: "📄 Terms",
    privacy: "🔏 Privacy",
    termsTitle: "<b>Terms</b>",
    privacyTitle: "<b>Privacy</b>",
    noPrivacy: "What we keep about you is written in the terms.",
    admin:
      "<b>For administrators</b>\n/admin: requests, customers, figures\n/find &lt;name, @username or id&gt;: a customer and their timeline\n/extend &lt;number&gt; &lt;days&gt;: give a customer more days\n/payment &lt;what you know about it&gt;: a payment and its timeline\n/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;: refund a part\n/unmatched: unmatched payments\n/give &lt;gateway&gt; &lt;reference&gt; &lt;customer&gt;: credit an unmatched payment",
    staff:
      "<b>For the team</b>\n/admin: requests, customers, support\n/find &lt;name, @username or id&gt;: a customer and their timeline\n/payment &lt;what you know about it&gt;: a payment and its timeline",
    termsText:
      "<b>Terms</b>\nAccess is personal: do not share your keys. No spam, no attacks, nothing unlawful. We keep your Telegram name and number, your keys (encrypted) and how much traffic your devices use; we do not record what you visit. We may close access that harms others. To get your data or to have it removed, write to us: Help.\n\n<b>What you buy</b>\nA plan is a digital service: access for the stated number of days, starting as soon as your payment is confirmed, at the price you were shown. Nothing renews by itself unless you have switched auto-renewal on; before you do, you see the price and how often it is charged, and you can switch it off at any time in the menu. If it does not work, write to us: Help, then About a payment. What cannot be fixed is refunded the way it was paid, and the time it bought is taken back. We sell it and are responsible for it; Telegram is not, and its support cannot help.",
  },

  support: {
    contact: (contact: string) => `Write to ${directed(contact)} and describe what happened.`,
    defaultContact: "the person who approved you",
    yourNumber: (id: number) => `Your number: <code>${id}</code>`,
    payment: (contact: string) =>
      `Is something wrong with a payment? Write to ${directed(contact)}. Say when, how much and how you paid, and give the payment's number: it is in Payments. We are responsible for what is sold here; Telegram's own support cannot help with it.`,
  },

  tickets: {
    write:
      "✍️ <b>Write to us</b>\nType your message right here: text, a photo, a file or a voice message. A person reads it and answers in this chat.",
    writePayment:
      "🧾 <b>A question about a payment</b>\nType your message right here. Say when, how much and how you paid; a screenshot helps. A person answers in this chat. We sell this, so we are the ones to ask: Telegram's own support cannot help.",
    writeButton: "✍️ Write to us",
    contactButton: "✍️ Open the chat",
    replyHow: "Type your reply:",
    replyField: "Your reply",
    sent: "✅ Sent. We answer in this chat. You can add more.",
    cannotPass: "Sorry, I can pass on only text, photos, videos, files and voice messages.",
    tooMany: (n: number) =>
      `That is a lot at once: ${n} messages a minute at most. Please send this one again in a minute.`,
    edited: "✏️ Changed message:",
    fromSupport: "💬 <b>Support</b>",
    reply: "↩️ Reply",
    closed: "✔️ We have closed your question. If you need anything else, just write to us again.",

    from: (c: TicketSender) =>
      `💬 <b>${isolated(c.name)}</b> ${c.username} <code>${c.id}</code>`.replace("  ", " "),
    answer: "↩️ Answer",
    card: "👤 Customer",
    close: "✔️ Close",
    answeredBy: (name: string) => `✅ Answered by ${isolated(name)}`,
    isClosed: "✔️ Closed without an answer",
    reminder: (name: string, n: number) =>
      `⏰ ${isolated(name)} has been waiting for an answer for ${hours(n)}.`,
    topicHow:
      "What an administrator writes in this topic goes to the customer. Close the topic when the question is settled.",
    anonymous:
      "⚠️ The customer has not got this, and nothing has changed: you are anonymous in this group, so I cannot tell who you are. Turn “Remain anonymous” off in your rights here, and do it again.",
    answerTo: "Your answer to",
    messageTo: "Your message to",
    messageField: "Your message",
    answerAgain: "Whom is this for? Press Answer under the customer's message again.",
    answerField: "Your answer",
    answerReopens: "The conversation is closed; your answer opens it again.",
    closing: "✔️ The conversation is closed.",
    closedBefore: "This conversation is closed already. Answer opens it again.",
    notFound: "There is no conversation with this person.",
    none: "No open questions. 🎉",
    listTitle: (n: number) => `💬 Open questions: ${n}`,
    waits: (time: string) => `waits since ${time}`,
    answered: (time: string) => `answered, ${time}`,
    pageTitle: (name: string, id: number) => `💬 <b>${isolated(name)}</b> <code>${id}</code>`,
    states: { open: "waits for an answer", answered: "answered", closed: "closed" },
    admin: (name: string) => `🛡 ${isolated(name)}`,
    files: { photo: "🖼 photo", document: "📎 file", voice: "🎤 voice", video: "🎬 video" },
    notDelivered: "⚠️ not delivered: this person has stopped the bot",
  },
};

export type MessagingTexts = typeof messaging;
