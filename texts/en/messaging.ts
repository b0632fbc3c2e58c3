import { directed } from "../html.ts";

export const messaging = {
  answer: {
    working: "One moment…",
    unknownCommand: "I do not know that. /help shows what I can do.",
    pressStart: "Press /start first.",
    notYours: "That is not for you.",
    tooFast: "A little slower, please: one message a second. Send it again in a moment.",
    failed: "⚠️ Something went wrong on our side. Nothing is lost; please try again in a minute.",
    delayed:
      "⏳ We are slower than usual just now. What you sent is kept and will be done by itself; you need not send it again.",
    takesLong:
      "⏳ This takes longer than it should. We go on trying; if nothing has happened in ten minutes, please send it again.",
  },

  menu: {
    back: "« Back",
  },

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

  help: {
    customer:
      "<b>What I can do</b>\n/devices: your keys; add, rename, renew or remove a device\n/usage: your traffic\n/plans: choose a plan and pay\n/payments: what you have paid, and what waits for payment\n/balance: what you have with us\n/language: English or Russian\n/support: write to a person\n/paysupport: a question about a payment\n/terms: the rules",
    newcomer: "Press /start to ask for access.\n/language: English or Russian\n/support, /terms",
    admin:
      "\n\n<b>For administrators</b>\n/admin: requests, customers, numbers\n/find &lt;name, @username or id&gt;: a customer and their timeline\n/payment &lt;what you know of it&gt;: a payment and its timeline\n/refund &lt;number&gt; &lt;amount&gt; &lt;reason&gt;: return a part\n/unmatched: money that nobody was asked for",
    terms:
      "<b>Terms</b>\nAccess is personal: do not give your keys away. No spam, no attacks, nothing unlawful. We keep your Telegram name and number, your keys (encrypted) and how many bytes your devices moved; we do not record where you go. An administrator may end access that harms others. Ask for your data or its removal with /support.\n\n<b>What you buy</b>\nA plan is a digital service: access for the days that it names, beginning as soon as your payment is confirmed, at the price that you were shown. Nothing renews by itself. If it does not work, write to /paysupport: what cannot be put right is paid back by the way it came, and the time goes with it. We sell and answer for it; Telegram does not, and its support cannot help.",
  },

  support: {
    contact: (contact: string) => `Write to ${directed(contact)} and say what happened.`,
    defaultContact: "the administrator who let you in",
    yourNumber: (id: number) => `Your number: <code>${id}</code>`,
    payment: (contact: string) =>
      `Something is wrong with a payment? Write to ${directed(contact)}. Say when you paid, how much and by what, and the payment's number from /payments. We answer for what is bought here; Telegram's own support cannot help with it.`,
  },
};

export type MessagingTexts = typeof messaging;
