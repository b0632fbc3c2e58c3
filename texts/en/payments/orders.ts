import { daysInWords } from "../counts.ts";
import type { InvoiceMessageFacts, PaymentLineFacts } from "../../facts.ts";
import { escapeHtml } from "../../html.ts";

const lineStates = {
  open: "waits for your payment",
  settled: "paid",
  lapsed: "lapsed unpaid",
  declined: "declined",
  cancelled: "cancelled",
  refused: "not accepted by the payment service",
  refunded: "paid back",
} as const;

const invoiceStates = {
  open: (until: string) => `⏳ Waiting for your payment until ${until}.`,
  settled: () => "✅ Paid. Thank you!",
  lapsed: () =>
    "⌛ This invoice has lapsed. If you have paid it, the money still counts; otherwise choose a plan again: /plans",
  declined: () => "❌ The payment was declined and nothing was taken. Choose a plan again: /plans",
  cancelled: () => "✖️ Cancelled. Choose a plan again whenever you like: /plans",
  refused: () => "❌ The payment service did not accept this. Choose another way to pay: /plans",
  refunded: () => "↩️ Paid back.",
} as const;

export const order = {
  listTitle: "🧾 <b>Your payments</b>, the newest first",
  none: "You have not bought anything yet. /plans shows what there is.",
  line: ({ at, plan, price, gateway, state, number }: PaymentLineFacts) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b> by ${gateway}: ${lineStates[state]}. Number <code>${number}</code>`,
  showInvoice: (plan: string, price: string) => `🧾 Show: ${plan}, ${price}`,
  closed: "This order is closed already. /payments shows how it stands.",
  cancelled: "Noted: the order is cancelled, unless you have paid it already.",
};

export const invoice = {
  description: (plan: string, d: number) => `${plan}: VPN access for ${daysInWords(d)}`,
  message: ({
    plan,
    days: d,
    price,
    gateway,
    until,
    state,
    address,
    comment,
  }: InvoiceMessageFacts) =>
    `🧾 <b>${escapeHtml(plan)}</b>, ${daysInWords(d)}\nPrice: <b>${price}</b> by ${gateway}\n${
      address
        ? `Send exactly this amount to\n<code>${address}</code>\nwith exactly this comment:\n<code>${comment}</code>\n`
        : ""
    }${invoiceStates[state](until)}`,
  transferQr: (price: string) => `Scan with your wallet: ${price}`,
  pay: "💳 Pay",
  cancel: "✖️ Cancel",
  refused: "❌ The payment service did not accept this. Choose another way to pay: /plans",
  delayed:
    "🕓 The payment service does not answer right now. We keep trying; the invoice comes by itself.",
};

export const gateway = {
  name: (name: string) =>
    ({
      stars: "Telegram Stars",
      ton: "TON",
      cryptobot: "CryptoBot",
      tbank: "card or SBP (T-Bank)",
      balance: "your balance",
    })[name] ?? name,
};

export const checkout = {
  notYours: "This invoice was made for somebody else. Open the bot and get your own: /plans",
  wrongAmount: "The amount has changed. Nothing was charged; get a new invoice: /plans",
  over: "This invoice is not open any more. Nothing was charged; get a new one: /plans",
  later: "We cannot take payments right now. Nothing was charged; please try again in a minute.",
  blocked: "This payment is not possible. Nothing was charged.",
};
