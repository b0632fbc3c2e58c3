import type { InvoiceMessageFacts, PaymentLineFacts } from "../../facts.ts";
import { namesOf } from "../../gateway-names.ts";
import { escapeHtml } from "../../html.ts";
import { daysInWords } from "../counts.ts";
import { renewal } from "./renewal.ts";

const lineStates = {
  open: "not paid yet",
  settled: "paid",
  lapsed: "not paid in time",
  declined: "did not go through",
  cancelled: "cancelled",
  refused: "could not be paid",
  refunded: "refunded",
} as const;

const invoiceStates = {
  open: (until: string, isIssued: boolean) =>
    isIssued
      ? `⏳ Waiting for your payment until ${until}.`
      : "🕓 The payment service is slow to answer. We are still trying: the invoice will appear here.",
  settled: () => "✅ Paid. Thank you!",
  lapsed: () => "⌛ This invoice has expired. Paid already? The money still counts.",
  declined: () => "❌ The payment was declined. Nothing was charged.",
  cancelled: () => "✖️ Cancelled. Paid already? The money still counts.",
  refused: () => "❌ This way to pay does not work right now. Try another one.",
  refunded: () => "↩️ Refunded.",
} as const;

const closedByBlock =
  "🚫 Closed, because your access is blocked. Paid already? The money is kept on your balance.";

/** Their list of payments. */
export const order = {
  listTitle: "🧾 <b>Your payments</b>, newest first",
  none: "You have not bought anything yet.",
  line: ({ at, plan, price, gateway, state, number }: PaymentLineFacts) =>
    `• ${at}: ${escapeHtml(plan)}, <b>${price}</b>, ${gateway}: ${lineStates[state]}. Number <code>${number}</code>`,
  showInvoice: (plan: string, price: string) => `💳 ${plan}, ${price}`,
  closed: "This order is already closed. Open Payments to see how it ended.",
  cancelled: "Cancelling…",
};

/** An invoice, in the chat and where it is paid. */
export const invoice = {
  description: (plan: string, d: number) => `${plan}: VPN access for ${daysInWords(d)}`,
  message: ({ plan, days: d, price, missing, gateway, until, ...of }: InvoiceMessageFacts) =>
    `🧾 <b>${escapeHtml(plan)}</b>${d === undefined ? "" : `, ${daysInWords(d)}`}\n<b>${price}</b> · ${gateway}\n${missing === undefined ? "" : `⚠️ A part has come. Missing: <b>${missing}</b>\n`}${
      of.address
        ? `Send exactly this amount to\n<code>${of.address}</code>\nwith exactly this comment:\n<code>${of.comment}</code>\n`
        : ""
    }${of.isBlocked && of.state === "cancelled" ? closedByBlock : invoiceStates[of.state](until, of.isIssued)}${of.savedCard === undefined ? "" : `\n${renewal.cardSaved(of.savedCard)}`}`,
  transferQr: (price: string, comment: string) =>
    `Scan with the wallet on your other device: ${price}, comment <code>${comment}</code>`,
  qr: "🔳 Pay from another device",
  pay: (price: string) => `💳 Pay ${price}`,
  cancel: "✖️ Cancel",
  refused: "❌ This way to pay does not work right now. Choose another one.",
  honoured: "It came after the invoice was closed, and it counts all the same.",
};

const gatewayNames = {
  stars: "Telegram Stars",
  ton: "TON",
  cryptobot: "CryptoBot",
  tbank: "Card or SBP",
  balance: "Balance",
};

/** The gateways that every language has a name for. */
export type GatewayNames = Readonly<typeof gatewayNames>;

/** The names of payment methods. */
export const gateway = { name: namesOf(gatewayNames) };

/** Why a checkout in Stars is refused; the payer reads it as it is, without HTML. */
export const checkout = {
  notYours: "This invoice was made for someone else. Open the bot to get your own.",
  wrongAmount: "The amount has changed. Nothing was charged; choose a plan again in the bot.",
  over: "This invoice is no longer open. Nothing was charged; choose a plan again in the bot.",
  later: "We cannot take payments right now. Nothing was charged; please try again in a minute.",
  blocked: "This payment is not possible. Nothing was charged.",
};
