import type { InvoiceMessageFacts, PaymentLineFacts } from "../../facts.ts";
import { namesOf } from "../../gateway-names.ts";
import { escapeHtml } from "../../html.ts";
import { daysInWords } from "../counts.ts";

const lineStates = {
  open: "waiting for your payment",
  settled: "paid",
  lapsed: "expired unpaid",
  declined: "declined",
  cancelled: "cancelled",
  refused: "not accepted by the payment service",
  refunded: "refunded",
} as const;

const invoiceStates = {
  open: (until: string) => `⏳ Waiting for your payment until ${until}.`,
  settled: () => "✅ Paid. Thank you!",
  lapsed: () =>
    "⌛ This invoice has expired. If you have already paid it, the money still counts; otherwise choose a plan again: /plans",
  declined: () =>
    "❌ The payment was declined and nothing was charged. Choose a plan again: /plans",
  cancelled: () => "✖️ Cancelled. You can choose a plan again at any time: /plans",
  refused: () => "❌ The payment service did not accept this. Choose another way to pay: /plans",
  refunded: () => "↩️ Refunded.",
} as const;

/** Their list of payments. */
export const order = {
  listTitle: "🧾 <b>Your payments</b>, newest first",
  none: "You have not bought anything yet. /plans shows what is available.",
  line: ({ at, plan, price, gateway, state, number }: PaymentLineFacts) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b> by ${gateway}: ${lineStates[state]}. Number <code>${number}</code>`,
  showInvoice: (plan: string, price: string) => `🧾 Show: ${plan}, ${price}`,
  closed: "This order is already closed. /payments shows what became of it.",
  cancelled: "Done: the order is cancelled, unless you have already paid it.",
};

/** An invoice, in the chat and where it is paid. */
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
    "🕓 The payment service is not responding. We keep trying; the invoice will arrive here.",
};

const gatewayNames = {
  stars: "Telegram Stars",
  ton: "TON",
  cryptobot: "CryptoBot",
  tbank: "card or SBP (T-Bank)",
  balance: "your balance",
};

/** The gateways that every language has a name for. */
export type GatewayNames = Readonly<typeof gatewayNames>;

/** The names of payment methods. */
export const gateway = { name: namesOf(gatewayNames) };

/** Why a checkout in Stars is refused; the payer reads it as it is, without HTML. */
export const checkout = {
  notYours: "This invoice was made for someone else. Open the bot and get your own: /plans",
  wrongAmount: "The amount has changed. Nothing was charged; get a new invoice: /plans",
  over: "This invoice is no longer open. Nothing was charged; get a new one: /plans",
  later: "We cannot take payments right now. Nothing was charged; please try again in a minute.",
  blocked: "This payment is not possible. Nothing was charged.",
};
